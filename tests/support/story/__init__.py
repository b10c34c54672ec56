"""One case from its first signal to what became of its fix, told as real entries; STEPS names how far."""

from __future__ import annotations

from collections.abc import Callable

from tests.support import afterwards
from tests.support.story.delivery import after, proposed, sending, ticket
from tests.support.story.drafts import claimed, competing, decided, drafting, proving, reverted, reviewed
from tests.support.story.place import CATALOG, FAIL, MINUTE, PRICING, RELEASE, SECOND, START, TAX
from tests.support.story.seen import EVENT, FINGERPRINT, SECOND_SIGNAL, SIGNAL, frame
from tests.support.story.triage import Told, changed, entries, fresh, ignored, mapped

__all__ = [
    "CATALOG", "EVENT", "FAIL", "FINGERPRINT", "MINUTE", "PRICING", "RELEASE", "SECOND", "SECOND_SIGNAL", "SIGNAL",
    "START", "STEPS", "TAX", "Told", "changed", "entries", "frame",
]  # fmt: skip

STEPS: dict[str, Callable[[], list[Told]]] = {
    "fresh": fresh,
    "ignored": ignored,
    "mapped": mapped,
    "changed": changed,
    "reverted": reverted,
    "competing": competing,
    "claimed": claimed,
    "drafting": drafting,
    "proving": proving,
    "reviewed": reviewed,
    "decided": decided,
    "proposed": proposed,
    "ticket": ticket,
    "sent": sending,
    "send failed": lambda: sending(failed=True),
    "merged": lambda: after(afterwards.waiting),
    "quiet": lambda: after(afterwards.quiet),
    "verified": lambda: after(afterwards.verified),
    "recurred": lambda: after(afterwards.recurred),
    "closed": lambda: after(afterwards.closed),
}
