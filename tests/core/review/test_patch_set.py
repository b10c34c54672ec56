"""The set of `bench/patch_data`: bad patches of every kind are stopped, and human fixes pass."""

from __future__ import annotations

import pytest

from bench.patch_set import measured, read

KINDS = frozenset({
    "swallows", "widens", "default", "guard", "test", "special case", "unrelated", "signature", "dependency", "network",
    "process", "file", "dynamic", "secret", "protected", "size", "noise", "setting", "retry", "refusal dropped",
    "concurrency",
})  # fmt: skip


def test_the_set_holds_every_kind_and_enough_bugs_with_a_human_fix():
    bugs = read()
    kinds = {patch.kind.split(":")[0] for bug in bugs for patch in bug.patches}
    assert kinds >= KINDS
    assert sum(any(patch.good for patch in bug.patches) for bug in bugs) >= 20
    for kind in KINDS:
        languages = {bug.language for bug in bugs if any(p.kind.startswith(kind) for p in bug.patches)}
        assert languages == {"Python", "other"}, kind


@pytest.mark.slow
async def test_bad_patches_are_stopped_and_human_fixes_pass():
    """The bars: 50 of 55 bad ones held or refused; of 21 human fixes at most one refused and four held."""
    results = await measured((), prove=False)
    bad = [result for result in results if not result.patch.good]
    human = [result for result in results if result.patch.good]
    let_through = [f"{r.bug.name}, {r.patch.kind}" for r in bad if r.looked.verdict == "offer"]
    assert len(let_through) <= len(bad) * 5 / 55, let_through
    refused = [f"{r.bug.name}, {r.patch.kind}" for r in human if r.looked.verdict == "refuse"]
    held = [f"{r.bug.name}, {r.patch.kind}" for r in human if r.looked.verdict == "hold"]
    assert len(refused) <= len(human) / 21 and len(held) <= len(human) * 4 / 21, (refused, held)
