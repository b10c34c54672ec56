"""One occurrence of an error with its stack trace, in the same shape whatever the source."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """One stack frame. Paths use forward slashes; `line` is 1-based, 0 where unknown.

    filename: as the source shortens it (`app/pricing.py`); abs_path: as the interpreter saw it.
    in_app: the source's own word, None where it gave none; never trusted alone.
    context: source lines around, as (line number, text), the failing line included.
    variables: local variables as (name, printed value), already redacted where kept.
    package: library, image or assembly of the frame; address: of a native instruction, as printed (`0x7fff`).
    """

    function: str = ""
    module: str = ""
    filename: str = ""
    abs_path: str = ""
    line: int = 0
    column: int = 0
    in_app: bool | None = None
    context: tuple[tuple[int, str], ...] = ()
    variables: Pairs = ()
    package: str = ""
    address: str = ""

    @property
    def context_line(self) -> str:
        """The failing source line, or "" where the source did not send it."""
        return next((text for number, text in self.context if number == self.line), "")


@dataclass(frozen=True, slots=True)
class ExceptionInfo:
    """One exception of a chain. frames run outermost first, the crash site last."""

    type: str = ""
    value: str = ""
    module: str = ""
    mechanism: str = ""
    handled: bool | None = None
    frames: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class Breadcrumb:
    at: str = ""
    category: str = ""
    level: str = ""
    message: str = ""
    data: Pairs = ()


@dataclass(frozen=True, slots=True)
class Request:
    method: str = ""
    url: str = ""
    query: Pairs = ()
    headers: Pairs = ()
    body: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One occurrence. exceptions run oldest cause first, the raised one last (Sentry's order).

    at_us: microseconds since 1970, 0 where unknown. level: fatal, error, warning, info or debug.
    transaction: the endpoint or task. release: as the source names it, may be no commit.
    stack_text: a stack trace as text, where the source sent no frames. signal: the one it was read for, as
    `source:id`, "" for none.
    """

    id: str
    platform: str = ""
    at_us: int = 0
    level: str = "error"
    message: str = ""
    logger: str = ""
    transaction: str = ""
    release: str = ""
    environment: str = ""
    server: str = ""
    user: str = ""
    trace_id: str = ""
    exceptions: tuple[ExceptionInfo, ...] = ()
    breadcrumbs: tuple[Breadcrumb, ...] = ()
    request: Request | None = None
    tags: Pairs = ()
    contexts: Pairs = ()
    problems: tuple[str, ...] = ()
    stack_text: str = ""
    signal: str = ""

    @property
    def raised(self) -> ExceptionInfo | None:
        """The exception that reached the top, or None for an event without one."""
        return self.exceptions[-1] if self.exceptions else None
