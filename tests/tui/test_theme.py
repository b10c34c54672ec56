"""Themes: readable on every surface, understandable when wrong, usable without colour."""

from __future__ import annotations

from pathlib import Path

import pytest

from rootcase.core.model.errors import ConfigError
from rootcase.tui.theme import TOKENS, depth_of, load_theme, names, theme_or_default

ON_WORDS = ("add-word", "del-word")
SOLID = "on-accent"
BODY = ("bg", "panel", "bar", "select", "select-idle", "lit", "add", "del", "warn-area", "bad-area")
READ = ("strong", "fg", "muted", "accent", "good", "warn", "bad")


def luminance(colour: str) -> float:
    """Source: WCAG 2.2, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", ["dark", "light"])
def test_text_can_be_read_on_every_surface_it_stands_on(name: str) -> None:
    colours = load_theme(name).colours
    for token in READ:
        for surface in BODY:
            assert contrast(colours[token], colours[surface]) >= 4.5, (token, surface)
    for token in ("fg", "code.keyword", "code.string"):
        for surface in (*BODY, *ON_WORDS):
            assert contrast(colours[token], colours[surface]) >= 4.5, (token, surface)
    # faint becomes muted on the cursor's row
    for surface in ("bg", "panel", "bar", "select-idle", "lit", "add", "del", "warn-area", "bad-area"):
        assert contrast(colours["faint"], colours[surface]) >= 4.5, surface
    assert contrast(colours["spark"], colours["bg"]) >= 3.0
    for solid in ("accent", "warn"):
        assert contrast(colours[SOLID], colours[solid]) >= 4.5


@pytest.mark.parametrize(
    ("name", "token", "on_bg"),
    [("dark", "strong", 17.1), ("dark", "muted", 8.1), ("dark", "faint", 6.1), ("light", "accent", 6.9)],
)
def test_the_colours_are_the_ones_that_were_chosen(name: str, token: str, on_bg: float) -> None:
    colours = load_theme(name).colours
    assert contrast(colours[token], colours["bg"]) == pytest.approx(on_bg, abs=0.06)


def test_a_users_theme_gives_only_what_differs(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text('base: light\naccent: "#123456"\n')
    mine = load_theme("mine", user_folder=tmp_path)
    assert mine.colours["accent"] == "#123456"
    assert mine.colours["fg"] == load_theme("light").colours["fg"]
    assert not mine.dark
    assert names(tmp_path) == ("dark", "light", "mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('base: dark\nacent: "#123456"\n', "mine.yaml:2: unknown token `acent`"),
        ("base: dark\naccent: blue\n", "mine.yaml:2: `accent` is not a colour"),
        ('accent: "#123456"\n', "colours are missing"),
        ("base: dusk\n", "mine.yaml:1: no theme `dusk`"),
        ("base: [dark\n", "mine.yaml"),
    ],
)
def test_a_wrong_theme_names_file_line_and_token_and_the_default_is_used(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "mine.yaml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_theme("mine", user_folder=tmp_path)
    assert said in caught.value.title
    theme, fault = theme_or_default("mine", "full", tmp_path)
    assert theme.name == "dark" and fault is not None


def test_a_theme_name_cannot_leave_its_folder(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("base: dark\n")
    with pytest.raises(ConfigError):
        load_theme("../other", user_folder=tmp_path / "themes")


def test_plain_lines_and_full_yaml_read_the_same(tmp_path: Path) -> None:
    (tmp_path / "plain.yaml").write_text('base: dark\naccent: "#123456"  # mine\n')
    (tmp_path / "flow.yaml").write_text('{base: dark, accent: "#123456"}\n')
    plain, flow = (load_theme(n, user_folder=tmp_path) for n in ("plain", "flow"))
    assert plain.colours == flow.colours


@pytest.mark.parametrize(
    ("environment", "depth"),
    [
        ({"COLORTERM": "truecolor", "TERM": "xterm"}, "full"),
        ({"TERM": "xterm-256color"}, "full"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"COLORTERM": "truecolor", "NO_COLOR": "1"}, "none"),
    ],
)
def test_the_terminal_says_how_much_colour_it_shows(environment: dict[str, str], depth: str) -> None:
    assert depth_of(environment) == depth


def test_without_colour_no_style_carries_one_and_the_selection_is_reversed() -> None:
    theme = load_theme("dark", "none")
    for token in TOKENS:
        style = theme.style(token)
        assert style.color is None and style.bgcolor is None
    assert theme.style("fg on select").reverse
    assert theme.style("fg on lit").underline
    assert theme.style("bad").bold


def test_with_16_colours_only_the_terminals_own_are_named() -> None:
    theme = load_theme("dark", "16")
    assert theme.style("accent").color.name == "bright_blue"  # type: ignore[union-attr]
    assert theme.style("muted").color is None
    chip = theme.style("on-accent bold on accent")
    assert chip.reverse and chip.bold


def test_an_unknown_token_is_a_mistake_in_the_code() -> None:
    with pytest.raises(KeyError):
        load_theme("dark").style("acent")
