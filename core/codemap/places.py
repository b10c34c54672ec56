"""The places in a repository that a frame's path, module or class may stand for, before any file is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.events import Frame

MOST = 6
LONGEST = 1_000
NAMESAKES = 200
_SCHEME = re.compile(
    r"^(?:webpack(?:-internal)?|turbopack|rsc|ng|app|file|https?|capacitor|ionic|vite|vm):/{2,3}", re.I
)
_DRIVE = re.compile(r"^[A-Za-z]:/")
_PSEUDO = re.compile(
    r"^<.*>$|^\[native code\]|^native(?: code)?$|^(?:node:)?internal/|^node:|^Unknown Source$|^Native Method$"
    r"|^(?:\(native\)|\[builtin\]|evalmachine\.<anonymous>|VM\d+|undefined|null|unknown)$|^jdk\.internal|^<"
)
# Where package managers put what others wrote; the rest of the path is inside the package.
_INSTALLED = re.compile(
    r"^.*(?:(?P<python>(?:site|dist)-packages/)|(?P<node>node_modules/(?:@[^/]+/)?[^/]+/)"
    r"|(?P<gem>/gems/(?:[\w.-]+-\d[\w.]*|bundler/gems/[\w.-]+)/)|(?P<go>/pkg/mod/(?:[^@]+)@[^/]+/)"
    r"|(?P<cargo>/registry/src/[^/]+/[^/]+/)|(?P<php>(?:^|/)vendor/[^/]+/[^/]+/)|(?P<rust>/rustc/[0-9a-f]+/)"
    r"|(?P<std>/lib(?:64)?/python\d[\d.]*/|/usr/local/go/src/|/(?:usr/)?lib/ruby/\d[\d.]*/))"
)
_CLASS_ENDINGS = (".java", ".kt", ".cs", ".scala", ".php", ".rb", ".ts", ".js")
_ONE_CLASS_A_FILE = (".cs", ".java", ".kt", ".php")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A path that the frame speaks of. whole: every part of it must be found, not just its end."""

    path: str
    why: str
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A file that fits. length: parts of the path that agree; all_of_it: the whole of what was told does."""

    path: str
    length: int
    why: str
    all_of_it: bool
    exact: bool = False


class FileIndex:
    """The files of a commit by their endings. links: symbolic link → target; modules: paths of submodules."""

    def __init__(
        self, files: Iterable[str], links: Mapping[str, str] | None = None, modules: Iterable[str] = ()
    ) -> None:
        self.files = frozenset(files)
        self.links = dict(links or {})
        self.modules = tuple(modules)
        self._by_name: dict[str, list[str]] = {}
        self._by_two: dict[str, list[str]] = {}
        for path in self.files:
            parts = path.lower().rsplit("/", 2)
            self._by_name.setdefault(parts[-1], []).append(path)
            if len(parts) > 1:
                self._by_two.setdefault("/".join(parts[-2:]), []).append(path)

    def by_suffix(self, path: str) -> tuple[tuple[str, ...], int]:
        """The files that share the longest ending with `path`, and how many parts that is.

        Letters' case counts where it tells files apart, and not where nothing fits as well otherwise. A name
        alone that very many files have tells nothing.
        """
        wanted = [piece for piece in path.split("/") if piece not in ("", ".", "..")]
        if not wanted:
            return (), 0
        named = self._by_two.get("/".join(wanted[-2:]).lower()) if len(wanted) > 1 else None
        if named is None:
            named = self._by_name.get(wanted[-1].lower(), [])
            if len(named) > NAMESAKES:
                return (), 0
        exact = _longest(wanted, named)
        if exact[1] == len(wanted):
            return exact
        loose = _longest([piece.lower() for piece in wanted], named, lower=True)
        return loose if loose[1] > exact[1] else exact

    def submodule_of(self, path: str) -> str:
        """The submodule that a frame's path leads into, "" for none."""
        framed = f"/{path.strip('/')}"
        return next((module for module in self.modules if f"/{module}/" in framed), "")


def is_pseudo(frame: Frame) -> str:
    """What the frame's file is called where it is none: `<frozen importlib>`; "" for a real file."""
    for shown in (frame.filename, frame.abs_path):
        if shown and _PSEUDO.match(shown):
            return shown
    return "" if frame.filename or frame.abs_path or frame.module else (frame.function or "?")


def plain_path(shown: str) -> str:
    """A path as told by any platform, with forward slashes and without scheme, drive, query and `./`."""
    path = shown[:LONGEST].replace("\\", "/").strip()
    scheme = _SCHEME.match(path)
    if scheme:
        path = unquote(re.split(r"[?#]", path[scheme.end() :], maxsplit=1)[0])
        if scheme.group().lower().startswith("http") and "/" in path:
            path = path.split("/", 1)[1]
    path = _DRIVE.sub("/", path).replace("!/", "/")
    path = re.sub(r"^\(.*?\)/", "", path)
    while path.startswith(("./", "../", "~/")):
        path = path.split("/", 1)[1]
    return re.sub(r"/(?:\./)+", "/", path)


def installed_part(path: str) -> tuple[str, str]:
    """(kind, rest) where a package manager put the file: (`python`, `requests/api.py`); ("", "") elsewhere."""
    found = _INSTALLED.match(path)
    if found is None or found.lastgroup is None:
        return "", ""
    return found.lastgroup, path[found.end() :]


def places(frame: Frame, index: FileIndex, settings: RepositorySettings) -> tuple[Place, ...]:
    """Files that the frame may be in, the best fit first; at most six."""
    found: dict[str, Place] = {}
    for wanted in _wanted(frame, index, settings):
        files, length = index.by_suffix(wanted.path)
        parts = len([piece for piece in wanted.path.split("/") if piece])
        if wanted.whole and length < parts:
            continue
        for path in files[: 3 * MOST]:
            exact = path == wanted.path.strip("/") and not wanted.why.startswith("module")
            all_of_it = length == parts or path.count("/") + 1 == length
            place = Place(path, length, wanted.why, all_of_it, exact)
            if path not in found or _rank(place) < _rank(found[path]):
                found[path] = place
    return tuple(sorted(found.values(), key=_rank))[:MOST]


def _rank(place: Place) -> tuple[bool, bool, int, str]:
    return (place.why != "the configured roots", not place.exact, -place.length, place.path)


def _wanted(frame: Frame, index: FileIndex, settings: RepositorySettings) -> list[Wanted]:
    paths = [plain_path(shown) for shown in (frame.abs_path, frame.filename)]
    out = []
    for path in dict.fromkeys(filter(None, paths)):
        mapped = by_roots(path, settings)
        if mapped in index.files:
            out.append(Wanted(mapped, "the configured roots", whole=True))
        kind, rest = installed_part(path)
        if kind:
            out.append(Wanted(rest, "its path inside the installed package", whole=True))
        else:
            out.append(Wanted(path, "its path" if path in index.files else "the end of its path"))
    out += [Wanted(path, f"module {frame.module}", whole=True) for path in _of_module(frame)]
    return out


def _of_module(frame: Frame) -> list[str]:
    """Paths that a module, a class or an import path can have as a file."""
    module = re.split(r"[$`]", frame.module.split("!")[-1].strip(), maxsplit=1)[0]
    parts = [part for part in re.split("/" if "/" in module else r"::|\\|\.", module) if part]
    if not parts or module in ("__main__", "<unknown>") or len(module) > LONGEST:
        return []
    slashed, folders = "/".join(parts), parts[:-1]
    base = plain_path(frame.filename or frame.abs_path).rsplit("/", 1)[-1]
    if base.endswith((".py", ".pyc", ".pyx")):
        return [f"{slashed}.py", f"{slashed}/__init__.py"]
    if "." in base:
        # A Go module names the folder, a Java or Kotlin class the file beside the one that is told.
        named = [f"{slashed}/{base}"] if base.endswith(".go") else []
        return [*named, *(f"{'/'.join(folders[start:])}/{base}" for start in range(len(folders)))]
    found = [f"{slashed}.py", f"{slashed}/__init__.py"] if len(parts) > 1 else []
    if not base:
        found += [f"{slashed}{ending}" for ending in _CLASS_ENDINGS]
        found.append("/".join(_underscored(part) for part in parts) + ".rb")
        found += [f"{parts[-1]}{ending}" for ending in _ONE_CLASS_A_FILE if len(parts) > 1]
    return found


def _underscored(name: str) -> str:
    """Ruby's file for a constant: `LineItem` is in line_item."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def by_roots(shown: str, settings: RepositorySettings) -> str:
    """A path of a trace as path of the repository by `stack_root` and `source_root`, "" where none is set."""
    stack, source = settings.stack_root.strip("/"), settings.source_root.strip("/")
    if not shown or not (stack or source):
        return ""
    rest = shown.strip("/")
    if stack:
        before, found, rest = f"/{rest}".partition(f"/{stack}/")
        if not found or (before and not shown.startswith("/")):
            return ""
    return f"{source}/{rest}" if source else rest


def _longest(wanted: list[str], named: Iterable[str], *, lower: bool = False) -> tuple[tuple[str, ...], int]:
    """Those of the named files that share the longest ending, narrowed down one part at a time."""
    fitting = [(path.lower() if lower else path, path) for path in named]
    length = 0
    while length < len(wanted):
        tail = "/".join(wanted[-1 - length :])
        longer = [pair for pair in fitting if pair[0] == tail or pair[0].endswith(f"/{tail}")]
        if not longer:
            break
        fitting, length = longer, length + 1
    return (tuple(sorted(path for _, path in fitting)), length) if length else ((), 0)
