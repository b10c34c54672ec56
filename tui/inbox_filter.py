"""Narrowing the Inbox by typed words; pure, and fast enough for 100,000 cases at every key."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from itertools import compress, repeat
from operator import contains

PREFIXES = ("is:", "owner:", "release:", "gate:", "service:")


def tokens(text: str) -> tuple[str, ...]:
    """The typed words in lower case; a prefix without a value yet narrows nothing."""
    return tuple(word for word in text.lower().split() if word not in PREFIXES)


def narrow(
    searches: Sequence[str], wanted: Sequence[str], within: Sequence[int] | None = None
) -> Sequence[int]:
    """Positions whose search string holds every word. within: look only at these."""
    found: Sequence[int] = range(len(searches)) if within is None else within
    for word in sorted(wanted, key=len, reverse=True):
        # the loop runs in C: half the time of a comprehension
        texts = searches if len(found) == len(searches) else map(searches.__getitem__, found)
        kept = list(compress(found, map(contains, texts, repeat(word))))
        found = kept if len(kept) < len(found) else found
    return found


def extends(new: Sequence[str], old: Sequence[str]) -> bool:
    """Whether all that match `new` also match `old`: each old word is part of a new one."""
    return all(any(word in longer for longer in new) for word in old)


def suggestion(searches: Sequence[str], text: str) -> tuple[str, int] | None:
    """A filter that was probably meant, with its number of cases; None where nothing is near.

    Only words with a prefix are looked at: their values are known.
    """
    words = text.lower().split()
    for at, word in enumerate(words):
        prefix = next((p for p in PREFIXES if word.startswith(p)), "")
        if not prefix or narrow(searches, [word]):
            continue
        near = difflib.get_close_matches(word, _values(searches, prefix), 1, 0.6)
        if near:
            better = " ".join([*words[:at], near[0], *words[at + 1 :]])
            return better, len(narrow(searches, tokens(better)))
    return None


def _values(searches: Sequence[str], prefix: str) -> list[str]:
    pattern = re.compile(rf"(?<!\S){re.escape(prefix)}\S+")
    return sorted({match for search in searches for match in pattern.findall(search)})
