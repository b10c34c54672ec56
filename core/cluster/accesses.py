"""What a failing access asked for (a property, a method, a key), in one spelling for all engines and versions."""

from __future__ import annotations

import re

_NAME = r"[$\w.\[\]?!#-]{1,120}"
_QUOTE = "['\"`‘’“”]"
_PATTERNS = tuple(
    (sort, re.compile(pattern))
    for sort, pattern in (
        ("", rf"Cannot (?:read|set) propert(?:y|ies) (?:of (?:undefined|null) \((?:reading|setti"
            rf"ng) )?{_QUOTE}({_NAME}){_QUOTE}"),
        ("", rf"can't access property {_QUOTE}?({_NAME}?){_QUOTE}?, "),
        ("", rf"(?:undefined|null) is not an object \(evaluating '[^']{{0,200}}?({_NAME})(?:\(|'|\s)"),
        ("call ", rf"^({_NAME})(?:\(\.\.\.\))? is not a (?:function|constructor)"),
        ("name ", rf"^(?:Can't find variable: )?({_NAME}) is not defined|^Can't find variable: ({_NAME})"),
        ("", rf"undefined (?:local variable or )?method {_QUOTE}({_NAME}){_QUOTE}"),
        ("name ", r"uninitialized constant ([\w:]{1,120})"),
        ("key ", rf"^key not found: :?\"?({_NAME})\"?"),
        ("key ", rf"Undefined (?:array key|index|offset):? ?\"?({_NAME})\"?"),
        ("name ", rf"Undefined variable:? \$?({_NAME})"),
        ("", rf"Undefined property: [\w\\]{{1,200}}::\$({_NAME})"),
        ("", rf"(?:read|assign) property \"({_NAME})\" on "),
        ("", r"Call to (?:a member function|undefined (?:method|function)) ([\w\\:]{1,200})\("),
        ("", r"Cannot invoke \"([\w.$<>]{1,200})\("),
        ("", r"Cannot (?:read|assign|load from|store to) (?:field|the array length|\w{1,20} arr"
            r"ay)? ?\"?([\w.$]{1,120})\"? because"),
        ("cast ", r"(?:class )?([\w.$]{1,200}) cannot be cast to (?:class )?[\w.$]{1,200}"),
        ("key ", rf"The given key {_QUOTE}({_NAME}){_QUOTE} was not present"),
    )
)  # fmt: skip
_NEAR = (
    "annot ",
    "can't access",
    "is not ",
    "Undefined ",
    "undefined ",
    "uninit",
    "key ",
    "Call to",
    "property",
    "Can't find",
)


def asked_for(text: str) -> str:
    """`currency` of "Cannot read properties of null (reading 'currency')"; "" where it is no such message."""
    if not any(mark in text for mark in _NEAR):
        return ""
    for sort, pattern in _PATTERNS:
        match = pattern.search(text)
        if match:
            name = next(group for group in match.groups() if group is not None)
            name = re.sub(r"[.\[\]?]+$", "", name)
            return sort + (re.split(r"\.|::|\[", name)[-1].rstrip("]") or name)
    return ""
