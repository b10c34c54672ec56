"""The command catalogue: one key one command, every command can be done, every key is said somewhere."""

from __future__ import annotations

from typing import get_args

import pytest

from rootcase.tui.app import RootcaseApp
from rootcase.tui.catalogue.catalogue import CATALOGUE, matching
from rootcase.tui.catalogue.command import Command, Context, ScreenName
from rootcase.tui.render.footer import footer
from rootcase.tui.render.help import help_lines
from rootcase.tui.render.layout import cells
from rootcase.tui.screens.base import RootScreen

SCREENS: tuple[ScreenName, ...] = get_args(ScreenName)
EVERYWHERE = (*"jkgGzc?Q1234", "down", "up", "ctrl+d", "ctrl+u", "tab", "ctrl+p")
KEYS = {
    "inbox": ("enter", *"o%/svtmR"),
    "case": ("enter", "esc", *"o%v[]btd;euUW"),
    "draft": ("enter", "esc", "ctrl+x", *"o%[]{}axAXeS;wPip$tuU"),
    "proposal": ("esc", *"o%versy"),
    "stats": ("enter", "esc", *"vVbR"),
}


def screen_class(name: ScreenName) -> type[RootScreen]:
    from rootcase.tui.screens.case import CaseScreen
    from rootcase.tui.screens.draft import DraftScreen
    from rootcase.tui.screens.inbox import InboxScreen
    from rootcase.tui.screens.proposal import ProposalScreen
    from rootcase.tui.screens.stats import StatsScreen

    return {
        "inbox": InboxScreen, "case": CaseScreen, "draft": DraftScreen, "proposal": ProposalScreen,
        "stats": StatsScreen,
    }[name]  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
def test_no_key_means_two_things_on_a_screen(screen: ScreenName) -> None:
    own = [c for c in CATALOGUE.of(screen) if c.screens == (screen,)]
    shared = [c for c in CATALOGUE.of(screen) if c.screens != (screen,)]
    for commands in (own, shared):
        keys = [key for command in commands for key in command.keys]
        assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("screen", SCREENS)
def test_every_promised_key_is_there(screen: ScreenName) -> None:
    missing = [key for key in (*EVERYWHERE, *KEYS[screen]) if CATALOGUE.find(screen, key) is None]
    assert missing == []


@pytest.mark.parametrize("screen", SCREENS)
def test_every_command_can_be_done(screen: ScreenName) -> None:
    doers = (screen_class(screen), RootcaseApp)
    lost = [
        c.id
        for c in CATALOGUE.of(screen)
        if c.does and not any(hasattr(doer, f"do_{c.does}") for doer in doers)
    ]
    assert lost == []


@pytest.mark.parametrize("screen", SCREENS)
def test_help_names_every_command_of_a_screen_and_finds_it_by_its_words(screen: ScreenName) -> None:
    context = Context(screen)
    ids = {line.id for line in help_lines(context, "", 60)}
    shown = {c.id for c in CATALOGUE.of(screen)}
    assert shown <= ids
    for command in CATALOGUE.of(screen):
        assert command in matching(CATALOGUE.of(screen), command.help_text)


@pytest.mark.parametrize("width", [80, 100, 120, 160, 180, 250])
@pytest.mark.parametrize("screen", SCREENS)
def test_the_footer_fits_and_always_says_how_to_get_help(screen: ScreenName, width: int) -> None:
    line = footer(CATALOGUE.of(screen), Context(screen), width)
    assert cells(line.segs) + cells(line.right) <= width - 2
    assert "? help" in "".join(seg.text for seg in line.right)


def test_a_disabled_key_stays_and_says_why() -> None:
    send = Command(
        "x.send", ("s",), "send", ("proposal",), "send", why_not=lambda _: "needs E4: the suite runs", rank=1
    )
    line = footer([send], Context("proposal"), 120)
    assert "".join(seg.text for seg in line.segs) == "s send  needs E4: the suite runs"
    assert {seg.style for seg in line.segs if seg.text.strip()} == {"faint"}


def test_a_screens_own_command_wins_over_the_shared_one() -> None:
    editor = CATALOGUE.find("case", "e")
    assert editor is not None and editor.screens == ("case",)
