"""The stable part of an error message: names from the code stay, values from the data become places."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.cluster.accesses import asked_for

MAX_MESSAGE = 400
# One for all: a value may look like a number in one event and like a path or a word in the next.
PLACE = "<value>"
_VALUES = re.compile(
    r"(?P<url>\bhttps?://[^\s'\"<>)]+)"
    r"|(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+)"
    r"|(?P<quoted>(?<!\w)'[^'\n]{0,200}'|\"[^\"\n]{0,200}\"|`[^`'\n]{0,200}[`']|“[^”\n]{0,200}”)"
    r"|(?P<path>(?<![\w/])(?:[A-Za-z]:)?/[\w.@%+~/-]+)"
    r"|(?P<number>[-+]?(?<![\w-])[\w-]*\d[\w.:,/+%-]*|\b[0-9a-f]{12,64}\b)"
)
_WORD = re.compile(r"\w+(?:[.'-]\w+)*|[^\w\s]")
_STRING = re.compile(r"\"([^\"\\]*(?:\\.[^\"\\]*)*)\"|'([^'\\]*(?:\\.[^'\\]*)*)'|`([^`\\]*(?:\\.[^`\\]*)*)`")
_PLACE_IN_STRING = re.compile(r"\$?\{[^{}]*\}|%[-\d.]*[sdrfx]")
_PLACES = re.compile(r"%(?:\(\w{1,60}\))?[-+ 0-9.]{0,8}[sdrifgx]|\{[\w.:!]{0,40}\}|\$\{[\w.]{1,60}\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z_.\-]{1,60}$")
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+]{1,20}://(?:[^\s/@'\"]{1,200}@)?([\w.:-]{1,255})(/[^\s'\"?#)]{0,300})?"
)
_SCHEMA_BEFORE = re.compile(
    r"\b(?:constraint|column|table|relation|index|sequence|function|procedure|trigger|view|schema|parameter|argument|attribute"
    r"|property|method|class|module|type|template|package|field|Field|cookbook|queue|topic|metric|permission|role|setting|option"
    r"|header|variable|enum|interface|trait|struct|operator|directive|plugin|feature|flag) $",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"has no attribute '([^']{1,100})'")
_OPERANDS = re.compile(r"for ([^\s:]{1,20}(?: or pow\(\))?): '([^']{1,100})' and '([^']{1,100})'")
_CALLED = re.compile(r"^[\w.<>]{0,200}?([\w<>]+)\(\) ")
_FIRST_QUOTED = re.compile(r"['\"]([^'\"]{1,100})['\"]")
# Their words come from the data, and one fault shows with many of them.
_WORDS_FROM_DATA = frozenset(
    {"JSONDecodeError", "UnicodeDecodeError", "UnicodeEncodeError", "ValidationError", "ZeroDivisionError",
     "RecursionError", "StopIteration", "SyntaxError", "IndexError"}
)  # fmt: skip


def stable_detail(kind: str, value: str, lines: Sequence[str]) -> str:
    """What of a message tells two faults of one type in one function apart; "" where nothing does.

    Args: kind: the exception's type name. value: its message. lines: the failing source lines of
    our innermost frames, innermost first; a quoted name that stands in them is code, not data.
    """
    text = first_line(value)
    if kind == "KeyError":
        key = _unquoted(text)
        return repr(key) if key and is_code_name(key, lines) else "<key>"
    if kind == "AttributeError":
        found = _ATTRIBUTE.search(text)
        return (
            f"{'None.' if chr(39) + 'NoneType' in text else ''}{found.group(1)}" if found else template(text)
        )
    if kind in ("NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError"):
        found = _FIRST_QUOTED.search(text)
        return found.group(1) if found else template(text)
    if kind == "TypeError":
        return _type_error(text)
    if kind in _WORDS_FROM_DATA:
        return ""
    if kind == "ValueError" and "values to unpack" in text:
        # Too many or too few: the same line took apart what it did not expect.
        return "values to unpack"
    if asked := asked_for(text):
        return asked
    if lines and re.search(r"\b(?:raise|throw|assert)\b", lines[0]) and _complete(lines[0]):
        return _words_from_code(text, lines)
    return template(text, lines)


def template(value: str, lines: Sequence[str] = ()) -> str:
    """A message with its values taken out: numbers, ids, paths, addresses, dates and quoted data."""

    def place(match: re.Match[str]) -> str:
        if match.lastgroup == "quoted":
            inner = match.group()[1:-1]
            if (
                inner
                and _NAME.match(inner)
                and (is_code_name(inner, lines or (" ",)) or _is_schema(text, match))
            ):
                return inner
            return PLACE
        if match.lastgroup == "number":
            end = match.group()[-1]
            return f"{PLACE}{end}" if end in ".:," else PLACE
        return PLACE

    text = first_line(value)
    return re.sub(r"\s+", " ", _VALUES.sub(place, text)).strip()


def _is_schema(text: str, match: re.Match[str]) -> bool:
    """Whether a quoted name is one of the program's own: of a table, a constraint, a parameter, a type."""
    return bool(_SCHEMA_BEFORE.search(text[max(0, match.start() - 24) : match.start()]))


def given_template(text: str) -> str:
    """A logger's own template (`charged %s`) with `<*>` for its places; "" where it has none."""
    if not text or not _PLACES.search(text):
        return ""
    return re.sub(r"\s+", " ", _PLACES.sub("<*>", first_line(text))).strip()


def address_of(value: str) -> str:
    """Host and path of the address in a message, with the values in its path taken out."""
    if "://" not in value[: MAX_MESSAGE * 2]:
        return ""
    found = _ADDRESS.search(value[: MAX_MESSAGE * 2])
    if found is None:
        return ""
    pieces = [piece for piece in (found.group(2) or "").split("/") if piece][:6]
    return "/".join(
        [
            found.group(1),
            *("<v>" if any(c.isdigit() for c in piece) and piece[:1] != "v" else piece for piece in pieces),
        ]
    )


def brief(kind: str, value: str, detail: str) -> str:
    """The few words of a message that belong in a title, "" where the type says enough."""
    if kind == "KeyError":
        return detail if detail != "<key>" else ""
    if kind in ("AttributeError", "NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError"):
        return detail.removeprefix("None.") if " " not in detail else ""
    if kind == "TypeError" and (found := _OPERANDS.search(value[:MAX_MESSAGE])):
        left, right = (_short_type(name) for name in found.group(2, 3))
        return f"{left} {found.group(1)} {right}"
    if kind == "UnicodeDecodeError" and (byte := re.search(r"0x[0-9a-f]{2}\b", value[:MAX_MESSAGE])):
        return byte.group()
    return ""


def is_code_name(name: str, lines: Sequence[str]) -> bool:
    """Whether a name stands as a literal in the source lines; by its looks where no line was sent."""
    seen = [line for line in lines[:2] if line]
    if not seen:
        return bool(_NAME.match(name))
    return any(f"'{name}'" in line or f'"{name}"' in line for line in seen)


def first_line(value: str) -> str:
    line = (value or "")[: MAX_MESSAGE * 4].strip().split("\n", 1)[0][:MAX_MESSAGE]
    return line.removeprefix("runtime error: ")


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if quoted else (text if _NAME.match(text) else "")


def _short_type(name: str) -> str:
    simple = name.rsplit(".", 1)[-1]
    return "None" if simple == "NoneType" else simple


def _type_error(text: str) -> str:
    if asked := asked_for(text):
        return asked
    if found := _OPERANDS.search(text):
        sides = " ".join(sorted("None" if "NoneType" in side else "*" for side in found.group(2, 3)))
        return f"{found.group(1)}: {sides}"
    text = _CALLED.sub(r"\1() ", text)
    keep = "argument" in text and "argument of type" not in text

    def place(match: re.Match[str]) -> str:
        if match.lastgroup == "quoted":
            inner = match.group()[1:-1]
            return inner if inner == "NoneType" or (keep and _NAME.match(inner)) else "<type>"
        return PLACE

    return _VALUES.sub(place, text)


def _complete(line: str) -> bool:
    return line.count("(") == line.count(")")


def _words_from_code(text: str, lines: Sequence[str]) -> str:
    """The words of a message that the raising line spells out itself, or the call before it where it has none.

    Calls further up are left alone: one fault is reached through several.
    """
    spelled: set[str] = set()
    for line in lines[:2]:
        for found in _STRING.finditer(line[:1000]):
            literal = _PLACE_IN_STRING.sub(" ", found.group(1) or found.group(2) or found.group(3) or "")
            spelled.update(_WORD.findall(literal))
        if spelled:
            break
    if not spelled:
        if len(lines) > 1 and not lines[1]:
            return template(text)
        return "" if "(" in lines[0] else template(text)
    words = [word if word in spelled else "*" for word in _WORD.findall(text)]
    kept = [
        word for position, word in enumerate(words) if word != "*" or words[position - 1 : position] != ["*"]
    ]
    return " ".join(kept)
