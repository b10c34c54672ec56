"""Places in code that a text names: files with lines, dotted symbols, commits; pure, linear in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from rootcase.core.model.events import Event, ExceptionInfo, Frame

MOST_CHARS = 100_000
MOST_PLACES = 40
# Marks an event whose frames were read out of prose and never seen in a trace.
GUESSED = "named in a diagnosis, not seen in a trace"

_SUFFIX = (
    "py|pyi|js|mjs|cjs|jsx|ts|tsx|vue|java|kt|kts|scala|groovy|go|rb|erb|php|cs|fs|rs|c|cc|cpp|cxx|h|hpp|m|mm"
    "|swift|ex|exs|erl|clj|dart|sql|lua|pl|sh"
)
# `app/pricing.py:88`, `pricing.py line 88`, `File "app/pricing.py", line 88, in price_for`, `pricing.py(88)`.
_FILE = re.compile(
    rf"(?<![\w./\\-])(?P<path>(?:[A-Za-z]:)?[/\\]?(?:[\w.@+-]{{1,80}}[/\\]){{0,20}}[\w@+-][\w.@+-]{{0,80}}\.(?:{_SUFFIX}))"
    r"(?![\w/\\])"
    r"(?:[\"'`]?(?:,? (?:at )?lines? |:L?|#L|\()(?P<line>\d{1,6}))?"
    r"(?:\)?,? in `?(?P<function>[A-Za-z_][\w.$]{0,100}))?"
)
# `shop.pricing.price_for` or `PricingService.priceFor()`; at least two names, the last one a call or a symbol.
_SYMBOL = re.compile(
    r"(?<![\w./\\@:-])(?P<name>[A-Za-z_]\w{0,60}(?:(?:\.|::|#)[A-Za-z_]\w{0,60}){1,8})(?P<call>\(\))?(?![\w/\\@-])"
)
_CALL = re.compile(r"(?<![\w.:#/\\])(?P<name>[a-z_]\w{2,60})\(\)")
_SHA = re.compile(r"(?<![\w-])(?P<sha>[0-9a-f]{40}|[0-9a-f]{7,12})(?![\w-])")
# Words with a dot that are no code: hosts, and abbreviations.
_HOST_END = frozenset((
    "com", "org", "net", "io", "dev", "app", "cloud", "eu", "de", "uk", "us", "test", "example", "local", "internal",
    "json", "yaml", "yml", "toml", "md", "txt", "html", "xml", "csv", "log", "cfg", "ini", "conf", "lock", "pdf",
    "png", "svg", "gz", "zip", "g", "e",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class NamedFile:
    """path: with forward slashes, as the text has it. line: 1-based, 0 where it names none."""

    path: str
    line: int = 0
    function: str = ""


@dataclass(frozen=True, slots=True)
class NamedPlaces:
    """symbols: dotted names, `::` and `#` as dots; a called function may stand alone. commits: 7 to 40 hex digits."""

    files: tuple[NamedFile, ...] = field(default=())
    symbols: tuple[str, ...] = ()
    commits: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.files or self.symbols or self.commits)


def named_places(text: str) -> NamedPlaces:
    """What a text names, in its order and each once; at most 40 of a kind, from its first 100,000 characters."""
    text = text[:MOST_CHARS]
    files: dict[NamedFile, None] = {}
    left: list[str] = []
    end = 0
    for match in _FILE.finditer(text):
        left.append(text[end : match.start()])
        end = match.end()
        path = match["path"].replace("\\", "/")
        line = int(match["line"] or 0)
        files[NamedFile(path, line, (match["function"] or "").rstrip(".").rsplit(".", 1)[-1])] = None
    left.append(text[end:])
    rest = " ".join(left)
    symbols: dict[str, None] = {}
    for match in _SYMBOL.finditer(rest):
        name = re.sub(r"::|#", ".", match["name"])
        if match["call"] or _is_symbol(name):
            symbols[name] = None
    tails = {name.rsplit(".", 1)[-1] for name in symbols}
    for match in _CALL.finditer(rest):
        if match["name"] not in tails:
            symbols[match["name"]] = None
    commits = {match["sha"]: None for match in _SHA.finditer(rest) if _is_sha(match["sha"])}
    return NamedPlaces(tuple(files)[:MOST_PLACES], tuple(symbols)[:MOST_PLACES], tuple(commits)[:MOST_PLACES])


def _is_symbol(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return last.lower() not in _HOST_END and not name.lower().startswith("www.") and len(last) > 1


def _is_sha(text: str) -> bool:
    """Forty digits always; a short one needs letters and figures, else it is a number or a word."""
    return len(text) == 40 or (any(c.isdigit() for c in text) and any(c.isalpha() for c in text))


def guessed_frames(places: NamedPlaces) -> tuple[Frame, ...]:
    """Frames for what was named, the first named last: a diagnosis names the culprit first, a trace last."""
    frames = [Frame(function=f.function, filename=f.path, line=f.line) for f in places.files]
    told = {frame.function for frame in frames if frame.function}
    for symbol in places.symbols:
        module, _, function = symbol.rpartition(".")
        if function not in told:
            frames.append(Frame(function=function, module=module, filename=""))
    return tuple(reversed(frames))


def event_of_places(
    id: str, text: str, places: NamedPlaces, *, at_us: int = 0, release: str = ""
) -> Event | None:
    """An event that the code map can follow, or None where the text names no code.

    `problems` says that its frames are guessed; the exception has no type, so it never decides a fingerprint
    that a real event can decide.
    """
    frames = guessed_frames(places)
    if not frames:
        return None
    told = ExceptionInfo(value=text[:500], mechanism="diagnosis", frames=frames)
    return Event(
        id, at_us=at_us, message=text[:500], release=release, exceptions=(told,), problems=(GUESSED,)
    )


def is_guessed(event: Event) -> bool:
    """Whether its frames were read out of prose."""
    return GUESSED in event.problems
