"""What an exception's own words say is wrong: a missing attribute, a None, an argument, a key, a name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TellingKind = Literal[
    "attribute",
    "none",
    "operand",
    "keyword",
    "arguments",
    "key",
    "name",
    "module",
    "abstract",
    "recursion",
    "other",
]
LIMIT = 600
_NAME = r"([\w.<>]{1,120})"
_ATTRIBUTE = re.compile(rf"'?{_NAME}'? (?:object|instance) has no attribute '(\w+)'")
_TYPE_ATTRIBUTE = re.compile(rf"(?:type object|class) '?{_NAME}'? has no attribute '(\w+)'")
_MODULE_ATTRIBUTE = re.compile(rf"module '{_NAME}' has no attribute '(\w+)'")
_KEYWORD = re.compile(rf"{_NAME}\(\) got (?:an unexpected|some positional-only|multiple values for) "
                      r"(?:keyword )?arguments?(?: passed as keyword arguments:)? '(\w+)'")  # fmt: skip
_ARGUMENTS = re.compile(rf"{_NAME}\(\) (?:missing|takes|got multiple)")
_UNDEFINED = re.compile(r"(?:name|variable) '(\w+)'")
_IMPORT = re.compile(rf"cannot import name '?(\w+)'?(?: from (?:partially initialized module )?'{_NAME}')?")
_ABSTRACT = re.compile(rf"Can't instantiate abstract class {_NAME}\b.*?(\w+)$")
_OPERAND = re.compile(
    r"unsupported operand|can only (?:concatenate|join)|must be str, not|not supported between"
    r"|not subscriptable|not iterable|indices must be|not callable|does not support item|unhashable type"
    r"|object of type .{1,80} has no len\(\)|can't multiply sequence|cannot be interpreted as an integer"
    r"|expected (?:str|string|bytes|an? \w+)\b.{0,60}(?:, not|got|found)|argument must be .{1,80}, not"
    r"|bytes-like object is required|must be real number|not all arguments converted"
)
_KEY = re.compile(r"^[uUbB]?['\"](.{1,120})['\"]$")


@dataclass(frozen=True, slots=True)
class Telling:
    """owner: the class, function or module that the words name; name: the attribute, argument, key or name."""

    kind: TellingKind
    owner: str = ""
    name: str = ""


def telling(kind: str, value: str) -> Telling:
    """Read an exception's type and words, in the forms that CPython has used since 2.7."""
    simple, words = kind.rsplit(".", 1)[-1], value[:LIMIT].strip()
    if simple in ("NotImplementedError", "AbstractMethodError"):
        return Telling("abstract")
    if simple == "RecursionError":
        return Telling("recursion")
    if "NoneType" in words:
        found = _ATTRIBUTE.search(words)
        return Telling("none", "NoneType", found.group(2) if found else "")
    for pattern, means in _FORMS:
        if match := pattern.search(words):
            groups = [group or "" for group in match.groups()]
            return Telling(means, groups[0], groups[1] if len(groups) > 1 else "")
    if simple == "KeyError":
        match = _KEY.match(words)
        return Telling("key", "", match.group(1) if match else "")
    if simple in ("NameError", "UnboundLocalError") and (match := _UNDEFINED.search(words)):
        return Telling("name", "", match.group(1))
    if match := _IMPORT.search(words):
        return Telling("module", match.group(2) or "", match.group(1))
    if _OPERAND.search(words):
        return Telling("operand")
    return Telling("other")


_FORMS: tuple[tuple[re.Pattern[str], TellingKind], ...] = (
    (_MODULE_ATTRIBUTE, "module"),
    (_TYPE_ATTRIBUTE, "attribute"),
    (_ATTRIBUTE, "attribute"),
    (_KEYWORD, "keyword"),
    (_ARGUMENTS, "arguments"),
    (_ABSTRACT, "abstract"),
)
