"""A frame → a file and line of the repository, verified by the source lines that came with the event."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rootcase.core.codemap.functions import Function, function_at, function_named
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.code import MapVerdict
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import Frame
from rootcase.core.model.ports import Repository

TOO_LARGE = 5_000_000
_FOREIGN = re.compile(
    r"(?:site|dist)-packages/|node_modules/|/lib(?:64)?/python\d|(?:^|/)\.venv/|(?:^|/)<|^<"
)
_HIDDEN = re.compile(r"\[redacted[^\]]*\]|\{snip\}|…")


@dataclass(frozen=True, slots=True)
class Located:
    """Where a frame is at a commit. text: the file's, "" where it is not ours or was not read."""

    verdict: MapVerdict
    why: str
    path: str = ""
    line: int = 0
    function: Function | None = None
    text: str = ""


class FileIndex:
    """The files of a commit by their endings."""

    def __init__(self, files: Iterable[str]) -> None:
        self.files = frozenset(files)
        self._by_name: dict[str, list[str]] = {}
        for path in self.files:
            self._by_name.setdefault(path.rsplit("/", 1)[-1], []).append(path)

    def by_suffix(self, path: str) -> tuple[tuple[str, ...], int]:
        """The files that share the longest ending with `path`, and how many components that is."""
        wanted = [piece for piece in path.split("/") if piece not in ("", ".", "..")]
        if not wanted:
            return (), 0
        best: list[str] = []
        length = 0
        for candidate in self._by_name.get(wanted[-1], ()):
            pieces = candidate.split("/")
            same = 0
            while same < min(len(pieces), len(wanted)) and pieces[-1 - same] == wanted[-1 - same]:
                same += 1
            if same > length:
                best, length = [candidate], same
            elif same == length:
                best.append(candidate)
        return tuple(sorted(best)), length


async def locate(
    frame: Frame,
    commit: str,
    index: FileIndex,
    repository: Repository,
    settings: RepositorySettings,
    *,
    sure: bool,
) -> Located:
    """Find a frame's file and line at `commit`.

    Args: sure: the commit is the release's; where it is a stand-in nothing is `confirmed`.
    """
    shown = (frame.abs_path or frame.filename).replace("\\", "/")
    found, why, strong = _candidates(frame, index, settings)
    foreign = bool(_FOREIGN.search(shown))
    if not found or (foreign and frame.in_app is not True):
        return Located("not ours", "a library's file" if foreign else "no such file in the repository")
    checked = [await _verified(frame, path, commit, repository) for path in found[:5]]
    best = min(checked, key=lambda item: _ORDER.index(item.verdict))
    if best.verdict == "guessed" and (foreign or not strong):
        return Located("not ours", "only the file's name fits, and no source line does")
    alike = [item for item in checked if item.verdict == best.verdict]
    if len(alike) > 1 and best.verdict != "not ours":
        return _weaker(
            best, "guessed", f"{len(alike)} files fit: {', '.join(item.path for item in alike[:3])}"
        )
    reason = f"{best.why}; found by {why}"
    if best.verdict == "confirmed" and not sure:
        return _weaker(best, "probable", f"{reason}; read at HEAD, the release's commit is not known")
    return _weaker(best, best.verdict, reason)


_ORDER: tuple[MapVerdict, ...] = ("confirmed", "probable", "guessed", "not ours")


def _weaker(found: Located, verdict: MapVerdict, why: str) -> Located:
    return Located(verdict, why, found.path, found.line, found.function, found.text)


def _candidates(
    frame: Frame, index: FileIndex, settings: RepositorySettings
) -> tuple[tuple[str, ...], str, bool]:
    """Files a frame may be in, by which way, and whether the way alone is worth a guess."""
    filename = frame.filename.replace("\\", "/")
    absolute = frame.abs_path.replace("\\", "/")
    for shown in (filename, absolute):
        mapped = _by_roots(shown, settings)
        if mapped in index.files:
            return (mapped,), "the configured roots", True
    if filename in index.files and "/" in filename:
        return (filename,), "its path", True
    module = frame.module if frame.module != "__main__" else ""
    by_module = _by_module(module, index)
    options = [
        (*index.by_suffix(absolute), "the end of its path"),
        (*index.by_suffix(filename), "the end of its path"),
    ]
    files, length, why = max(options, key=lambda option: option[1])
    if by_module and len(by_module) == 1 and (length < 2 or by_module[0] in files):
        return by_module, f"module {module}", "." in module or length > 1
    if not files:
        return by_module, f"module {module}", "." in module
    whole = length > 1 or files == (filename,) or any("/" not in path for path in files)
    return files, why, whole


def _by_roots(shown: str, settings: RepositorySettings) -> str:
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


def _by_module(module: str, index: FileIndex) -> tuple[str, ...]:
    if not module:
        return ()
    stem = module.replace(".", "/")
    for ending in (f"{stem}.py", f"{stem}/__init__.py"):
        files, length = index.by_suffix(ending)
        if files and length == len(ending.split("/")):
            return files
    return ()


async def _verified(frame: Frame, path: str, commit: str, repository: Repository) -> Located:
    try:
        text = await repository.read(commit, path)
    except RepositoryError as fault:
        return Located("guessed", fault.title, path, frame.line)
    if text is None:
        return Located("not ours", "the file is not there at that commit")
    if len(text) > TOO_LARGE:
        return Located("guessed", f"{path} is larger than 5 MB and was not read", path, frame.line)
    lines = text.split("\n")
    verdict, why, line = _by_context(frame, lines)
    function = function_at(text, path, line)
    if verdict == "guessed":
        verdict, why = _by_function(frame, text, path, lines, function)
    return Located(verdict, why, path, line, function, text)


def _by_context(frame: Frame, lines: Sequence[str]) -> tuple[MapVerdict, str, int]:
    """Compare the event's source lines with the file's; redacted and cut pieces are left out."""
    wanted = frame.context_line
    if not wanted.strip():
        return "guessed", "the event brought no source lines", frame.line
    if 0 < frame.line <= len(lines) and _fits(wanted, lines[frame.line - 1]):
        around = [(n, text) for n, text in frame.context if n != frame.line and text.strip()]
        same = sum(0 < n <= len(lines) and _fits(text, lines[n - 1]) for n, text in around)
        if same * 2 >= len(around):
            return "confirmed", f"source line {frame.line} is the same", frame.line
        return "probable", f"line {frame.line} is the same, the lines around it are not", frame.line
    alike = [n for n, text in enumerate(lines, 1) if _fits(wanted, text)]
    if len(alike) == 1:
        return "probable", f"the line stands at {alike[0]}, the trace says {frame.line}", alike[0]
    if alike:
        nearest = min(alike, key=lambda n: abs(n - frame.line))
        return "guessed", f"the line stands {len(alike)} times, none at {frame.line}", nearest
    return "guessed", f"line {frame.line} reads otherwise", frame.line


def _fits(told: str, text: str) -> bool:
    pieces = [piece.strip() for piece in _HIDDEN.split(told)]
    if len(pieces) == 1:
        return pieces[0] == text.strip()
    position = 0
    for piece in pieces:
        position = text.find(piece, position)
        if position < 0:
            return False
        position += len(piece)
    return any(pieces)


def _by_function(
    frame: Frame, text: str, path: str, lines: Sequence[str], function: Function | None
) -> tuple[MapVerdict, str]:
    """Without source lines the function's name has to do; with other source lines it is a guess."""
    name = frame.function.rsplit(".", 1)[-1]
    if frame.context_line.strip():
        return "guessed", f"line {frame.line} reads otherwise at this commit"
    if 0 < frame.line <= len(lines) and function is not None and function.name == name:
        return "probable", f"line {frame.line} is in {name}; no source line to compare"
    if function_named(text, path, name):
        return "guessed", f"{name} is in this file, but not at line {frame.line}"
    return "guessed", "no source line to compare"
