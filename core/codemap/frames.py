"""A frame → a file and line of the repository, verified by the source lines that came with it and by its function."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rootcase.core.codemap.context import compared
from rootcase.core.codemap.functions import Function
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.places import FileIndex, Place, installed_part, is_pseudo, places, plain_path
from rootcase.core.codemap.spoken import plain_name, same_function
from rootcase.core.codemap.symbols import FileSymbols
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.code import MapVerdict
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import Frame
from rootcase.core.model.ports import Repository

__all__ = ["FileIndex", "Located", "Locator"]

TOO_LARGE = 5_000_000
# `<shop.cart.Cart object at 0x7f…>`, `<class 'shop.cart.Cart'>`, `Cart(rows=[…])`
_PRINT = 300
_PRINTED = re.compile(r"<([A-Za-z_][\w.]*) object\b|<class '([A-Za-z_][\w.]*)'>|([A-Z]\w*)\(")
_ORDER: tuple[MapVerdict, ...] = ("confirmed", "probable", "guessed", "not ours")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a frame is at a commit. text: the file's, "" where it is not ours or was not read.

    itself: the class that `self` or `cls` was of, as the event's local variables print it; "" where they do not.
    """

    verdict: MapVerdict
    why: str
    path: str = ""
    line: int = 0
    function: Function | None = None
    text: str = ""
    itself: str = ""


@dataclass(frozen=True, slots=True)
class _Checked:
    place: Place
    found: Located


class Locator:
    """Finds frames at one commit.

    sure: the commit is the release's; where it is a stand-in nothing is `confirmed`.
    """

    def __init__(
        self,
        repository: Repository,
        commit: str,
        settings: RepositorySettings,
        index: CodeIndex,
        *,
        sure: bool,
    ) -> None:
        self.repository = repository
        self.commit = commit
        self.settings = settings
        self.index = index
        self.sure = sure

    async def locate(self, frames: Sequence[Frame]) -> list[Located]:
        """Each frame's file and line, in their order; the files are read together."""
        tree = await self.repository.tree(self.commit)
        files = FileIndex((*tree.blobs, *tree.links), tree.links, tree.modules)
        options = await asyncio.to_thread(self._places, frames, files)
        wanted = dict.fromkeys(place.path for fitting in options.values() for place in fitting)
        await self.repository.read_many(self.commit, [path for path in wanted if path in tree.blobs])
        return [
            replace(await self._one(frame, options.get(position, ()), files), itself=class_of_self(frame))
            for position, frame in enumerate(frames)
        ]

    def _places(self, frames: Sequence[Frame], files: FileIndex) -> dict[int, tuple[Place, ...]]:
        """Where each frame may be, asked once for frames that tell the same."""
        known: dict[tuple[str, str, str], tuple[Place, ...]] = {}
        out = {}
        for position, frame in enumerate(frames):
            key = (frame.filename, frame.abs_path, frame.module)
            if not is_pseudo(frame):
                if key not in known:
                    known[key] = tuple(_resolved(each, files) for each in places(frame, files, self.settings))
                out[position] = known[key]
        return out

    async def _one(self, frame: Frame, options: Sequence[Place], files: FileIndex) -> Located:
        pseudo = is_pseudo(frame)
        if pseudo:
            return Located("not ours", f"{pseudo} is no file")
        shown = plain_path(frame.abs_path or frame.filename)
        kind, _ = installed_part(shown)
        if not options:
            module = files.submodule_of(shown)
            if module:
                return Located("not ours", f"in the submodule {module}, a repository of its own")
            return Located("not ours", "a library's file" if kind else "no such file in the repository")
        checked = [_Checked(place, await self._checked(frame, place)) for place in options]
        best = min(checked, key=lambda item: (_ORDER.index(item.found.verdict), -item.place.length))
        return self._judged(frame, best, checked, kind)

    def _judged(self, frame: Frame, best: _Checked, checked: Sequence[_Checked], kind: str) -> Located:
        found, place = best.found, best.place
        if kind and not _is_our_package(found, kind):
            return Located("not ours", "a library's file")
        if found.verdict == "guessed" and not (place.all_of_it or place.length > 1):
            return Located("not ours", "only the file's name fits, and no source line does")
        alike = [
            item.found
            for item in checked
            if (item.found.verdict, item.place.length, item.place.exact)
            == (found.verdict, place.length, place.exact)
        ]
        spoken = plain_name(frame.function)
        named = [item for item in alike if item.function is not None and item.function.name == spoken]
        if len(alike) > 1 and len(named) == 1:
            found = named[0]
        elif len(alike) > 1 and found.verdict != "not ours":
            paths = ", ".join(item.path for item in alike[:3])
            return replace(found, verdict="guessed", why=f"{len(alike)} files fit: {paths}")
        reason = f"{found.why}; found by {place.why}"
        if found.verdict == "confirmed" and not self.sure:
            return replace(
                found, verdict="probable", why=f"{reason}; read at HEAD, the release's commit is not known"
            )
        return replace(found, why=reason)

    async def _checked(self, frame: Frame, place: Place) -> Located:
        """What reading the file says about a place."""
        try:
            text = await self.repository.read(self.commit, place.path)
        except RepositoryError as fault:
            return Located("guessed", fault.title, place.path, frame.line)
        if text is None and place.path in (await self.repository.tree(self.commit)).blobs:
            why = f"{self.repository.name} lacks the content of {place.path}"
            return Located("guessed", why, place.path, frame.line)
        if text is None:
            return Located("not ours", "the file is not there at that commit")
        if len(text) > TOO_LARGE:
            return Located(
                "guessed", f"{place.path} is larger than 5 MB and was not read", place.path, frame.line
            )
        if "\0" in text[:8_000]:
            return Located("guessed", f"{place.path} is no text", place.path, frame.line)
        spoken = plain_name(frame.function)
        symbols = await self.index.symbols(self.commit, place.path)
        seen = compared(frame, text.split("\n"), lambda line: _is_in(symbols, line, spoken))
        function = _function_at(symbols, seen.line, spoken)
        if seen.verdict == "guessed" and not frame.context_line.strip():
            return _by_function(frame, text, place.path, spoken, symbols)
        return Located(seen.verdict, seen.why, place.path, seen.line, function, text)


def class_of_self(frame: Frame) -> str:
    """The bare name of the class that a frame's `self` or `cls` was of; "" where its print does not begin with it."""
    printed = next((value for name, value in frame.variables if name in ("self", "cls")), "")
    match = _PRINTED.match(printed[:_PRINT])
    return next((name for name in match.groups() if name), "").rpartition(".")[2] if match else ""


def _by_function(frame: Frame, text: str, path: str, spoken: str, symbols: FileSymbols) -> Located:
    """Without source lines the function's name has to do."""
    function = _function_at(symbols, frame.line, spoken)
    inside = 0 < frame.line <= text.count("\n") + 1
    if inside and function is not None and _is_in(symbols, frame.line, spoken):
        why = f"line {frame.line} is in {function.name}; no source line to compare"
        return Located("probable", why, path, frame.line, function, text)
    if inside and not spoken and frame.function == "<module>" and function is None:
        return Located(
            "probable", f"line {frame.line} is outside any function, as told", path, frame.line, None, text
        )
    named = symbols.named(spoken) if spoken else ()
    if named:
        line = frame.line if inside else named[0].line
        why = f"{spoken} is in this file, but not at line {frame.line}"
        return Located("guessed", why, path, line, named[0] if len(named) == 1 else function, text)
    if not inside:
        why = f"the file has {text.count(chr(10)) + 1} lines, the trace says {frame.line}"
        return Located("guessed", why, path, frame.line, None, text)
    why = symbols.problem or "no source line to compare"
    return Located("guessed", why, path, frame.line, function, text)


def _function_at(symbols: FileSymbols, line: int, spoken: str) -> Function | None:
    """The function of a line; a class whose body was running counts as one."""
    function = symbols.at(line, named=spoken)
    around = symbols.within(line)
    if around is not None and around.kind == "class" and around.name == spoken:
        return around
    return function


def _is_in(symbols: FileSymbols, line: int, spoken: str) -> bool:
    """Whether a function that can be spoken of so is around a line."""
    if not spoken:
        return False
    for symbol in symbols.symbols:
        if symbol.start <= line <= symbol.end:
            owner = symbol.qualified_name.rpartition(".")[0]
            if same_function(spoken, symbol.name, owner):
                return True
    return False


def _is_our_package(found: Located, kind: str) -> bool:
    """Whether an installed file is this repository's own, installed: its source lines or its function say so."""
    if found.verdict == "confirmed":
        return True
    return found.verdict == "probable" and kind not in ("std", "rust")


def _resolved(place: Place, files: FileIndex) -> Place:
    """A symbolic link's place is what it points at, where that is in the repository."""
    path = place.path
    for _ in range(5):
        if path not in files.links:
            break
        folder = path.split("/")[:-1]
        for piece in files.links[path].split("/"):
            if piece == "..":
                folder = folder[:-1]
            elif piece not in ("", "."):
                folder = [*folder, piece]
        path = "/".join(folder)
    return replace(place, path=path) if path in files.files else place
