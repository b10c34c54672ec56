"""Narrowing by typed words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rootcase.tui.inbox_filter import extends, narrow, suggestion, tokens

SEARCHES = [
    "c-1 keyerror price_for is:new gate:fix service:checkout-api owner:@mira",
    "c-2 typeerror apply_voucher is:ready gate:fix service:checkout-api owner:@jonas",
    "c-3 timeout authorize is:ignored gate:ignore service:payments owner:@mira",
]


def found(text: str) -> list[int]:
    return list(narrow(SEARCHES, tokens(text)))


def test_every_word_has_to_match_and_case_does_not_matter() -> None:
    assert found("") == [0, 1, 2]
    assert found("KeyError") == [0]
    assert found("owner:@mira gate:fix") == [0]
    assert found("mira jonas") == []


def test_a_prefix_alone_narrows_nothing_yet() -> None:
    assert found("service:") == [0, 1, 2]
    assert found("service:pay") == [2]


def test_a_misspelt_value_is_corrected_with_its_count() -> None:
    assert suggestion(SEARCHES, "service:chekout-api") == ("service:checkout-api", 2)
    assert suggestion(SEARCHES, "gate:fix owner:@mirra") == ("gate:fix owner:@mira", 1)
    assert suggestion(SEARCHES, "nothing like it") is None


WORDS = st.text("abc:", max_size=4)


@given(
    st.lists(st.text("abc: ", max_size=8), max_size=20),
    st.lists(WORDS, max_size=3),
    st.lists(WORDS, max_size=3),
)
def test_narrowing_step_by_step_finds_what_one_search_finds(
    searches: list[str], old: list[str], new: list[str]
) -> None:
    shown = narrow(searches, old)
    within = shown if extends(new, old) else None
    assert list(narrow(searches, new, within)) == list(narrow(searches, new))
