"""A patch as text (from $EDITOR, a file, a revert) into hunks against the base commit."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import EditError
from rootcase.core.model.hunks import hunks_between, lines_of, numbered
from rootcase.core.safety.text import clean_line

if TYPE_CHECKING:
    from unidiff.patch import Hunk as PatchHunk
    from unidiff.patch import PatchedFile

BaseReader = Callable[[str], Awaitable[str | None]]
PATCH_LIMIT = 2 * 1024 * 1024
HINT = "Keep the lines that start with a space as they are, or draft again on this commit."
LINKS = tuple(f"{what} file mode {mode}" for what in ("new", "deleted") for mode in ("120000", "160000"))
_HEADER_END = re.compile(r"^((?:diff --git |index |--- |\+\+\+ |@@ ).*)\r$", re.MULTILINE)
# How `git format-patch` signs: two dashes, a space, and git's version.
_SIGNED = re.compile(r"^-- \n\d+\.\d+[^\n]*\n+(?=\Z|From [0-9a-f]{40})", re.MULTILINE)
_HEADER = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@(.*)", re.DOTALL)


async def hunks_from_patch(text: str, read: BaseReader, *, tests: Sequence[str] = ()) -> tuple[Hunk, ...]:
    """The hunks of a unified diff, numbered; counts in its `@@` lines may be off, as after an edit by hand.

    read: a file's text at the base commit, None where it is not there. tests: files of the reproduction.
    EditError where the patch cannot be read, does not fit the base, renames, or changes a binary file.
    """
    from unidiff.errors import UnidiffParseError
    from unidiff.patch import PatchSet

    if len(text) > PATCH_LIMIT:
        raise EditError("The patch is too large", f"More than {PATCH_LIMIT // 1024} kB.", "Make it smaller.")
    _refuse_unsupported(text)
    try:
        files = PatchSet.from_string(recounted(_HEADER_END.sub(r"\1", _SIGNED.sub("", text))))
    except UnidiffParseError as fault:
        raise EditError("The patch cannot be read", clean_line(str(fault), limit=300), HINT) from fault
    if not files:
        raise EditError("The patch changes nothing", "No file header and hunk was found.", HINT)
    out: list[Hunk] = []
    for file in files:
        path = _path_of(file)
        base = await read(path)
        out.extend(hunks_between(path, base, _patched(path, base, file), test=path in tests))
    if not out:
        raise EditError("The patch changes nothing", "Both sides of its hunks are the same.", HINT)
    return numbered(out)


def recounted(text: str) -> str:
    """The patch with the counts of each `@@` line as its body really is.

    Blank lines become context, and at the end of a hunk are left out: editors put them there, and
    leaving out trailing context is harmless.
    """
    lines = lines_of(text if text.endswith("\n") else text + "\n")
    out: list[str] = []
    at = 0
    while at < len(lines):
        header = _HEADER.match(lines[at])
        if header is None:
            out.append(lines[at])
            at += 1
            continue
        end = at + 1
        while end < len(lines) and not _starts_next(lines, end):
            end += 1
        body = list(lines[at + 1 : end])
        while body and body[-1] in ("\n", "\r\n"):
            body.pop()
        body = [" " + line if line in ("\n", "\r\n") else line for line in body]
        old = sum(line[0] in " -" for line in body)
        new = sum(line[0] in " +" for line in body)
        out.append(f"@@ -{header[1]},{old} +{header[2]},{new} @@{header[3]}")
        out.extend(body)
        at = end
    return "".join(out)


def _starts_next(lines: Sequence[str], at: int) -> bool:
    line = lines[at]
    if line.startswith(("diff --git ", "@@ -")):
        return True
    return line.startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


def _refuse_unsupported(text: str) -> None:
    for line in text.split("\n"):
        if line.startswith(("GIT binary patch", "Binary files ")):
            raise EditError(
                "The patch changes a binary file", clean_line(line, limit=200), "Change it by hand."
            )
        if line.startswith(LINKS):
            raise EditError(
                "The patch makes a symbolic link or a submodule",
                clean_line(line, limit=200),
                "Change text only.",
            )
        if line.startswith(("rename from ", "copy from ", "new mode ")):
            raise EditError(
                "The patch renames a file or changes its mode",
                clean_line(line, limit=200),
                "Change text only.",
            )


def _path_of(file: PatchedFile) -> str:
    name = str(file.path)
    if not name or name == "/dev/null":
        raise EditError("The patch names no file", "Both sides are /dev/null.", HINT)
    source, target = (str(side).split("\t")[0] for side in (file.source_file, file.target_file))
    if "/dev/null" not in (source, target) and source.removeprefix("a/") != target.removeprefix("b/"):
        raise EditError("The patch renames a file", f"{source} becomes {target}.", "Change text only.")
    return name


def _patched(path: str, base: str | None, file: PatchedFile) -> str | None:
    if file.source_file == "/dev/null":
        if base is not None:
            raise EditError(f"{path} is there already", "The patch creates it.", HINT)
        return "".join(new for hunk in file for new in _side(hunk, "+ "))
    if base is None:
        raise EditError(f"{path} is not in the base commit", "The patch changes it.", HINT)
    lines = lines_of(base)
    out: list[str] = []
    at = 0
    for hunk in file:
        old = _side(hunk, "- ")
        begin = _place(lines, old, hunk.source_start - 1 if old else hunk.source_start, at)
        if begin is None:
            raise EditError(f"The patch does not fit {path} at line {hunk.source_start}", _wanted(old), HINT)
        out.extend(lines[at:begin])
        out.extend(_side(hunk, "+ "))
        at = begin + len(old)
    out.extend(lines[at:])
    return None if file.target_file == "/dev/null" and not out else "".join(out)


def _side(hunk: PatchHunk, signs: str) -> list[str]:
    """One side's lines; a `\\ No newline` mark takes the line end off the line before it."""
    out: list[str] = []
    kept = False
    for line in hunk:
        if line.line_type == "\\":
            if kept:
                out[-1] = out[-1].removesuffix("\n")
            continue
        kept = line.line_type in signs
        if kept:
            out.append(line.value)
    return out


def _place(lines: Sequence[str], old: Sequence[str], at: int, least: int) -> int | None:
    """Where `old` stands: at its line number, else at the only other place behind `least`."""
    size = len(old)
    if at >= least and list(lines[at : at + size]) == list(old) and at <= len(lines):
        return at
    if not old:
        return None
    found = [n for n in range(least, len(lines) - size + 1) if list(lines[n : n + size]) == list(old)]
    return found[0] if len(found) == 1 else None


def _wanted(old: Sequence[str]) -> str:
    first = next((line for line in old if line.strip()), "")
    return f"It expects the line {clean_line(first, limit=120)!r} there."
