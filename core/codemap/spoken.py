"""The plain name of a function, whatever a runtime makes of it: `(*Cart).Total.func1`, `block in total`."""

from __future__ import annotations

import re

_JOINTS = re.compile(r"::|->|[.#\\/]")
_NO_NAME = re.compile(
    r"<[^<>]*>|func\d+|\d+|gowrap\d+|\{?\{?closure\}?\}?(?:#\d+)?|\{\w+#\d+\}|_?lambda[$\d]*|h[0-9a-f]{16}|MoveNext|invokeSuspend|invoke|"
)
_STATE_MACHINE = re.compile(r"<+(\w+)>\$?>?[a-z]__?\w*(?:\|[\d_]+)?")
_CONSTRUCTORS = frozenset(("constructor", "__init__", "<init>", "initialize", "__construct", ".ctor", "new"))
_LONGEST = 400


def plain_name(function: str) -> str:
    """The bare name that the source file would have, "" where the frame names none."""
    text = function.strip()[:_LONGEST]
    if "<init>" in text:
        return "<init>"
    if text.endswith(".ctor"):
        return "constructor"
    text = _STATE_MACHINE.sub(r"\1", text)
    if " in " in text:  # Ruby: `block (2 levels) in Cart#total`
        text = text.rsplit(" in ", 1)[1]
    text = re.sub(r"\s*\[as [^\]]*\]", "", text)
    text = re.sub(r"^(?:async|new|get|set|static|void|int)\s+", "", text)
    text = re.sub(r"^<.* as [^>]*>::", "", text)
    text = (
        re.sub(r"\(\*?([\w.]+)(?:\[[^\]]*\])?\)", r"\1", text, count=1)
        if text.startswith("(") or ".(" in text
        else text
    )
    text = re.sub(r"\(.*$", "", text) if not text.startswith("(") else text
    text = re.sub(r"\blambda\$(\w+)\$\d+$", r"\1", text)
    text = re.sub(r"\$(?:lambda|suspendImpl|default|\d).*$", "", text)
    text = re.sub(r"\[\.\.\.\]|\[[^\[\]]*\]|`\d+", "", text)
    for piece in reversed(_JOINTS.split(text.strip("'\"` "))):
        if not _NO_NAME.fullmatch(piece):
            return piece.strip("<>&*' ")
    return ""


def is_constructor(name: str) -> bool:
    """Whether a runtime's word for constructing stands where the source has the class's name, or the other way."""
    return name in _CONSTRUCTORS


def same_function(spoken: str, name: str, owner: str) -> bool:
    """Whether a frame's plain name is that of a function; owner: its class, "" for none.

    Names compare without case, since some runtimes and minifiers change it.
    """
    if not spoken:
        return False
    if spoken.lower() == name.lower():
        return True
    class_name = owner.rsplit(".", 1)[-1].lower()
    if is_constructor(name) or (class_name and name.lower() == class_name):
        return is_constructor(spoken) or spoken.lower() == class_name
    return False
