"""JUnit XML as test results; the file was written by untrusted code, so size, entities and links are refused."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

from rootcase.core.model.errors import TestsCannotRun
from rootcase.core.model.proofs import TestOutcome, TestResult
from rootcase.core.safety.text import clean, clean_line
from rootcase.core.workspace.runners import SCRIPT_SUFFIXES

XML_LIMIT = 64 * 1024 * 1024
TEXT_LIMIT = 20_000
MOST_TESTS = 200_000
_OUTCOMES: dict[str, TestOutcome] = {"failure": "failed", "error": "error", "skipped": "skipped"}

_VITEST_FRAME = re.compile(r"^ ❯ (?:(\S+) )?([\w./@+-]+\.\w+:\d+:\d+)$", re.M)

IsFile = Callable[[str], bool]


def read_junit(
    path: Path, is_file: IsFile, redact: Callable[[str], str], *, root: str = ""
) -> tuple[TestResult, ...]:
    """The results of a JUnit file, ids as pytest names its tests. TestsCannotRun where it cannot be read.

    is_file: whether a path is a file of the worktree; it tells modules from classes. root: the worktree's folder with
    a slash at its end, which some runners begin their files with.
    """
    raw = _bytes_of(path)
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw:
        raise TestsCannotRun(
            "The test report was refused", "It declares entities.", "Use pytest's own --junitxml."
        )
    try:
        # Entities were refused above as UTF-8, so no other encoding may bring them back.
        document = ElementTree.fromstring(raw, ElementTree.XMLParser(encoding="utf-8"))
    except ElementTree.ParseError as fault:
        raise TestsCannotRun(
            "The test report cannot be read", clean_line(str(fault), limit=200), "Did the test run end early?"
        ) from fault
    merged: dict[str, TestResult] = {}
    for case in document.iter("testcase"):
        if not case.get("name"):
            continue  # what an interrupted run writes for the test it never finished
        result = _result(case, is_file, redact, root)
        known = merged.get(result.id)
        # A test whose call passed and whose teardown failed stands twice; the worse one counts.
        if known is None or _badness(result) > _badness(known):
            merged[result.id] = result
        if len(merged) > MOST_TESTS:
            raise TestsCannotRun(
                "Too many tests", f"More than {MOST_TESTS:,}.", "Set a narrower test_command."
            )
    return tuple(merged.values())


def _bytes_of(path: Path) -> bytes:
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        info = os.fstat(handle)
        if not stat.S_ISREG(info.st_mode):
            raise TestsCannotRun(
                "The test report was refused", "It is no ordinary file.", "Use pytest's --junitxml."
            )
        if info.st_size > XML_LIMIT:
            raise TestsCannotRun(
                "The test report is too large",
                f"{info.st_size // 1024 // 1024} MB.",
                "Set a narrower test_command.",
            )
        return file.read(XML_LIMIT + 1)


def _badness(result: TestResult) -> int:
    return ("passed", "skipped", "error", "failed").index(result.outcome)


def _result(
    case: ElementTree.Element, is_file: IsFile, redact: Callable[[str], str], root: str
) -> TestResult:
    outcome: TestOutcome = "passed"
    texts = []
    for child in case:
        found = _OUTCOMES.get(child.tag)
        if found is None:
            continue
        if outcome == "passed" or found == "failed":
            outcome = found
        texts.append((child.text or "").strip() or child.get("message", ""))
    text = _shortened(redact(clean("\n".join(texts))))
    name = _script_id(case, is_file, root)
    if name:
        text = _as_node_says(text, root)
    name = name or node_id(case, is_file)
    return TestResult(name, outcome, _seconds(case.get("time", "")), text)


def _shortened(text: str) -> str:
    """At most the limit; the end is kept in full, since the raised exception stands there."""
    if len(text) <= TEXT_LIMIT:
        return text
    head = TEXT_LIMIT // 4
    return text[:head] + "\n… cut …\n" + text[-(TEXT_LIMIT - head - 9) :]


def _seconds(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def _script_id(case: ElementTree.Element, is_file: IsFile, root: str) -> str:
    """`src/a.test.js::suite::name` where a runner on node names the file, in its own place or as the class; else ""."""
    name, suites = (clean_line(case.get(key, ""), limit=500) for key in ("name", "classname"))
    rest: tuple[str, ...]
    for listed, rest in ((case.get("file", ""), (suites, name)), (suites, (name,))):
        path = clean_line(listed, limit=500).removeprefix(root)
        if not path.endswith(SCRIPT_SUFFIXES) or not is_file(path):
            continue
        if name.removeprefix(root) == path:
            return path  # the file itself could not be loaded
        if listed == suites:
            rest = tuple(name.split(" > "))  # vitest puts the suites before the name
        return "::".join(part for part in (path, *rest) if part)
    return ""


def _as_node_says(text: str, root: str) -> str:
    """vitest's ` ❯ price src/price.js:1:36` as the line that node's own stack has there."""
    return _VITEST_FRAME.sub(lambda m: f"    at {m[1] or '<anonymous>'} ({root}{m[2]})", text)


def node_id(case: ElementTree.Element, is_file: IsFile) -> str:
    """`tests/test_a.py::TestB::test_c[1]` from class name and name; a collection error is its file."""
    name = clean_line(case.get("name", ""), limit=500)
    module = clean_line(case.get("classname", ""), limit=500)
    for path, rest in _splits(module):
        if is_file(path):
            return "::".join([path, *rest, name])
    if not module:
        return next((path for path, rest in _splits(name) if not rest and is_file(path)), name)
    listed = case.get("file", "")
    return "::".join(part for part in (clean_line(listed, limit=500) or module, name) if part)


def _splits(dotted: str) -> Iterator[tuple[str, list[str]]]:
    """Each way to read a dotted name as a file and what is in it, the longest file first."""
    parts = dotted.split(".") if dotted else []
    for end in range(len(parts), 0, -1):
        yield "/".join(parts[:end]) + ".py", parts[end:]
