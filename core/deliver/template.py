"""A team's own template for pull requests or tickets: their words around our parts, and nothing of these is lost."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.deliver.markdown import folded
from rootcase.core.model.delivery import ProposalKind
from rootcase.core.model.entries import Faulted
from rootcase.core.model.errors import ConfigError

# What a template may place, and the part's own name.
PULL_REQUEST = {
    "signal": "Production signal", "cause": "Cause", "code_path": "Code path", "change": "Change", "tests": "Tests",
    "confidence": "Confidence", "ruled_out": "Ruled out", "risk": "What could be wrong", "roll_back": "Roll back",
    "readiness": "Production readiness", "evidence": "Evidence", "ledger": "Ledger",
    "turn_down": "How to turn this down",
}  # fmt: skip
TICKET = {
    "escalation": "Escalation", "signal": "Production signal", "note": "Incident note", "cause": "Cause",
    "ruled_out": "Ruled out", "roll_back": "Stop the bleeding", "code_path": "Code path", "tests": "Tests",
    "missing": "Missing", "next": "Next", "owners": "Owners", "evidence": "Evidence", "ledger": "Ledger",
    "turn_down": "How to turn this down",
}  # fmt: skip
LONGEST = 20_000
MOST_LINES = 20
REST = "More from the case"
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_HEADING = re.compile(r"^#{1,6}\s")


@dataclass(frozen=True, slots=True)
class Template:
    """text: as the team wrote it; names: what may be placed, with the part that comes there."""

    text: str
    names: tuple[tuple[str, str], ...]

    @property
    def visible(self) -> int:
        """Lines of the template's own that are seen, over and above the headings that ours would have."""
        own = sum(1 for line in self.text.split("\n") if line.strip() and not _PLACE.search(line))
        placed = sum(1 for line in self.text.split("\n") if _PLACE.search(line))
        return max(0, own + 1 - placed)

    def filled(self, parts: Sequence[tuple[str, str]], last_line: str) -> str:
        """The body. A section whose parts are all absent goes; a part that is placed nowhere is folded at the end."""
        known = dict(parts)
        by_name = {name: known.get(part, "") for name, part in self.names}
        sections = [_filled(section, by_name) for section in _sections(self.text)]
        placed = {dict(self.names)[name] for name in _PLACE.findall(self.text)}
        rest = [f"**{name}**\n\n{_flat(text)}" for name, text in parts if name not in placed]
        body = [section for section in sections if section]
        body += [folded(REST, "\n\n".join(rest))] if rest else []
        return "\n\n".join([*body, last_line]) + "\n"


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates in force; None where ours is. faults: why one could not be used."""

    pull_request: Template | None = None
    ticket: Template | None = None
    faults: tuple[Faulted, ...] = ()

    def of(self, kind: ProposalKind) -> Template | None:
        return self.ticket if kind == "ticket" else self.pull_request


def template(text: str, origin: str, *, ticket: bool) -> Template:
    """The template; ConfigError names file and line of what cannot be used."""
    names = TICKET if ticket else PULL_REQUEST
    if len(text) > LONGEST or "\0" in text:
        raise ConfigError(
            f"{origin} is no template", f"More than {LONGEST:,} characters.", "Make it shorter."
        )
    lines = text.replace("\r\n", "\n").split("\n")
    own = 0
    for number, line in enumerate(lines, 1):
        _check_line(line, f"{origin}:{number}", names)
        own += bool(line.strip()) and not _PLACE.search(line)
    if not any(_PLACE.search(line) for line in lines):
        raise ConfigError(
            f"{origin} places no part", "A template says where the parts of a proposal go.",
            f"Write {{{{cause}}}} on a line of its own; parts: {', '.join(names)}.",
        )  # fmt: skip
    if own > MOST_LINES:
        raise ConfigError(
            f"{origin} is too long to be read at one go", f"It has {own} lines of its own, {MOST_LINES} are room.",
            "A proposal shows at most 60 lines; shorten it.",
        )  # fmt: skip
    _check_seen(lines, origin)
    return Template("\n".join(lines).strip("\n"), tuple(names.items()))


def _check_seen(lines: Sequence[str], origin: str) -> None:
    """A part within a code block or HTML would not be read as text, and what follows could be swallowed with it."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse("\n".join(lines))
    open_folds = 0
    for token in tokens:
        first = (token.map or [0])[0] + 1
        if token.type in ("fence", "code_block", "html_block") and _PLACE.search(token.content):
            raise ConfigError(
                f"{origin}:{first}: a part stands inside of code or HTML", "It would not be read as text there.",
                "Close the block before it, and leave a blank line.",
            )  # fmt: skip
        if token.type == "html_block":
            open_folds += len(re.findall(r"<details\b", token.content, re.I))
            open_folds -= len(re.findall(r"</details>", token.content, re.I))
    if open_folds:
        raise ConfigError(
            f"{origin}: a <details> is not closed", "All that follows would be folded away.", "Close it."
        )


def _check_line(line: str, where: str, names: dict[str, str]) -> None:
    rest = line
    for match in _PLACE.finditer(line):
        name = match.group(1)
        if name not in names:
            near = difflib.get_close_matches(name, names, 1, 0.5)
            hint = f"Did you mean {{{{{near[0]}}}}}?" if near else f"Parts: {', '.join(names)}."
            raise ConfigError(f"{where}: no part is called {name!r}", "", hint)
        if line.strip() != match.group():
            raise ConfigError(
                f"{where}: a part stands on a line of its own", "It is several lines long.",
                f"Put {match.group()} on a line alone.",
            )  # fmt: skip
        rest = rest.replace(match.group(), "")
    if "{{" in rest or "}}" in rest:
        raise ConfigError(f"{where}: these braces are not closed", "", "Write {{cause}}, with two of each.")


def _sections(text: str) -> list[list[str]]:
    """From one heading to the next."""
    sections: list[list[str]] = [[]]
    for line in text.split("\n"):
        if _HEADING.match(line) and sections[-1]:
            sections.append([])
        sections[-1].append(line)
    return sections


def _filled(lines: Sequence[str], parts: dict[str, str]) -> str:
    names = [match.group(1) for line in lines if (match := _PLACE.search(line))]
    if names and not any(parts[name] for name in names):
        return ""
    out = [parts[match.group(1)] if (match := _PLACE.search(line)) else line for line in lines]
    return "\n".join(out).strip("\n")


def _flat(text: str) -> str:
    """A part without folds of its own: a forge shows one within another, and trackers do not."""
    return re.sub(r"<details><summary>([^<]*)</summary>", r"**\1**", text).replace("</details>", "").strip()
