"""What two events of one error class are compared by, beyond their fingerprint."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rootcase.core.cluster.frames import Named
from rootcase.core.cluster.names import words

# Errors that the language raises itself: nobody wrote `raise` there, so the fault is where it is met.
IMPLICIT = words(
    "KeyError IndexError AttributeError TypeError NameError UnboundLocalError ZeroDivisionError "
    "RecursionError OverflowError StopIteration ImportError ModuleNotFoundError UnicodeDecodeError "
    "UnicodeEncodeError JSONDecodeError ReferenceError RangeError SyntaxError NullPointerException "
    "ClassCastException ArithmeticException ArrayIndexOutOfBoundsException IndexOutOfBoundsException "
    "StringIndexOutOfBoundsException NumberFormatException StackOverflowError NullReferenceException "
    "InvalidCastException KeyNotFoundException DivideByZeroException IndexOutOfRangeException "
    "FormatException NoMethodError FrozenError FloatDomainError DivisionByZeroError ErrorException panic "
    "SIGSEGV SIGFPE AddressSanitizer ConcurrentModificationException NoSuchElementException "
)
RAISING = re.compile(r"\b(?:raise|throw|reraise|abort|panic|fail!?)\b|\bpanic!\(|\bassert\b")
_ASSET = re.compile(
    r"(?:\.min\.|[.-](?=\w*\d)[0-9a-zA-Z]{6,32}\.|chunk|bundle|vendor|main|app|index)[\w.-]*\.m?js$|/_next/static/|/assets/[\w-]+\.js"
)


@dataclass(frozen=True, slots=True)
class Outer:
    """An exception further out in the chain: what an event looks like that was cut before its cause."""

    type: str
    anchor: str
    words: str


@dataclass(frozen=True, slots=True)
class Trace:
    """own: our frames, outermost first; at: the anchor's place in it.

    detail: what of the message tells faults apart (in the light of the line). words: its template without
    that light; bare: the detail without it. said: the message's first line as it came.
    doubted: our frames with those among them that only their source calls foreign; empty where there are none.
    around: source lines around the failing one.
    state: whole, cut (the error's name is missing), minified or stackless.
    """

    type: str
    own: tuple[Named, ...] = ()
    at: int = -1
    detail: str = ""
    words: str = ""
    bare: str = ""
    said: str = ""
    outer: tuple[Outer, ...] = ()
    around: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    state: str = "whole"
    explicit: bool = False
    subject: str = ""
    doubted: tuple[Named, ...] = ()

    @property
    def anchor(self) -> Named | None:
        return self.own[self.at] if 0 <= self.at < len(self.own) else None

    @property
    def line(self) -> str:
        return self.own[-1].line if self.own else ""

    @property
    def caller(self) -> Named | None:
        """Our frame that called the anchor; recursion and the anchor's own closures are stepped over."""
        name = self.own[self.at].name if self.anchor else ""
        for frame in reversed(self.own[: max(self.at, 0)]):
            if frame.name != name:
                return frame
        return None


NOTHING = Trace("")


def is_minified(own: tuple[Named, ...]) -> bool:
    """Whether a bundler took the names: short functions in a bundle, far to the right of one line."""
    if not own or not own[-1].path.split("?", 1)[0].endswith(("js", ">", "bundle")):
        return False
    last = own[-4:]
    squeezed = [frame for frame in last if frame.column > 300 and frame.number < 60]
    short = [frame for frame in last if len(frame.function) <= 2 or not frame.function.isidentifier()]
    bundled = [frame for frame in last if _ASSET.search(frame.path.split("?", 1)[0])]
    return len(squeezed) * 2 > len(last) or (len(bundled) == len(last) and len(short) * 2 > len(last))


def is_explicit(kind: str, own: tuple[Named, ...], deepest_is_ours: bool, said: str) -> bool:
    """Whether our own code raised it on purpose."""
    line = own[-1].line if own else ""
    if line:
        return bool(RAISING.search(line))
    if not deepest_is_ours or kind in IMPLICIT:
        return False
    return not said.startswith(
        ("invalid literal", "could not convert", "too many values", "not enough values")
    )
