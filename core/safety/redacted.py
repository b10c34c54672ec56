"""A value of frozen dataclasses with secrets taken out of all its texts: the last wall before the journal."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    from rootcase.core.safety.redact import Redactor

T = TypeVar("T")
# What names a person or a place is needed as it is: a review is asked of it, a file is opened by it.
AS_THEY_ARE = frozenset({"email", "name", "path", "head_path", "files", "test_file", "sha", "digest", "tree"})


def redacted(value: T, redactor: Redactor) -> T:
    """The same value, and the same object where nothing had to go; strings in tuples and dataclasses are read."""
    if isinstance(value, str):
        return cast(T, redactor.text(value))
    if isinstance(value, tuple):
        items = tuple(redacted(item, redactor) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else cast(T, items)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    changes = {}
    for field in fields(value):
        old = getattr(value, field.name)
        if field.name not in AS_THEY_ARE or is_dataclass(old):
            new = redacted(old, redactor)
            if new is not old:
                changes[field.name] = new
    return cast(T, replace(value, **changes)) if changes else value
