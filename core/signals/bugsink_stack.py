"""Frames from the Markdown in which Bugsink renders a stack trace, for events whose data has none.

Bugsink says that its Markdown is no stable interface, so it is only the second source, and what is not
understood is left out.
"""

from __future__ import annotations

import re

from rootcase.core.model.events import Frame

MOST = 250
_FRAME = re.compile(
    r"### ([^`\[\]\n]{1,500}?)(?::(\d{1,9}))?(?: in `([^`\n]{1,300})`)? \[(in-app|external)\]"
)
_LINE = re.compile(r"(?:▶| ) {1,9}(\d{1,9}) \| (.{0,500})")


def frames_of(markdown: str, *, outermost_first: bool) -> tuple[Frame, ...]:
    """Frames, outermost first; Bugsink writes Python's in that order and all others the other way round.

    An unknown file (`<unknown>`) without a function tells nothing and is left out.
    """
    found: list[Frame] = []
    head: re.Match[str] | None = None
    context: list[tuple[int, str]] = []
    for line in [*markdown.splitlines(), "# end"]:
        if not line.startswith("#"):
            code = _LINE.match(line)
            if code and head is not None and len(context) < 41:
                context.append((int(code[1]), code[2]))
            continue
        if line.startswith("####"):
            continue
        if head is not None and (head[1] != "<unknown>" or head[3]):
            found.append(_frame(head, tuple(context)))
        head, context = _FRAME.match(line), []
        if len(found) >= MOST:
            break
    return tuple(found if outermost_first else reversed(found))


def _frame(head: re.Match[str], context: tuple[tuple[int, str], ...]) -> Frame:
    file = head[1].replace("\\", "/")
    known = "" if file == "<unknown>" else file
    return Frame(
        function=head[3] or "",
        filename=known,
        abs_path=known if known.startswith("/") else "",
        line=int(head[2] or 0),
        in_app=head[4] == "in-app",
        context=context,
    )
