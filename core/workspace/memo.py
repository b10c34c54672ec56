"""Answers of git that cannot change, since every revision in the question is a full commit id; bounded."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import TypeVar, cast

Answer = TypeVar("Answer")
KEPT = 256
_FIXED = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?(?:\.{2,3}[0-9a-f]{40}(?:[0-9a-f]{24})?)?\Z")


class Memo:
    """The answers last given, the one unused for longest out first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, object] = OrderedDict()

    async def get(
        self, revisions: str | tuple[str, ...], question: Hashable, ask: Callable[[], Awaitable[Answer]]
    ) -> Answer:
        """The answer known to this question on these revisions, else a new one, which is kept if it can be."""
        listed = (revisions,) if isinstance(revisions, str) else revisions
        if not all(_FIXED.match(revision) for revision in listed):
            return await ask()
        key = (listed, question)
        if key not in self._answers:
            self._answers[key] = await ask()
            if len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        self._answers.move_to_end(key)
        return cast(Answer, self._answers[key])
