"""Places that a text names: what is code, what only looks like it, and how long the looking takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.places import NamedFile, event_of_places, guessed_frames, is_guessed, named_places


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("see app/pricing.py:88", NamedFile("app/pricing.py", 88)),
        ('File "/srv/app/pricing.py", line 88, in price_for', NamedFile("/srv/app/pricing.py", 88, "price_for")),
        ("src/Cart.tsx#L12 fails", NamedFile("src/Cart.tsx", 12)),
        ("at Pricing.java(88)", NamedFile("Pricing.java", 88)),
        ("in `pricing.py` line 9.", NamedFile("pricing.py", 9)),
        (r"C:\app\Pricing.cs:4", NamedFile("C:/app/Pricing.cs", 4)),
        ("look at money.go", NamedFile("money.go", 0)),
    ],
)  # fmt: skip
def test_files_with_their_lines(text: str, file: NamedFile) -> None:
    assert named_places(text).files == (file,)


def test_symbols_and_commits_but_no_hosts_words_or_numbers() -> None:
    places = named_places(
        "Since 7c1e2aa (and 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567), shop.pricing.price_for and Cart::total() fail; "
        "load_rows() too. E.g. api.acme.com, www.x.y, config.yaml, 1234567, deadbeef, 2.14.0, i.e. nothing."
    )
    assert places.symbols == ("shop.pricing.price_for", "Cart.total", "load_rows")
    assert places.commits == ("7c1e2aa", "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567")
    assert places.files == ()


def test_frames_say_that_they_are_guessed_and_the_first_named_is_the_innermost() -> None:
    text = "price_for in app/pricing.py:88 calls catalog.load_prices()"
    frames = guessed_frames(named_places(text))
    assert [(f.filename, f.function, f.line) for f in frames] == [
        ("", "load_prices", 0),
        ("app/pricing.py", "", 88),
    ]
    event = event_of_places("x", text, named_places(text))
    assert event is not None and is_guessed(event)
    assert event_of_places("x", "It is the network.", named_places("It is the network.")) is None


@pytest.mark.parametrize(
    "piece", ["a/", "a.", "/", "x.py:", "a::", "A:", 'f" line ', "a@+.", "0a", "_.", "\\"]
)
def test_hostile_text_is_cut_and_gives_few_places(piece: str) -> None:
    places = named_places(piece * 200_000)
    assert len(places.files) <= 40 and len(places.symbols) <= 40 and len(places.commits) <= 40


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for file in named_places(text).files:
        assert "\\" not in file.path and file.line >= 0
