"""The frames of an exception under stable names, and the one of ours that decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rootcase.core.cluster.names import (
    ANONYMOUS,
    Roots,
    function_name,
    import_root_of,
    lambda_of_class,
    module_segments,
    path_of,
)
from rootcase.core.cluster.ownership import Place, place
from rootcase.core.model.events import ExceptionInfo, Frame

MANY_REPEATS = 20
DOMAIN = 3


@dataclass(frozen=True, slots=True)
class Named:
    """A frame with its stable names. line: the failing source line, "" where it was not sent.

    number, column: where it stands in the file, for one release alone. home: the folder it was deployed to.
    """

    module: str
    function: str
    place: Place
    line: str
    number: int = 0
    column: int = 0
    path: str = ""
    home: str = ""
    around: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.module}.{self.function}" if self.module else self.function

    @property
    def short(self) -> str:
        """As people say it: `pricing.price_for`."""
        return f"{self.module.rsplit('.', 1)[-1]}.{self.function}" if self.module else self.function


class Namer:
    """Names frames; remembers what it has named, since production sends the same frames again and again."""

    LIMIT = 20_000
    STACKS = 4_000

    def __init__(self, roots: Roots) -> None:
        self.roots = roots
        self._known: dict[tuple[str, str, str, str, bool | None, str], tuple[str, str, Place, str]] = {}
        self._stacks: dict[tuple[int, str], tuple[tuple[Frame, ...], tuple[Named, ...]]] = {}

    def named(self, exception: ExceptionInfo, import_root: str = "") -> tuple[Named, ...]:
        """The frames under their stable names; a tuple that was named before is not named again."""
        key = (id(exception.frames), import_root)
        seen = self._stacks.get(key)
        if seen is not None and seen[0] is exception.frames:
            return seen[1]
        made = tuple(self._one(frame, import_root) for frame in exception.frames)
        if len(self._stacks) >= self.STACKS:
            self._stacks.clear()
        self._stacks[key] = (exception.frames, made)
        return made

    def _one(self, frame: Frame, import_root: str) -> Named:
        root = import_root if frame.module in ("", "__main__") else ""
        key = (frame.abs_path, frame.filename, frame.module, frame.function, frame.in_app, root)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= self.LIMIT:
                self._known.clear()
            found = self._fresh(frame, root)
            self._known[key] = found
        module, function, where, home = found
        here = frame.context_line.strip()
        around = tuple(text for _, text in frame.context) if len(frame.context) > 1 else ()
        return Named(module, function, where, here, frame.line, frame.column, path_of(frame), home, around)

    def _fresh(self, frame: Frame, root: str) -> tuple[str, str, Place, str]:
        segments = module_segments(frame, self.roots, root)
        module, function = lambda_of_class(".".join(segments), function_name(frame.function))
        path, tail = path_of(frame), "/".join(segments)
        at = path.rfind("/" + tail) if tail else -1
        # A worktree is no place of deployment.
        deployed = at >= 0 and path.startswith("/") and not self.roots.root
        home = path[: at + 1] if deployed else ""
        return module, function, place(frame, self.roots), home


def import_root(exceptions: Iterable[ExceptionInfo]) -> str:
    """The import root that any frame of the exceptions gives away."""
    for exception in exceptions:
        if found := import_root_of(exception.frames):
            return found
    return ""


def ours(frames: Sequence[Named]) -> tuple[Named, ...]:
    """Our frames, outermost first; those that only the source calls foreign where there are no others."""
    certain = [frame for frame in frames if frame.place == "ours"]
    if not certain:
        return tuple(frame for frame in frames if frame.place == "doubtful")
    if len(certain) == len(frames):
        return tuple(frames)
    # The source's word is wrong about a frame that stands beside ours in the same package.
    homes = {frame.home for frame in certain if frame.home}
    tops = {_top(frame.module) for frame in certain if "." in frame.module}
    return tuple(
        frame
        for frame in frames
        if frame.place == "ours"
        or (frame.place == "doubtful" and (frame.home in homes or _top(frame.module) in tops))
    )


def _top(module: str) -> str:
    """The package above all; with its owner where it begins with a domain (`com.acme`)."""
    pieces = module.split(".", 2)
    return ".".join(pieces[:2]) if len(pieces[0]) <= DOMAIN else pieces[0]


def anchor_of(own: Sequence[Named]) -> Named | None:
    """The deepest frame of ours that has a name; a comprehension counts as the function around it."""
    for position in range(len(own) - 1, -1, -1):
        frame = own[position]
        if frame.function not in ANONYMOUS:
            return frame
        if position and own[position - 1].module != frame.module:
            return frame
    return own[-1] if own else None


def recursion(own: Sequence[Named]) -> tuple[str, ...]:
    """The functions that call each other without end, sorted; empty where nothing repeats."""
    counts = Counter(frame.name for frame in own)
    most = max(counts.values(), default=0)
    if most < 3:
        return ()
    return tuple(sorted(name for name, count in counts.items() if count * 2 > most))


def repeats(own: Sequence[Named]) -> int:
    """How often the most frequent function stands in the trace."""
    return max(Counter(frame.name for frame in own).values(), default=0)
