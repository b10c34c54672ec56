"""Code that a message was written from, and code that the message names."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator, Sequence

from rootcase.core.codemap.definitions import COMMON, Definitions, Place
from rootcase.core.codemap.leads import Lead, lead
from rootcase.core.codemap.scopes import Scope, text_of
from rootcase.core.codemap.steps import Step
from rootcase.core.codemap.telling import Telling
from rootcase.core.codemap.usage import names_set, statements
from rootcase.core.model.code import GrepHit
from rootcase.core.model.events import ExceptionInfo

WRITES, NAMES, IS_NAMED, SAYS_WHAT = 0.2, 0.06, 0.03, 0.45
PHRASES, NAMES_ASKED, HITS = 2, 3, 400
# A phrase or name that stands in more places than this says nothing about any of them.
MANY = 12
LONGEST, SHORTEST = 48, 10
_LIMIT = 600
# What a message is filled in with: quoted values, numbers, objects, and what brackets and signs set off.
_FILLED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|<[^<>]*>|\S*\d\S*|[:;=(){}\[\]|]|\S*[/\\]\S*")
_QUOTED = re.compile(r"'([^']{1,120})'|\"([^\"]{1,120})\"|`([^`]{1,120})`")
_NAME = re.compile(r"(?<![\w.])(?:[A-Za-z_]\w*\.)*([A-Za-z]\w{3,60})")
_SPECIAL = re.compile(r"[.\[\]{}()*+?^$|\\]")
_CLASS = re.compile(r"\b(?:[A-Z]+[a-z]+[A-Z]|[A-Z]{3})\w*")
_TELLING = re.compile(r"[a-z]_[a-z]|[A-Z]_[A-Z]|[a-z][A-Z]")


async def word_leads(
    steps: Sequence[Step], cause: ExceptionInfo | None, told: Telling, known: Definitions
) -> list[Lead]:
    """Where the message's fixed words and the names in it stand, outside the trace.

    What CPython itself words is left to `telling`.
    """
    said, named = wanted_of(cause, told)
    if _is_pythons(steps, cause):
        said = ()
    hits = await _hits([*said, *named], known)
    out: list[Lead] = []
    kind = cause.type.rsplit(".", 1)[-1] if cause else ""
    for phrase in said:
        here = [hit for hit in hits if phrase in hit.text]
        if any(_stands_in(step, hit) for step in steps for hit in here):
            continue  # who says it is known: the trace
        found = await _places(here, WRITES, f'says "{phrase}"', known)
        out += [item for item in found if kind not in item.qualified_name.split(".")]
    for name in named:
        defined = await known.named(name)
        out += [
            lead(place, IS_NAMED / len(defined) ** 0.5, f"the message names {name}") for place in defined[:3]
        ]
        word = re.compile(rf"\b{re.escape(name)}\b")
        here = [hit for hit in hits if word.search(hit.text)]
        out += await _places(here, NAMES, f"mentions {name}, as the message does", known)
    out += await _meant(cause, told, known)
    in_trace = {(step.path, step.name) for step in steps}
    return [item for item in out if (item.path, item.qualified_name) not in in_trace]


def _is_pythons(steps: Sequence[Step], cause: ExceptionInfo | None) -> bool:
    """Whether Python or a library words the message: an error of Python's own that no line of ours raised."""
    first = steps[0].statement if steps else None
    raised = first is not None and first.kind == "raise_statement"
    return cause is not None and hasattr(builtins, cause.type) and not raised


async def _meant(cause: ExceptionInfo | None, told: Telling, known: Definitions) -> list[Lead]:
    """Classes whose bodies say what the message says of them: `The 'C' parameter of SVC must be …`."""
    words = cause.value[:_LIMIT] if cause and told.kind == "other" else ""
    quoted = {piece for piece in _pieces(words) if piece.isidentifier()}
    named = [name for name in dict.fromkeys(_CLASS.findall(words)) if name not in quoted]
    out: list[Lead] = []
    for name in named[:NAMES_ASKED] if quoted else ():
        for place in (await known.classes(name))[:1]:
            for one in (place, *await known.ancestors(place)):
                said = quoted & _said_in_body(one.scope)
                if said:
                    out.append(lead(one, SAYS_WHAT, f"says what {min(said)} of {name} is"))
                    break
    return out


def _said_in_body(holder: Scope) -> frozenset[str]:
    """Names that a class's own statements set, and words that they have in quotes."""
    texts = (text_of(part) for item in statements(holder) for part in item.parts)
    return names_set(holder).union(*(_pieces(text) for text in texts if not text.startswith(('"', "'"))))


def _pieces(words: str) -> list[str]:
    """What stands in quotes."""
    return [piece for match in _QUOTED.finditer(words) for piece in match.groups() if piece]


def _stands_in(step: Step, hit: GrepHit) -> bool:
    return step.path == hit.path and step.scope is not None and step.scope.start <= hit.line <= step.scope.end


def wanted_of(cause: ExceptionInfo | None, told: Telling) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(fixed words, names) of a message that are worth a look in the code."""
    if cause is None or told.kind not in ("other", "key", "module", "operand"):
        return (), ()
    said = phrases(cause.value)[:PHRASES] if told.kind == "other" else ()
    return said, names(cause.value, cause.type)[:NAMES_ASKED]


def phrases(value: str) -> tuple[str, ...]:
    """The message's fixed words, the longest first: what is left between the values that were filled in."""
    words = value[:_LIMIT]
    pieces = [
        piece.strip(" .,-\n")
        for text in (_FILLED.sub("\0", words), *_pieces(words))
        for piece in text.split("\0")
    ]
    found = [
        _cut(piece) for piece in pieces if piece.count(" ") and len(piece) >= SHORTEST and "\n" not in piece
    ]
    return tuple(sorted(dict.fromkeys(found), key=lambda piece: -len(piece)))


def names(value: str, kind: str) -> tuple[str, ...]:
    """Identifiers in a message: written like one, or quoted as a whole."""
    return tuple(
        dict.fromkeys(name for name in _names(value[:_LIMIT]) if name not in COMMON and name != kind)
    )


def _names(words: str) -> Iterator[str]:
    for piece in _pieces(words):
        if (last := piece.rsplit(".", 1)[-1]).isidentifier() and len(last) > 3:
            yield last
    for match in _NAME.finditer(words):
        if _TELLING.search(match.group(1)):
            yield match.group(1)


def _cut(piece: str) -> str:
    """A long text mostly stands on several lines of the code; its start is on one."""
    return piece if len(piece) <= LONGEST else piece[:LONGEST].rsplit(" ", 1)[0]


async def _hits(texts: Sequence[str], known: Definitions) -> list[GrepHit]:
    """Lines of the code with any of these texts; one grep for all."""
    if not texts:
        return []
    pattern = "|".join(_SPECIAL.sub(r"\\\g<0>", text) for text in texts)
    return await known.grep(pattern, limit=HITS)


async def _places(hits: Sequence[GrepHit], weight: float, why: str, known: Definitions) -> list[Lead]:
    if not hits or len(hits) > MANY:
        return []
    out = []
    for hit in hits:
        _, source = await known.file(hit.path)
        if source is not None:
            out.append(lead(Place(hit.path, source.at(hit.line)), weight / len(hits) ** 0.5, why, hit.line))
    return list({(item.path, item.qualified_name): item for item in reversed(out)}.values())
