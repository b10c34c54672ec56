"""One command as data, and what is known when it is asked whether it can be done now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from rootcase.core.journal.store import InboxRow
    from rootcase.core.model.case import Case

ScreenName = Literal["inbox", "case", "draft", "proposal", "stats"]


@dataclass(frozen=True, slots=True)
class Context:
    """What a command may look at. row: the Inbox's row under the cursor; case: the open case.

    selected: id under the cursor of the focused pane, pane: its name.
    bar_open: a confirm bar holds the keys. facts: further words of a screen (`editing`, `zoomed`).
    able: what can be done at each configured source, by its label.
    """

    screen: ScreenName
    case: Case | None = None
    row: InboxRow | None = None
    selected: str = ""
    pane: str = ""
    bar_open: bool = False
    facts: frozenset[str] = frozenset()
    able: Mapping[str, frozenset[str]] = field(default_factory=dict)


Check = Callable[[Context], str]


def always(context: Context) -> str:
    """The check of a command that can always be done."""
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command of one or more screens.

    keys: as people read them (`ctrl+p`, `?`); the first is shown. label: its footer words. help: its
    help words, the label where "". does: the screen's or app's method `do_NAME`; "" for keys that a
    pane takes by itself. why_not: why it cannot be done now, "" when it can. rank: when the footer is
    short of room the highest rank goes first; 0 keeps it out. right: it stands at the footer's right.
    shown: how help and footer write the keys where that differs (`j k`). wide: label for ≥160 cells.
    """

    id: str
    keys: tuple[str, ...]
    label: str
    screens: tuple[ScreenName, ...]
    does: str = ""
    help: str = ""
    why_not: Check = always
    rank: int = 0
    right: bool = False
    shown: str = ""
    wide: str = ""
    narrow: str = ""

    @property
    def key_text(self) -> str:
        return self.shown or self.keys[0]

    @property
    def help_text(self) -> str:
        return self.help or self.label

    def words(self, width: int) -> str:
        """The footer's words at a width."""
        if width >= 160:
            return self.wide or self.label
        return self.narrow or self.label if width < 100 else self.label
