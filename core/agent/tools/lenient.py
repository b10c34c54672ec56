"""Arguments as a model meant them: another usual name, one value for a list, JSON written as text."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

# What other agents' tools call the same thing; an own name of the tool always comes first.
NAMES: dict[str, tuple[str, ...]] = {
    "path": ("file", "file_path", "filepath", "filename", "folder", "directory", "dir"),
    "text": ("query", "pattern", "content", "file_text", "claim", "statement", "body"),
    "start": ("start_line", "line_start", "first_line", "from_line", "line", "offset"),
    "end": ("end_line", "line_end", "last_line", "to_line"),
    "at": ("ref", "revision", "version", "where"),
    "name": ("symbol", "identifier", "symbol_name", "function"),
    "search": ("old", "old_str", "old_string", "old_text", "find"),
    "replace": ("new", "new_str", "new_string", "new_text", "replacement"),
    "sha": ("commit", "commit_id", "hash", "id", "revision"),
    "evidence": ("id", "source", "place", "location", "ref"),
    "quote": ("text", "snippet", "words"),
    "selection": ("tests", "test", "test_ids", "ids", "files", "paths", "path"),
    "frame": ("id", "frame_id"),
    "citations": ("cites", "evidence", "citation", "sources"),
    "summary": ("message", "result", "description", "reason"),
    "reason": ("summary", "message", "why", "explanation"),
    "test_file": ("test", "test_path"),
    "files": ("file", "paths", "path"),
    "sentences": ("hunks",),
    "field": ("name",),
}
WRAPPERS = ("arguments", "parameters", "args", "input")
_FENCE = re.compile(r"\A```\w*\s*\n(.*?)\n?(?:```)?\s*\Z", re.DOTALL)


def parsed(text: str) -> dict[str, object] | str:
    """The arguments of a call, or why they cannot be read; what is not whole is never guessed at."""
    body = text.strip()
    fenced = _FENCE.match(body)
    body = fenced[1].strip() if fenced else body
    value, why = _decoded(body or "{}")
    if isinstance(value, str):  # a JSON text within a JSON string
        value, why = _decoded(value)
    if why:
        return f"its arguments are not whole JSON ({why}). Send the call again."
    if value is None:
        return {}
    return value if isinstance(value, dict) else "its arguments must be a JSON object."


def _decoded(text: str) -> tuple[Any, str]:
    try:
        return msgspec.json.decode(text), ""
    except msgspec.DecodeError as fault:
        why = str(fault)
    try:
        return json.loads(text, strict=False), ""  # line breaks that stand in a string as they are
    except ValueError:
        pass
    try:
        return ast.literal_eval(text), ""  # written as Python writes a dict
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None, why


def fitted(plain: dict[str, object], kind: type) -> tuple[dict[str, object], tuple[str, ...]]:
    """(the arguments under the names and in the shapes of `kind`, names that it does not have)."""
    hints = _hints(kind)
    if len(plain) == 1:
        (name, inner), *_ = plain.items()
        if isinstance(inner, dict) and name not in hints and name in WRAPPERS:
            plain = inner
    named = _named(plain, tuple(hints))
    optional = {f.name for f in fields(kind) if f.default is not MISSING or f.default_factory is not MISSING}
    out = {
        name: _shaped(value, hints[name])
        for name, value in named.items()
        if name in hints and not (name in optional and (value is None or _is_no_count(value, hints[name])))
    }
    return out, tuple(name for name in named if name not in hints)


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _named(plain: dict[str, object], known: tuple[str, ...]) -> dict[str, object]:
    out = {str(key): value for key, value in plain.items()}
    for name in known:
        if name not in out:
            other = next((n for n in NAMES.get(name, ()) if n in out and n not in known), None)
            if other is not None:
                out[name] = out.pop(other)
    return out


def _is_no_count(value: object, hint: Any) -> bool:
    """0 or less for a page or a line: the model leaves it open."""
    return hint is int and isinstance(value, int) and not isinstance(value, bool) and value < 1


def _shaped(value: object, hint: Any) -> object:
    origin = get_origin(hint)
    if origin is tuple:
        return _listed(value, get_args(hint)[0])
    if origin is Literal:
        return _choice(value, get_args(hint))
    if origin in (Union, UnionType):
        return value
    if hint is str and isinstance(value, list) and all(isinstance(item, str) for item in value):
        return "\n".join(map(str, value))
    if hint is int and isinstance(value, str):
        number = re.search(r"\d+", value)
        return int(number[0]) if number else value
    return 1 if _is_no_count(value, hint) else value


def _listed(value: object, inner: Any) -> object:
    if isinstance(value, str) and value.strip()[:1] in ("[", "{"):
        decoded, why = _decoded(value.strip())
        value = value if why else decoded
    if isinstance(value, dict) and is_dataclass(inner):
        value = _rows(value, tuple(f.name for f in fields(inner)))
    elif not isinstance(value, list | tuple):
        value = [] if value in (None, "") else [value]
    return [_item(item, inner) for item in value]


def _rows(value: dict[str, object], names: tuple[str, ...]) -> list[object]:
    """One record alone, or records keyed by their first field: {"h1": "what it does"}."""
    if set(_named(value, names)) & set(names):
        return [value]
    return [{names[0]: key, names[1]: item} for key, item in value.items()]


def _item(item: object, inner: Any) -> object:
    if not isinstance(inner, type) or not is_dataclass(inner):
        return _shaped(item, inner)
    if isinstance(item, str):
        item = {fields(inner)[0].name: item}
    return fitted(item, inner)[0] if isinstance(item, dict) else item


def _choice(value: object, allowed: tuple[object, ...]) -> object:
    if not isinstance(value, str) or value in allowed:
        return value
    plain = re.sub(r"[\s-]+", "_", value.strip().lower())
    return next((name for name in allowed if str(name).replace("-", "_") == plain), value)
