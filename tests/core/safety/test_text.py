"""Text from outside is inert once it is clean, whatever was in it."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.safety.text import clean, clean_line

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()))


def hostile(text: str) -> list[str]:
    """Characters that would move a cursor, reorder or hide text; written apart from the code's own table."""
    bad = []
    for c in text:
        category, code = unicodedata.category(c), ord(c)
        control = category == "Cc" and c not in "\n\t"
        bidi = unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
        invisible = code in (
            0x200B,
            0x200C,
            0x200D,
            0x200E,
            0x200F,
            0x2060,
            0xFEFF,
            0xAD,
            0x2028,
            0x2029,
            0x061C,
        )
        tag = 0xE0000 <= code <= 0xE007F or 0xFE00 <= code <= 0xFE0F
        if control or bidi or invisible or tag or category == "Cs":
            bad.append(c)
    return bad


@given(ANY_TEXT)
def test_nothing_that_steers_or_hides_reaches_the_output(text):
    assert hostile(clean(text)) == []
    assert hostile(clean_line(text)) == []


@given(ANY_TEXT, st.integers(0, 40))
def test_cleaning_twice_changes_nothing_more(text, limit):
    once = clean(text, limit=limit)
    assert clean(once, limit=limit) == once
    assert clean_line(clean_line(text)) == clean_line(text)


@given(ANY_TEXT, st.integers(1, 40))
def test_a_limit_is_kept_to_the_character(text, limit):
    assert len(clean(text, limit=limit)) <= limit
    assert len(clean_line(text, limit=limit)) <= limit


@given(st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S"), max_codepoint=0x1FFF)))
def test_ordinary_text_is_left_alone(text):
    if not hostile(text) and not any(ord(c) == 0x034F or 0x115F <= ord(c) <= 0x1160 for c in text):
        assert clean(text).replace("\ufffd", "") == text.replace("\ufffd", "")


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("tab\tand\nline stay", "tab\tand\nline stay"),
        ("colours \x1b[31;1mvanish\x1b[0m", "colours vanish"),
        ("clipboard \x1b]52;c;aGk=\x07", "clipboard ␛]52;c;aGk=␇"),
        ("title \x9b2J", "title \ufffd2J"),
        ("windows\r\nlines", "windows\nlines"),
        ("over\rwrite", "over␍write"),
        ("user\u202etxt.exe", "user\ufffdtxt.exe"),
        ("half \ud83d pair", "half \ufffd pair"),
        ("nested \x1b[\x1b[31m31m", "nested ␛[31m"),
        ("日本語 [b]markup[/b] é", "日本語 [b]markup[/b] é"),
    ],
)
def test_what_a_reader_sees(text, seen):
    assert clean(text) == seen


def test_one_line_stays_one_line():
    assert clean_line("  a\n\n b\tc\x0bd\u2028e ") == "a b c␋d\ufffde"
    assert clean_line("abcdef", limit=4) == "abc…"


def test_a_megabyte_of_escapes_is_quick():
    started = time.perf_counter()
    clean("\x1b[" * 500_000)
    clean("\x1b[1;" * 250_000)
    assert time.perf_counter() - started < 30
