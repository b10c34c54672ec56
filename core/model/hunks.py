"""Hunk algebra: from two texts to hunks, from hunks to a text, split, edit, digest; all pure.

Every hunk of a draft is against the same base, so accepting or dropping one never moves another.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rootcase.core.model.drafts import Change, Draft, Hunk, HunkState
from rootcase.core.model.errors import EditError

CONTEXT_LINES = 3


def hunks_between(path: str, old: str | None, new: str | None, *, test: bool = False) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`; None stands for a file that does not exist.

    ids are left empty: `numbered` gives them over all files of a draft. Changes fewer than two
    unchanged lines apart are one hunk.
    """
    if old == new:
        return ()
    old_lines = () if old is None else lines_of(old)
    new_lines = () if new is None else lines_of(new)
    if old is None or new is None:
        change: Change = "create" if old is None else "delete"
        return (Hunk("", path, 1, old_lines, new_lines, change, test=test),)
    spans: list[list[int]] = []
    for old_from, old_to, new_from, new_to in _changed_spans(old_lines, new_lines):
        if spans and old_from - spans[-1][1] < 2:
            spans[-1][1], spans[-1][3] = old_to, new_to
        else:
            spans.append([old_from, old_to, new_from, new_to])
    return tuple(
        Hunk(
            "", path, a + 1, old_lines[a:b], new_lines[c:d],
            before=old_lines[max(0, a - CONTEXT_LINES) : a], after=old_lines[b : b + CONTEXT_LINES], test=test,
        )
        for a, b, c, d in spans
    )  # fmt: skip


def lines_of(text: str) -> tuple[str, ...]:
    """Lines with their ends kept, split at line feeds alone, as git counts them."""
    parts = text.split("\n")
    lines = [part + "\n" for part in parts[:-1]]
    return tuple([*lines, parts[-1]] if parts[-1] else lines)


def _changed_spans(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int, int, int]]:
    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    matcher = difflib.SequenceMatcher(
        None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False
    )
    return [
        (a + head, b + head, c + head, d + head)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def numbered(hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """The hunks in order of file (tests last) and line, with ids h1, h2, …"""
    ordered = sorted(hunks, key=lambda h: (h.test, h.path, h.start))
    return tuple(replace(hunk, id=f"h{number}") for number, hunk in enumerate(ordered, 1))


def applied(path: str, base: str | None, hunks: Iterable[Hunk]) -> str | None:
    """The file's text with those hunks, or None where they delete it. EditError where one does not fit."""
    mine = sorted((h for h in hunks if h.path == path), key=lambda h: (h.start, len(h.old)))
    if not mine:
        return base
    if any(h.change == "create" for h in mine):
        if base is not None:
            raise EditError(
                f"{path} is there already", "The draft creates it.", "Draft again on this commit."
            )
        return "".join("".join(h.new) for h in mine)
    if base is None:
        raise EditError(
            f"{path} is not in the base commit", "The draft changes it.", "Draft again on this commit."
        )
    lines = lines_of(base)
    out: list[str] = []
    at = 0
    for hunk in mine:
        begin, end = hunk.start - 1, hunk.start - 1 + len(hunk.old)
        if begin < at or tuple(lines[begin:end]) != hunk.old:
            raise EditError(
                f"Hunk {hunk.id} does not fit {path} at line {hunk.start}",
                "The base text differs from what the hunk replaces.",
                "Draft again on this commit.",
            )
        out.extend(lines[at:begin])
        out.extend(hunk.new)
        at = end
    out.extend(lines[at:])
    if any(h.change == "delete" for h in mine) and not out:
        return None
    return "".join(out)


def applied_all(base: Mapping[str, str | None], hunks: Sequence[Hunk]) -> dict[str, str | None]:
    """All files that the hunks touch, with their new text; all or nothing."""
    paths = dict.fromkeys(h.path for h in hunks)
    return {path: applied(path, base.get(path), hunks) for path in paths}


def edited(state: HunkState, new: Sequence[str], by: str) -> HunkState:
    """The hunk with a human's text; what the agent wrote is kept for undo and for the proposal."""
    agent_new = state.agent_new if state.edited else state.hunk.new
    hunk = replace(state.hunk, new=tuple(new))
    return replace(state, hunk=hunk, edited=True, agent_new=agent_new, by=by, decision="accepted")


def split(hunk: Hunk) -> tuple[Hunk, ...]:
    """The smallest independent pieces of a hunk; the hunk alone where it cannot be split.

    Pieces meet at lines that old and new share; a hunk without such lines splits its removals
    and additions pairwise where their counts agree.
    """
    if hunk.change != "modify":
        return (hunk,)
    matcher = difflib.SequenceMatcher(None, hunk.old, hunk.new, autojunk=False)
    spans = [op[1:] for op in matcher.get_opcodes() if op[0] != "equal"]
    if len(spans) <= 1:
        if len(hunk.old) != len(hunk.new) or len(hunk.old) < 2:
            return (hunk,)
        spans = [(i, i + 1, i, i + 1) for i in range(len(hunk.old))]
    whole = hunk.before + hunk.old + hunk.after
    pieces = []
    for number, (a, b, c, d) in enumerate(spans):
        left, right = len(hunk.before) + a, len(hunk.before) + b
        pieces.append(
            replace(
                hunk, id=f"{hunk.id}{_suffix(number)}", start=hunk.start + a, old=hunk.old[a:b], new=hunk.new[c:d],
                before=whole[max(0, left - CONTEXT_LINES) : left], after=whole[right : right + CONTEXT_LINES],
            )
        )  # fmt: skip
    return tuple(pieces)


def _suffix(number: int) -> str:
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters


def split_agrees(hunk: Hunk, pieces: Sequence[Hunk]) -> bool:
    """Whether the pieces together do exactly what the hunk did, and none reaches outside it."""
    try:
        base = "".join(hunk.old)
        moved = [replace(p, start=p.start - hunk.start + 1) for p in pieces]
        return all(p.path == hunk.path for p in pieces) and applied(hunk.path, base, moved) == "".join(
            hunk.new
        )
    except EditError:
        return False


def draft_digest(base_commit: str, hunks: Iterable[Hunk]) -> str:
    """32 hex digits over the base and the exact accepted text; independent of order, ids and context."""
    digest = hashlib.sha256(base_commit.encode())
    for hunk in sorted(hunks, key=lambda h: (h.path, h.start, h.old, h.new)):
        for part in (hunk.path, hunk.change, str(hunk.start), "".join(hunk.old), "".join(hunk.new)):
            raw = part.encode("utf-8", "surrogatepass")
            digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:32]


def with_digest(draft: Draft) -> Draft:
    """The draft with the digest of its accepted hunks as they stand."""
    return replace(draft, digest=draft_digest(draft.base_commit, draft.accepted))


def unified(hunks: Sequence[Hunk]) -> str:
    """The hunks as a unified diff with the context they carry; git apply takes it."""
    out: list[str] = []
    for path in dict.fromkeys(h.path for h in hunks):
        mine = sorted((h for h in hunks if h.path == path), key=lambda h: h.start)
        change = mine[0].change
        out.append(f"diff --git a/{path} b/{path}\n")
        if change == "create":
            out.append("new file mode 100644\n")
        elif change == "delete":
            out.append("deleted file mode 100644\n")
        out.append(f"--- {'/dev/null' if change == 'create' else 'a/' + path}\n")
        out.append(f"+++ {'/dev/null' if change == 'delete' else 'b/' + path}\n")
        shift = 0
        last_end = 0
        for index, hunk in enumerate(mine):
            before = (
                hunk.before[max(0, len(hunk.before) - (hunk.start - 1 - last_end)) :] if hunk.before else ()
            )
            after = hunk.after
            if index + 1 < len(mine):
                after = after[: max(0, mine[index + 1].start - (hunk.start + len(hunk.old)))]
            out.extend(_block(hunk, before, after, shift))
            last_end = hunk.start - 1 + len(hunk.old) + len(after)
            shift += len(hunk.new) - len(hunk.old)
    return "".join(out)


def _block(hunk: Hunk, before: tuple[str, ...], after: tuple[str, ...], shift: int) -> list[str]:
    old_count = len(before) + len(hunk.old) + len(after)
    new_count = len(before) + len(hunk.new) + len(after)
    start = hunk.start - len(before)
    old_start = start if old_count else start - 1
    new_start = start + shift if new_count else start + shift - 1
    lines = [f"@@ -{old_start},{old_count} +{new_start},{new_count} @@\n"]
    for sign, block in ((" ", before), ("-", hunk.old), ("+", hunk.new), (" ", after)):
        for line in block:
            lines.append(
                sign + line if line.endswith("\n") else f"{sign}{line}\n\\ No newline at end of file\n"
            )
    return lines
