"""Symbols of a repository at any commit, found with `git grep`, confirmed by the syntax tree, read when asked for.

Nothing is indexed ahead: all of 10,000 files takes 11 s, a name looked for takes 0.1 s. What was read is kept
by the file's blob id, so the next commit reads only what it changed.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.codemap.languages.table import Language, language_of
from rootcase.core.codemap.resolution import imports_name, package_distance
from rootcase.core.codemap.symbols import FileSymbols, Symbol, SymbolKind, symbols_of
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

# Symbols and calls kept in memory: some 150 bytes each, so 60 MB at most.
KEPT = 400_000
FILES_CONFIRMED = 24
HITS = 400
_SELF = ("self", "this", "cls", "super()", "super", "@", "$this", "static", "parent")
_PLAIN = re.compile(r"[^\W\d][\w$?!]*\Z")


@dataclass(frozen=True, slots=True)
class Definition:
    """One place that defines a name. sure: 0..1, how likely it is the one that was meant; why: in words."""

    path: str
    symbol: Symbol
    sure: float
    why: str


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of a name. caller: the function or class it stands in, None at module level; sure as above."""

    path: str
    line: int
    caller: Symbol | None
    receiver: str
    sure: float
    why: str


class CodeIndex:
    """Symbols, definitions and callers at any commit of one repository."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self._files: OrderedDict[tuple[str, str], FileSymbols] = OrderedDict()
        self._kept = 0

    async def symbols(self, commit: str, path: str) -> FileSymbols:
        """The symbols of one file; empty, with the `problem` said, where it is not there or cannot be read."""
        blob = (await self.repository.tree(commit)).blobs.get(path, "")
        if not blob:
            return FileSymbols(problem="the file is not there at that commit")
        ending = path[path.rfind(".") :]
        if (blob, ending) in self._files:
            self._files.move_to_end((blob, ending))
            return self._files[blob, ending]
        if language_of(path) is None:
            return FileSymbols(problem="no grammar for this kind of file")
        try:
            text = await self.repository.read(commit, path)
        except RepositoryError as fault:
            return FileSymbols(problem=fault.title)
        found = await asyncio.to_thread(symbols_of, text or "", path)
        self._keep((blob, ending), found)
        return found

    async def definitions(
        self,
        commit: str,
        name: str,
        *,
        near: str = "",
        receiver: str = "",
        within: str = "",
        kind: SymbolKind | None = None,
    ) -> tuple[Definition, ...]:
        """Every function or class of that bare name, the likeliest first; empty where nothing defines it.

        Args: near: the file that uses the name, receiver: what stands before the dot there, within: the
        qualified name of the function there; they decide how sure each place is, and what languages are read.
        """
        if not _PLAIN.match(name):
            return ()
        here = await self.symbols(commit, near) if near else FileSymbols()
        paths = await self._defining(commit, name, near)
        found = []
        for path in paths:
            for symbol in (await self.symbols(commit, path)).symbols:
                if symbol.name == name and kind in (None, symbol.kind):
                    found.append((path, symbol))
        ranked = [_judged(path, symbol, found, near, here, receiver, within) for path, symbol in found]
        return tuple(sorted(ranked, key=lambda item: (-item.sure, item.path, item.symbol.start)))

    async def callers(self, commit: str, name: str, *, defined_in: str = "") -> tuple[CallSite, ...]:
        """Every call of that bare name, the surest first.

        Args: defined_in: the file whose definition is meant; calls from there and from files that import
        it are surer than others.
        """
        if not _PLAIN.match(name):
            return ()
        pattern = rf"(^|[^[:alnum:]_$]){_escaped(name)}[[:space:]]*(<[^<>]*>)?[[:space:]]*[({{!]?"
        hits = await self.repository.grep(commit, pattern, regex=True, limit=HITS)
        lines: dict[str, set[int]] = {}
        for hit in hits:
            if _related(hit.path, defined_in):
                lines.setdefault(hit.path, set()).add(hit.line)
        chosen = sorted(
            lines,
            key=lambda path: (path != defined_in, is_test(path), package_distance(path, defined_in), path),
        )
        await self._prefetch(commit, chosen[:FILES_CONFIRMED])
        out = []
        for path in chosen[:FILES_CONFIRMED]:
            file = await self.symbols(commit, path)
            for site in file.sites:
                if site.name == name and site.line in lines[path]:
                    sure, why = _call_sure(path, file, name, site.receiver, defined_in)
                    out.append(CallSite(path, site.line, file.within(site.line), site.receiver, sure, why))
        return tuple(sorted(out, key=lambda item: (-item.sure, is_test(item.path), item.path, item.line)))

    async def _defining(self, commit: str, name: str, near: str) -> list[str]:
        """Files with a line that looks like the definition, near ones first."""
        paths: dict[str, None] = {near: None} if near else {}
        for language in await self._languages(commit, near):
            pattern = language.defines.replace("NAME", _escaped(name))
            for hit in await self.repository.grep(commit, pattern, regex=True, limit=HITS):
                if _same_family(hit.path, language):
                    paths.setdefault(hit.path)
        chosen = sorted(
            paths, key=lambda path: (path != near, is_test(path), package_distance(path, near), path)
        )
        await self._prefetch(commit, chosen[:FILES_CONFIRMED])
        return chosen[:FILES_CONFIRMED]

    async def _languages(self, commit: str, near: str) -> list[Language]:
        """The language of the file in question, else the three that the repository has most files of."""
        language = language_of(near) if near else None
        if language:
            return [language]
        counts: dict[str, tuple[int, Language]] = {}
        for path in await self.repository.files(commit):
            known = language_of(path)
            if known:
                counts[known.defines] = (counts.get(known.defines, (0, known))[0] + 1, known)
        return [known for _, known in sorted(counts.values(), key=lambda item: -item[0])[:3]]

    async def _prefetch(self, commit: str, paths: Sequence[str]) -> None:
        blobs = (await self.repository.tree(commit)).blobs
        missing = [p for p in paths if (blobs.get(p, ""), p[p.rfind(".") :]) not in self._files]
        if len(missing) > 1:
            await self.repository.read_many(commit, missing)

    def _keep(self, key: tuple[str, str], found: FileSymbols) -> None:
        self._files[key] = found
        self._kept += _weight(found)
        while self._kept > KEPT and len(self._files) > 1:
            _, old = self._files.popitem(last=False)
            self._kept -= _weight(old)


def is_test(path: str) -> bool:
    """Whether a path is a test's or an example's by the habits of its language."""
    return bool(
        re.search(
            r"(?:^|/)(?:tests?|testing|specs?|__tests__|examples?|docs?|benchmarks?)/|(?:^|/)(?:test_|conftest)"
            r"|(?:_test|_spec|\.test|\.spec|Tests?)\.\w+$",
            path,
        )
    )


def _judged(
    path: str,
    symbol: Symbol,
    found: Sequence[tuple[str, Symbol]],
    near: str,
    here: FileSymbols,
    receiver: str,
    within: str,
) -> Definition:
    """How sure it is that this place is meant; names alone never make it certain."""
    own_class = within.rsplit(".", 1)[0] if "." in within else ""
    owner = symbol.qualified_name.rpartition(".")[0]
    others = len(found) - 1
    if path == near and receiver.lower() in _SELF and own_class and owner == own_class:
        return Definition(path, symbol, 0.95, "in the same class")
    if path == near and not receiver and (not owner or owner == within or symbol.kind == "class"):
        return Definition(path, symbol, 0.95, "in the same file")
    if near and receiver.lower() in _SELF and own_class:
        bases = next((s.bases for s in here.symbols if s.qualified_name == own_class), ())
        if owner.rsplit(".", 1)[-1] in bases:
            return Definition(path, symbol, 0.85, f"in the base class {owner}")
    if near and imports_name(here.imports, path, receiver or symbol.name):
        return Definition(path, symbol, 0.9 if not owner or others == 0 else 0.7, "its module is imported")
    if others == 0:
        return Definition(path, symbol, 0.75, "the only one of that name")
    share = 0.6 / (others + 1)
    close = 0.15 if path == near else 0.1 if near and package_distance(path, near) == 0 else 0.0
    if is_test(path) and not is_test(near):
        return Definition(path, symbol, share / 2, f"one of {others + 1} of that name, in a test")
    return Definition(path, symbol, share + close, f"one of {others + 1} of that name")


def _call_sure(path: str, file: FileSymbols, name: str, receiver: str, defined_in: str) -> tuple[float, str]:
    if not defined_in:
        return 0.4, "calls that name"
    if path == defined_in:
        return 0.9, "calls it in the same file"
    if imports_name(file.imports, defined_in, name) or imports_name(file.imports, defined_in, receiver):
        return 0.9, "imports its module"
    if package_distance(path, defined_in) == 0:
        return 0.6, "calls that name, in the same folder"
    return 0.3, "calls that name"


def _weight(found: FileSymbols) -> int:
    return 1 + len(found.symbols) * 3 + len(found.sites)


def _escaped(name: str) -> str:
    return re.sub(r"([^\w])", r"[\1]", name)


def _family(language: Language) -> str:
    return {"typescript": "javascript", "tsx": "javascript", "c": "cpp", "kotlin": "java"}.get(
        language.name, language.name
    )


def _same_family(path: str, language: Language) -> bool:
    other = language_of(path)
    return other is not None and _family(other) == _family(language)


def _related(path: str, near: str) -> bool:
    """Whether code in one file can call the other's at all."""
    language = language_of(near) if near else None
    return _same_family(path, language) if language else language_of(path) is not None
