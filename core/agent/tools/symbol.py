"""Finding where a name is defined, in any of the usual languages, by how definitions look."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from rootcase.core.agent.fencing import fence, numbered_lines
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.reading import Where
from rootcase.core.agent.tools.tool import ToolResult, failure

BODY_LINES = 60
DEFINITIONS = 4
USES_READ = 300
WORDS = "def|class|function|func|fn|interface|struct|enum|trait|type|const|let|var|module|record"


@dataclass(frozen=True, slots=True)
class Symbol:
    name: Annotated[str, Meta(description="of a function, method, class or constant, without its owner")]
    at: Where = ""


async def symbol(places: Places, ask: Symbol) -> ToolResult:
    name = ask.name.strip().rpartition(".")[2].removesuffix("()")
    if not re.fullmatch(r"[A-Za-z_$][\w$]*", name):
        return failure("symbol takes one name, such as load_prices; search finds any other text.")
    hits = await places.grep(name, ask.at, regex=False, paths=(), limit=USES_READ)
    uses = [hit for hit in hits if re.search(rf"(?<![\w$]){re.escape(name)}(?![\w$])", hit.text)]
    found = [hit for hit in uses if is_definition(name, hit.text)]
    if not found:
        return failure(
            f"No definition of {name} in {places.label(ask.at)}; {len(uses)} lines use the name (search)."
        )
    parts = []
    for hit in found[:DEFINITIONS]:
        lines = (await places.require(hit.path, ask.at)).split("\n")
        first, end = definition_span(lines, hit.line)
        body = numbered_lines("\n".join(lines[first - 1 : end]), first)
        parts.append(fence(f"{hit.path}:{first}-{end}, {places.label(ask.at)}", body))
    others = [f"{hit.path}:{hit.line}" for hit in found[DEFINITIONS:]]
    if others:
        parts.append("Also defined at " + ", ".join(others[:20]) + ".")
    files = len({hit.path for hit in uses})
    parts.append(
        f"{counted(len(uses), 'line')} in {counted(files, 'file')} {'uses' if len(uses) == 1 else 'use'} the name."
    )
    return ToolResult("\n".join(parts))


def counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def is_definition(name: str, line: str) -> bool:
    """Whether a line looks like the definition of that name."""
    escaped = re.escape(name)
    return bool(
        re.search(rf"\b(?:{WORDS})\s+(?:\([^)]*\)\s*)?(?:self\.)?{escaped}(?![\w$])", line)
        or re.match(rf"\s*(?:self\.)?{escaped}\s*(?::[^=()]+)?=(?!=)", line)
        or re.match(
            rf"\s*(?:(?:public|private|protected|static|final|async|override)\s+)+[\w<>\[\], ]*{escaped}\s*\(",
            line,
        )
    )


def definition_span(lines: list[str], line: int) -> tuple[int, int]:
    """First and last line of the definition that starts at `line`: decorators above, what is indented below."""
    first = line
    while first > 1 and lines[first - 2].lstrip().startswith("@"):
        first -= 1
    indent = _indent(lines[line - 1])
    end = line
    for number in range(line + 1, min(len(lines), line + BODY_LINES) + 1):
        text = lines[number - 1]
        if text.strip() and _indent(text) <= indent:
            if text.strip()[0] in ")}]":
                end = number
                if not text.rstrip().endswith(":"):
                    break
                continue
            break
        if text.strip():
            end = number
    return first, end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
