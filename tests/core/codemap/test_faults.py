"""Real crashes of small repositories: what was fixed is among the first functions, and who and what is behind it."""

import pytest

from bench import fault_set

FAULTS = {fault.name: fault for fault in fault_set.read()}


def test_the_set_is_large_and_half_of_it_is_held_out():
    held = [fault for fault in FAULTS.values() if fault.held_out]
    assert len(FAULTS) >= 40 and 12 <= len(held) <= len(FAULTS) - 12


@pytest.mark.parametrize(
    ("name", "function", "suspect"),
    [
        ("stdout-none", 1, 1),  # a guard is missing where it fails
        ("override-signature", 2, 3),  # one override lacks a parameter that its like have
        ("stale-total", 2, 3),  # a method put what another function gave, which may be None
        ("shared-lookup", 1, 2),  # a shared helper only passes on what it is given
        ("table-key", 2, 1),  # a table at the top of the module lacks a key
        ("missing-field", 2, 3),  # a validator only checks what it is given
        ("body-length", 2, 3),  # the callee gives None
        ("class-default", 2, 1),  # the class never had the attribute
        ("moved-code", 1, 2),  # the function was moved whole
    ],
)
async def test_what_was_fixed_is_named_early(tmp_path, name, function, suspect):
    result, path, _ = await fault_set.score(FAULTS[name], tmp_path)
    assert 0 < result.function <= function, [item.qualified_name for item in path.candidates]
    assert 0 < result.suspect <= suspect, [item.reasons for item in path.suspects]
    assert all(0 <= item.score <= 1 and item.reasons for item in (*path.candidates, *path.suspects))
