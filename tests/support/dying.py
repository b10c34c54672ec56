"""Runs `rootcase` until it is about to append a certain entry, or just has: then it dies as by kill -9.

python dying.py before|after "KIND [WHAT]" ARGUMENTS…: WHAT is an effect's kind, a phase, or a step of proof. In place
of an entry it may be a write on the network: `git push`, `say` (at the source), or `POST PATH-END`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rootcase.core.cli import main
from rootcase.core.deliver.push import Pusher
from rootcase.core.deliver.rest import RestClient
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import KINDS, Body, EffectIntended, Proved
from rootcase.core.pipeline.writeback import SourceWriteBack


def names(body: Body) -> set[str]:
    """`effect_done` and `effect_done push`; `proved` and `proved green`."""
    kind = KINDS.get(type(body), "")
    inner: Any = (
        body.write if isinstance(body, EffectIntended) else body.result if isinstance(body, Proved) else body
    )
    what = getattr(inner, "kind", "") or getattr(inner, "phase", "") or getattr(inner, "step", "")
    return {kind, f"{kind} {what}"}


def dies(when: str, wanted: str) -> None:
    """Every store of this process dies around its first entry of that name."""
    append = SqliteStore.append

    async def dying(self: SqliteStore, case: str, bodies: Sequence[Body], **more: Any) -> Any:
        there = any(wanted in names(body) for body in bodies)
        if there and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        written = await append(self, case, bodies, **more)
        if there:
            os.kill(os.getpid(), signal.SIGKILL)
        return written

    SqliteStore.append = dying  # type: ignore[method-assign]


def dies_around(owner: type, name: str, when: str, is_it: Callable[..., bool]) -> None:
    """It dies around the first call of that method that is the one."""
    original = getattr(owner, name)

    async def dying(self: Any, *given: Any, **more: Any) -> Any:
        if is_it(*given) and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        answer = await original(self, *given, **more)
        if is_it(*given):
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, dying)


def dies_at(when: str, wanted: str) -> None:
    if wanted == "git push":
        dies_around(Pusher, "_send", when, lambda *given: True)
    elif wanted == "say":
        dies_around(SourceWriteBack, "comment", when, lambda *given: True)
    elif wanted.startswith("POST "):
        end = wanted.removeprefix("POST ")
        dies_around(RestClient, "_write", when, lambda method, path, *rest: path.endswith(end))
    else:
        dies(when, wanted)


if __name__ == "__main__":
    dies_at(sys.argv[1], sys.argv[2])
    sys.exit(main(sys.argv[3:]))
