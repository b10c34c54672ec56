"""Search/replace edits: a block must occur exactly once; a near miss goes back with the nearest text."""

from __future__ import annotations

import difflib

from rootcase.core.agent.indentation import bare, reindented, without_numbers
from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import lines_of

NEAR_LINES = 12
COMPARED_LINES = 4_000


def replaced(path: str, text: str, search: str, replace: str) -> str:
    """The text with `search` replaced. EditError where it does not occur exactly once.

    Second chance: line by line, whatever the white space at both ends; `replace` then gets the
    indentation that the file has. Third: the same without line numbers. Line ends of the file are kept.
    """
    if not search.strip():
        raise EditError(
            f"The edit of {path} has no search text", "", "Give the lines that are to be replaced."
        )
    crlf = "\r\n" in text
    plain, search, replace = (part.replace("\r\n", "\n") for part in (text, search, replace))
    positions = _positions(plain, search)
    if len(positions) > 1:
        raise _twice(path, plain, positions)
    new = plain.replace(search, replace, 1) if positions else _tolerant(path, plain, search, replace)
    if new == plain:
        raise EditError(f"The edit of {path} changes nothing", "search and replace are the same.", "")
    return new.replace("\n", "\r\n") if crlf else new


def _tolerant(path: str, text: str, search: str, replace: str) -> str:
    lines = lines_of(text)
    wanted = bare(search)
    places = _places(lines, wanted)
    if not places and (numberless := without_numbers(search)) is not None:
        wanted, replace = bare(numberless), without_numbers(replace) or replace
        places = _places(lines, wanted)
    if len(places) > 1:
        raise EditError(
            f"The search text of the edit occurs {len(places)} times in {path}",
            "At lines " + ", ".join(str(start + 1) for start in places[:8]) + ".",
            "Add lines around it until it occurs once.",
        )
    if not places:
        raise _nowhere(path, lines, wanted)
    start = places[0]
    end = start + len(wanted)
    body = reindented(lines[start:end], wanted, bare(replace)) if replace.strip() else []
    block = "".join(line + "\n" for line in body)
    if end == len(lines) and not lines[-1].endswith("\n"):
        block = block.removesuffix("\n")
    return "".join(lines[:start]) + block + "".join(lines[end:])


def _places(lines: tuple[str, ...], wanted: list[str]) -> list[int]:
    """Where the lines stand, white space at both ends of each left aside."""
    have, want = [line.strip() for line in lines], [line.strip() for line in wanted]
    return [n for n in range(len(have) - len(want) + 1) if have[n : n + len(want)] == want]


def _positions(text: str, search: str) -> list[int]:
    """Where the search text stands, overlapping places included."""
    found = [text.find(search)]
    while found[-1] >= 0:
        found.append(text.find(search, found[-1] + 1))
    return found[:-1]


def _twice(path: str, text: str, positions: list[int]) -> EditError:
    at = ", ".join(str(text.count("\n", 0, position) + 1) for position in positions[:8])
    return EditError(
        f"The search text of the edit occurs {len(positions)} times in {path}",
        f"At lines {at}.",
        "Add lines around it until it occurs once.",
    )


def _nowhere(path: str, lines: tuple[str, ...], wanted: list[str]) -> EditError:
    start = _nearest(lines[:COMPARED_LINES], wanted)
    end = min(len(lines), start + max(len(wanted), 3), start + NEAR_LINES)
    near = "".join(
        f"{number:>5} {line.rstrip()}\n" for number, line in enumerate(lines[start:end], start + 1)
    )
    return EditError(
        f"The search text of the edit does not occur in {path}",
        f"The nearest text is:\n{near}".rstrip(),
        "Copy the lines as they stand, without their numbers.",
    )


def _nearest(lines: tuple[str, ...], wanted: list[str]) -> int:
    """Where the first telling line of the search is most alike."""
    telling = max(wanted, key=lambda line: len(line.strip()))
    offset = wanted.index(telling)
    matcher = difflib.SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(telling.strip())
    best, best_ratio = 0, 0.0
    for number, line in enumerate(lines):
        matcher.set_seq1(line.strip())
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = number, ratio
    return max(0, best - offset)
