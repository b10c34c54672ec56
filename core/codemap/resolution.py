"""Whether the imports of one file can bring in another: by the words of the statement and the file's place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

_WORDS = re.compile(r"[\w$@.\-/\\:]+")
_ENDING = re.compile(r"(?:/__init__|/index|/mod|/lib)?\.[A-Za-z0-9]{1,5}$")
_KEYWORDS = frozenset(
    ("import", "from", "as", "use", "using", "require", "include", "static", "type", "const", "let", "var")
)


def imports_name(imports: Sequence[tuple[int, str]], path: str, name: str) -> bool:
    """Whether a statement names both the module that `path` is and the thing `name`.

    A statement that brings in a module or everything of it counts for any name.
    """
    stem = module_path(path)
    first = re.split(r"[.\[(]|::|->", name, maxsplit=1)[0]
    for _, text in imports:
        for word in _words(text):
            if not _is_module(word, stem):
                continue
            if re.search(rf"(?<![\w$]){re.escape(first)}(?![\w$])", text) or "*" in text:
                return True
    return False


def module_path(path: str) -> str:
    """A file's path as modules spell it: no ending, a package's own file as the package."""
    return _ENDING.sub("", path)


def package_distance(one: str, other: str) -> int:
    """How many folders lie between two files: 0 in the same one."""
    if not one or not other:
        return 0
    left, right = one.split("/")[:-1], other.split("/")[:-1]
    same = 0
    while same < min(len(left), len(right)) and left[same] == right[same]:
        same += 1
    return len(left) + len(right) - 2 * same


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[tuple[str, ...], ...]:
    """The module-like words of a statement as path pieces; `from .x import y` gives (x), (y) and (x, y)."""
    out = []
    for word in _WORDS.findall(text[:2_000]):
        if word in _KEYWORDS:
            continue
        pieces = tuple(
            p for p in re.split(r"[./\\:]+", re.sub(r"\.(?:js|ts|jsx|tsx|rb|h|hpp|php)$", "", word)) if p
        )
        if pieces:
            out.append(pieces)
    found = re.match(r"from\s+([\w.]+)\s+import\s+(.+)", text, re.DOTALL)
    if found:
        base = tuple(p for p in found.group(1).split(".") if p)
        out += [(*base, name) for name in re.findall(r"\w+", found.group(2))[:40]]
    return tuple(out)


def _is_module(pieces: tuple[str, ...], stem: str) -> bool:
    """Whether pieces end a path: all of them, or the last two of a longer name; Go names the folder."""
    parts = stem.split("/")
    for tail in (parts, parts[:-1]):
        length = min(len(pieces), len(tail))
        if (
            length
            and tuple(tail[-length:]) == pieces[-length:]
            and (length > 1 or len(pieces) == 1 or length == len(tail))
        ):
            return True
    return False
