"""All commands, looked up by key, screen and words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rootcase.tui.catalogue import acts, case, claims, draft, everywhere, inbox, proposal, stats
from rootcase.tui.catalogue.command import Command, ScreenName


class Catalogue:
    """Commands by screen; a screen's own come first, and win over those of every screen."""

    def __init__(self, commands: Iterable[Command]) -> None:
        self.commands = tuple(commands)
        self._by_id = {command.id: command for command in self.commands}
        self._by_key: dict[tuple[str, str], Command] = {}
        for command in self.commands:
            for screen in command.screens:
                for key in command.keys:
                    self._by_key.setdefault((screen, key), command)

    def __getitem__(self, id: str) -> Command:
        return self._by_id[id]

    def find(self, screen: ScreenName, key: str) -> Command | None:
        """The command of a key on a screen."""
        return self._by_key.get((screen, key))

    def of(self, screen: ScreenName) -> tuple[Command, ...]:
        """The commands of a screen, its own first."""
        return tuple(command for command in self.commands if screen in command.screens)


def matching(commands: Sequence[Command], words: str) -> tuple[Command, ...]:
    """The commands whose words or keys contain every typed word."""
    wanted = words.lower().split()
    return tuple(
        c for c in commands
        if all(w in f"{c.help_text} {c.label} {' '.join(c.keys)}".lower() for w in wanted)
    )  # fmt: skip


CATALOGUE = Catalogue(
    (
        *inbox.COMMANDS,
        *case.COMMANDS,
        *draft.COMMANDS,
        *proposal.COMMANDS,
        *stats.COMMANDS,
        *claims.COMMANDS,
        *acts.COMMANDS,
        *everywhere.COMMANDS,
    )
)
