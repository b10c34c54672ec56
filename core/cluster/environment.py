"""Faults of the place the code runs in: disk, pool, schema, certificate, configuration."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.cluster.names import function_name, path_of, type_name, words
from rootcase.core.model.events import ExceptionInfo

_DATABASE = words(
    "OperationalError ProgrammingError UndefinedColumn UndefinedTable DatabaseError InternalError "
    "UndefinedFunction SQLException NoSuchTableError StatementError"
)


@dataclass(frozen=True, slots=True)
class Environment:
    """category: what kind of trouble, in words. subject: the table, variable, host… it is about, or ""."""

    category: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class _Sign:
    category: str
    pattern: re.Pattern[str]
    types: frozenset[str] = frozenset()


def _sign(category: str, pattern: str, types: frozenset[str] = frozenset()) -> _Sign:
    return _Sign(category, re.compile(pattern, re.IGNORECASE), types)


_SIGNS = (
    _sign("expired certificate", r"certificate (?:has |is )?expired|CertificateExpired|certificate is not yet valid"),
    _sign("disk full", r"no space left on device|disk quota exceeded|database or disk is full"),
    _sign("too many open files", r"too many open files"),
    _sign("out of memory", r"cannot allocate memory|out of memory|OutOfMemoryError"),
    _sign("store out of memory", r"\bOOM command not allowed when used memory"),
    _sign("store refuses writes", r"\bREADONLY You can't write against|\bMISCONF Redis is configured"
          r"|read-only file system|cannot execute \w{1,20} in a read-only transaction"),
    _sign("connection pool exhausted", r"queuepool limit|connection is not available, request"
          r" timed out|connection pool (?:is )?exhausted|pool timeout"
          r"|too many connections|too many clients|remaining connection slots|couldn't get a connection after"),
    _sign("missing column", r"no such column: ([\w.]{1,100})|column [\"']?([\w.]{1,100})[\"']? (?:of relation "
          r"[\"']?\w{1,100}[\"']? )?does not exist|unknown column '([\w.]{1,100})'", _DATABASE),
    _sign("missing table", r"no such table: ([\w.]{1,100})|relation [\"']?([\w.]{1,100})[\"']? does not exist"
          r"|table '([\w.]{1,100})' doesn't exist", _DATABASE),
    _sign("missing configuration", r"(?:environment variable|setting) [\"']?(\w{1,100})[\"']? (?:is |was )?"
          r"(?:not set|missing|required|undefined)|missing (?:required )?(?:environment variable|setting)s?:? "
          r"[\"']?(\w{1,100})"),
)  # fmt: skip
_TYPES = {
    "MemoryError": "out of memory",
    "ImproperlyConfigured": "missing configuration",
    "PoolTimeout": "connection pool exhausted",
    "PoolError": "connection pool exhausted",
}


def find_environment(chain: Sequence[ExceptionInfo]) -> Environment | None:
    """What a chain says about its surroundings, or None where it is about the code."""
    for item in chain:
        kind = type_name(item.type)
        if missing := _missing_variable(kind, item):
            return missing
        text = (item.value or "")[:2000]
        for sign in _SIGNS:
            if sign.types and kind not in sign.types:
                continue
            if match := sign.pattern.search(text):
                subject = next((group for group in match.groups() if group), "")
                return Environment(sign.category, subject.lower())
        if kind in _TYPES:
            return Environment(_TYPES[kind])
    return None


def _missing_variable(kind: str, item: ExceptionInfo) -> Environment | None:
    """`os.environ["X"]`: a KeyError whose innermost frame is the standard library's `os`."""
    if kind != "KeyError" or not item.frames:
        return None
    last = item.frames[-1]
    from_os = last.module == "os" or re.search(r"(?:^|/)(?:<frozen )?os(?:\.py|>)$", path_of(last))
    if from_os and function_name(last.function) == "__getitem__":
        return Environment("missing configuration", item.value.strip("'\"")[:100])
    return None
