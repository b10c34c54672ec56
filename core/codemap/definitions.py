"""Where a name of the code is defined at a commit: one grep for many names, honest where several places fit."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from rootcase.core.codemap.scopes import Scope, Source, source_of, text_of
from rootcase.core.codemap.usage import Call, annotated, calls_in, names_set, sources_of
from rootcase.core.model.code import GrepHit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.ports import Repository

NAMES_AT_ONCE = 150
HITS = 3_000
GREPS = 8
FILES_READ = 60
SEVERAL = 4
SUBCLASSES = 12
_METHODS = """
get append items keys values join split format strip lstrip rstrip info debug warning error exception add update pop
read write close encode decode lower upper replace startswith endswith execute fetchone fetchall commit dumps loads
setdefault extend insert remove sort copy index count group match search sub findall title find splitlines
"""
COMMON = frozenset(dir(builtins)) | frozenset(_METHODS.split())
_DEFINES = re.compile(r"\s*(?:async\s+)?(?:def|class)\s+(\w+)\s*[(:\[]")
# A package may well have a folder `test` or `testing` of code that it offers; `tests` holds tests alone.
_TEST = re.compile(
    r"^(?:tests?|testing|specs?|e2e)/|(?:^|/)(?:tests|__tests__)/|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.\w+$"
    r"|\.(?:test|spec)\.\w+$"
)
_IMPORT = re.compile(
    r"^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]{0,4000}\)|[^\n(]{1,1000})", re.MULTILINE
)
_PLAIN_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w.]+)(?:[ \t]+as[ \t]+(\w+))?", re.MULTILINE)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A definition. sure: 1 where it can be no other, less the more places fit."""

    path: str
    scope: Scope
    sure: float = 1.0


def is_test(path: str) -> bool:
    """A file that only tests the code; what fails in it is seldom what gets fixed."""
    return bool(_TEST.search(path))


@dataclass(slots=True)
class Definitions:
    """Definitions of one commit, looked up as they are asked for; every file is read and parsed once."""

    repository: Repository
    commit: str
    _places: dict[str, tuple[tuple[str, int], ...]] = field(default_factory=dict)
    _read: dict[str, tuple[str, Source | None]] = field(default_factory=dict)
    _modules: dict[str, list[str]] | None = None
    _greps: int = 0

    async def file(self, path: str) -> tuple[str, Source | None]:
        """Text and scopes of a file; no scopes where it is no Python, too large or cannot be read."""
        if path not in self._read:
            if len(self._read) >= FILES_READ:
                return "", None
            try:
                text = await self.repository.read(self.commit, path) or ""
            except RepositoryError:
                text = ""
            self._read[path] = (text, source_of(text) if path.endswith((".py", ".pyi")) else None)
        return self._read[path]

    async def grep(self, pattern: str, *, limit: int) -> list[GrepHit]:
        """Lines of Python outside tests; regex: POSIX extended. Tests take no part of the limit."""
        hits = await self.repository.grep(self.commit, pattern, regex=True, limit=HITS)
        return [hit for hit in hits if hit.path.endswith((".py", ".pyi")) and not is_test(hit.path)][:limit]

    async def look_up(self, names: Iterable[str]) -> None:
        """Find all these names at once, so that each need not be asked for alone."""
        wanted = [n for n in dict.fromkeys(names) if self._worth(n)][:NAMES_AT_ONCE]
        if not wanted or self._greps >= GREPS:
            return
        self._greps += 1
        # A plain pattern: git takes four times as long for one that says all of what is checked below.
        pattern = rf"(def|class) +({'|'.join(wanted)})"
        found: dict[str, list[tuple[str, int]]] = {name: [] for name in wanted}
        for hit in await self.grep(pattern, limit=HITS):
            match = _DEFINES.match(hit.text)
            if match and match.group(1) in found:
                found[match.group(1)].append((hit.path, hit.line))
        self._places.update({name: tuple(places) for name, places in found.items()})

    def _worth(self, name: str) -> bool:
        """Every class has an `__init__` and every other one a `get`; looking for those finds nothing."""
        plain = name.isidentifier() and name.isascii() and not (name.startswith("__") and name.endswith("__"))
        return plain and name not in COMMON and name not in self._places

    async def named(self, name: str) -> tuple[Place, ...]:
        """Every definition of a bare name outside tests."""
        await self.look_up([name])
        out = []
        for path, line in self._places.get(name, ())[:12]:
            _, source = await self.file(path)
            scope = next((s for s in source.named(name) if s.start == line), None) if source else None
            if scope is not None:
                out.append(Place(path, scope))
        return tuple(out)

    async def called(self, call: Call, path: str, scope: Scope) -> tuple[Place, ...]:
        """What a call in `scope` of `path` runs, the likeliest first; () where nothing or too much fits."""
        text, source = await self.file(path)
        if source is None or not call.name:
            return ()
        if call.receiver in ("self", "cls", "super()", "super"):
            own = await self._method(
                call.name, path, source, scope, inherited=call.receiver.startswith("super")
            )
            if own:
                return await self._constructed(own)
        elif typed := await self._typed(call, path, source, scope):
            return typed
        elif not call.receiver:
            nested = source.get(f"{scope.qualified_name}.{call.name}") or source.get(call.name)
            if nested is not None:
                return await self._constructed((Place(path, nested),))
        places = await self.named(call.name)
        if not call.receiver:
            places = tuple([p for p in places if not await self._is_method(p)])
        for imported in _imported_from(text, call.receiver.partition(".")[0] or call.name):
            near = [p for p in places if _is_module(p.path, imported, path)]
            if near:
                itself = await self._module_file(imported, path)
                first = next((p for p in near if p.path == itself), near[0])
                return await self._constructed([first])
        if call.name in COMMON or (call.receiver and _is_foreign(call.receiver, text, path, places)):
            return ()
        same = [p for p in places if p.path == path]
        fits = same or list(places)
        if not fits or len(fits) > SEVERAL:
            return ()
        return await self._constructed(
            [Place(p.path, p.scope, (0.8 if same else 0.6) / len(fits)) for p in fits]
        )

    async def _is_method(self, place: Place) -> bool:
        """A name alone never means a method of a class."""
        _, source = await self.file(place.path)
        holder = source.get(place.scope.owner) if source and place.scope.owner else None
        return holder is not None and holder.kind == "class"

    async def _typed(self, call: Call, path: str, source: Source, scope: Scope) -> tuple[Place, ...]:
        """The method of what a receiver was made with, or is said to be: `cart = Cart()`, `self.cart: Cart`."""
        root, _, attribute = call.receiver.partition(".")
        if not root.isidentifier() or "." in attribute or "(" in attribute:
            return ()
        holder = source.class_of(scope)
        scopes = (
            [scope]
            if not attribute
            else [s for s in source.scopes if holder and s.owner == holder.qualified_name]
        )
        targets = (call.receiver,) if not attribute else (f"self.{attribute}", f"cls.{attribute}")
        values = [right for one in scopes for name in targets for _, right in sources_of(one, name, one.end)]
        if attribute and holder is not None:
            values += [right for _, right in sources_of(holder, attribute, holder.end)]
        made = [call.name for call in calls_in(values[:4]) if not call.receiver and call.name[:1].isupper()]
        for name in made or _annotated(root, attribute, scopes, holder):
            for found in (await self.classes(name))[:2]:
                for one in (found, *await self.ancestors(found)):
                    _, other = await self.file(one.path)
                    method = other.get(f"{one.scope.qualified_name}.{call.name}") if other else None
                    if method is not None:
                        return (Place(one.path, method, 0.9),)
        return ()

    async def subclasses(self, name: str) -> tuple[Place, ...]:
        """Classes that name this one among their bases."""
        if not name.isidentifier():
            return ()
        pattern = rf"class .*[(,. ]{name}[,)[]"
        out = []
        for hit in await self.grep(pattern, limit=SUBCLASSES):
            _, source = await self.file(hit.path)
            scope = (
                next((s for s in source.scopes if s.start == hit.line and s.kind == "class"), None)
                if source
                else None
            )
            if scope is not None:
                out.append(Place(hit.path, scope))
        return tuple(out)

    async def classes(self, name: str) -> tuple[Place, ...]:
        """Classes of that name; one that stands in a function is named with it, as in `make.<locals>.Part`."""
        found = tuple(p for p in await self.named(name.rsplit(".", 1)[-1]) if p.scope.kind == "class")
        inside = name.replace(".<locals>", "")
        exact = tuple(p for p in found if p.scope.qualified_name == inside) if inside != name else ()
        return exact or found

    async def _base(self, name: str, path: str) -> tuple[Place, ...]:
        """The class that a base's name means in a file: its own, an imported one, else one that was found."""
        text, source = await self.file(path)
        simple = name.rsplit(".", 1)[-1]
        own = [s for s in source.named(simple) if s.kind == "class"] if source else []
        if own:
            return (Place(path, own[0]),)
        for module in _imported_from(text, name.partition(".")[0]):
            place = await self._module_file(module, path)
            _, other = await self.file(place) if place else ("", None)
            there = [s for s in other.named(simple) if s.kind == "class"] if other else []
            if there:
                return (Place(place, there[0]),)
        # Many names are handed on by a package's __init__; those that were looked for anyway are known by now.
        return (await self.classes(simple))[:2] if simple in self._places else ()

    async def _module_file(self, module: str, importer: str) -> str:
        """The file of a module as a file imports it, "" where there is none; `.base` is looked for beside it."""
        up = len(module) - len(module.lstrip("."))
        name = module.strip(".").replace(".", "/")
        modules = await self._files_by_module()
        if up:
            folder = importer.split("/")[:-up]
            stem = "/".join([*folder, name] if name else folder)
            return next((path for path in modules.get(_last(stem), ()) if _stem(path) == stem), "")
        if not name:
            return ""
        fits = (path for path in modules.get(_last(name), ()) if f"/{_stem(path)}".endswith(f"/{name}"))
        return next(fits, "")

    async def _files_by_module(self) -> dict[str, list[str]]:
        """Files by the last part of their modules' names; tests are left out."""
        if self._modules is None:
            self._modules = {}
            for path in await self.repository.files(self.commit):
                if path.endswith(".py") and not is_test(path):
                    self._modules.setdefault(_last(_stem(path)), []).append(path)
        return self._modules

    async def ancestors(self, place: Place) -> tuple[Place, ...]:
        """The classes of the repository that a class is made from, nearest first, in a few steps."""
        out: list[Place] = []
        waiting = [place]
        while waiting and len(out) < 6:
            current = waiting.pop(0)
            for base in current.scope.bases:
                for found in await self._base(base, current.path):
                    if found.scope not in [p.scope for p in out]:
                        out.append(found)
                        waiting.append(found)
        return tuple(out)

    async def constant(self, name: str, path: str) -> Place | None:
        """The module whose top level sets a name that `path` uses: its own, or the one it is imported from."""
        text, source = await self.file(path)
        if source is None:
            return None
        if name in _names_of(source.module):
            return Place(path, source.module)
        for imported in _imported_from(text, name):
            candidate = await self._module_file(imported, path)
            _, other = await self.file(candidate) if candidate else ("", None)
            if other is not None and name in _names_of(other.module):
                return Place(candidate, other.module)
        return None

    async def imports(self, path: str) -> tuple[str, ...]:
        """Files of the repository that a file imports, tests left out."""
        text, _ = await self.file(path)
        out: dict[str, None] = {}
        for modules in _imports(text).values():
            for module in modules:
                found = await self._module_file(module, path)
                if found:
                    out[found] = None
                    break
        return tuple(found for found in out if found != path)

    async def _method(
        self, name: str, path: str, source: Source, scope: Scope, *, inherited: bool
    ) -> tuple[Place, ...]:
        holder = source.class_of(scope)
        if holder is None:
            return ()
        own = source.get(f"{holder.qualified_name}.{name}")
        if own is not None and not inherited:
            return (Place(path, own),)
        for ancestor in await self.ancestors(Place(path, holder)):
            _, other = await self.file(ancestor.path)
            found = other.get(f"{ancestor.scope.qualified_name}.{name}") if other else None
            if found is not None:
                return (Place(ancestor.path, found, 0.9),)
        return ()

    async def _constructed(self, places: Sequence[Place]) -> tuple[Place, ...]:
        """Calling a class runs its `__init__`, its own or that of what it is made from."""
        out = []
        for place in places:
            if place.scope.kind == "class":
                for holder in (place, *await self.ancestors(place)):
                    _, source = await self.file(holder.path)
                    init = source.get(f"{holder.scope.qualified_name}.__init__") if source else None
                    if init is not None:
                        place = Place(holder.path, init, place.sure)
                        break
            out.append(place)
        return tuple(out)


def _annotated(root: str, attribute: str, scopes: Sequence[Scope], holder: Scope | None) -> list[str]:
    """Classes that annotations speak of: of a variable, or of an attribute and what its class sets it from."""
    if not attribute:
        return [name for scope in scopes for name in annotated(scope, root)]
    out = list(annotated(holder, attribute)) if holder is not None else []
    for scope in scopes:
        out += annotated(scope, f"self.{attribute}")
        for _, right in sources_of(scope, f"self.{attribute}", scope.end)[:1]:
            out += annotated(scope, text_of(right))
    return list(dict.fromkeys(out))


@lru_cache(maxsize=64)
def _names_of(module: Scope) -> frozenset[str]:
    return names_set(module)


@lru_cache(maxsize=64)
def _imports(text: str) -> dict[str, tuple[str, ...]]:
    """Local name → modules that it may be or come from: `from .. import exc` brings a module, or a name of one."""
    out: dict[str, tuple[str, ...]] = {}
    for match in _PLAIN_IMPORT.finditer(text):
        out.setdefault(match.group(2) or match.group(1).partition(".")[0], (match.group(1),))
    for match in _IMPORT.finditer(text):
        module = match.group(1)
        for piece in match.group(2).strip("()").split(","):
            words = piece.split("#")[0].split()
            if words:
                inside = f"{module}{'' if module.endswith('.') else '.'}{words[0]}"
                out.setdefault(words[-1], (inside, module))
    return out


def _imported_from(text: str, name: str) -> tuple[str, ...]:
    return _imports(text).get(name, ())


def _stem(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")


def _last(stem: str) -> str:
    return stem.rsplit("/", 1)[-1]


def _is_module(path: str, module: str, importer: str) -> bool:
    """Whether a file is that module as a file imports it, or one of its package that hands the name on."""
    up = len(module) - len(module.lstrip("."))
    wanted, stem = module.strip(".").replace(".", "/"), _stem(path)
    if up:
        folder = "/".join([*importer.split("/")[:-up], *([wanted] if wanted else [])])
        return not folder or stem == folder or stem.startswith(f"{folder}/")
    return f"/{stem}".endswith(f"/{wanted}") or f"/{wanted}/" in f"/{stem}"


def _is_foreign(receiver: str, text: str, path: str, places: Sequence[Place]) -> bool:
    """A method of an imported module that is none of ours: `json.dumps`."""
    modules = _imported_from(text, receiver.partition(".")[0])
    if not modules or modules[0].startswith("."):
        return False
    return not any(_is_module(place.path, module, path) for module in modules for place in places)
