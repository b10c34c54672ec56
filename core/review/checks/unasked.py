"""The draft adds what no one asked for: settings, retries, waits, public names that nothing uses."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rootcase.core.review.change import AddedLine, Change, FileChange, Found

CHECK = "nobody asked for it"
SETTLE = "Leave it out; a fix changes what is wrong and nothing else."
SETTING = re.compile(
    r"\bos\.environ\b|\bos\.getenv\(|\bprocess\.env\b|\bSystem\.getenv\(|\bos\.(?:Getenv|LookupEnv)\("
    r"|\.add_argument\(|@click\.option\(|\badd_option\("
)
WAITING = re.compile(
    r"\b(?:time|asyncio)\.sleep\(|\bThread\.sleep\(|\btime\.Sleep\(|\bsetTimeout\(|@retry\b|@backoff\.|\bretry(?:ing)?\("
    r"|\bfor\s+_?attempt\w*\s+in\b|\bmax_retries\b|\bfor\s*\(\s*(?:let|int)\s+(?:attempt|retr)\w*"
)
WHOLE_PROCESS = re.compile(
    r"\bsetrecursionlimit\(|\bsetrlimit\(|\bsetdefaulttimeout\(|\bwarnings\.(?:simplefilter|filterwarnings)\(\s*['\"]ignore"
    r"|\blogging\.disable\(|\bgc\.disable\(|\bsignal\.signal\(|\bprocess\.on\(\s*['\"]uncaught|\bsetUncaughtExceptionHandler\("
    r"|\bdebug\.SetMaxStack\("
)
KINDS = (
    (WHOLE_PROCESS, "Changes a limit or a habit of the whole process."),
    (SETTING, "Adds a setting that has to be known and kept."),
    (WAITING, "Waits or tries again, which hides the fault instead of mending it."),
)


def unasked(change: Change) -> Iterator[Found]:
    """Settings, waits and retries on added lines, and new public functions or classes that nothing uses."""
    for file in change.source:
        for line in file.added:
            for pattern, text in KINDS:
                found = pattern.search(line.text)
                if found and found.group(0) not in (file.old or ""):
                    yield _at(file, line, text)
                    break
        if file.new_tree is not None:
            yield from _unused(change, file)


def _unused(change: Change, file: FileChange) -> Iterator[Found]:
    """New at module level, public, and named nowhere else in the files of the change."""
    assert file.new_tree is not None
    before = (
        {node.name for node in file.old_tree.body if isinstance(node, DEFINITIONS)}
        if file.old_tree
        else set()
    )
    for node in file.new_tree.body:
        if not isinstance(node, DEFINITIONS) or node.name in before or node.name.startswith("_"):
            continue
        if file.old is None or node.decorator_list:
            continue  # a new file, or one that a framework finds by its decorator
        uses = sum(len(re.findall(rf"\b{re.escape(node.name)}\b", other.new or "")) for other in change.files)
        line = next((each for each in file.added if each.number == node.lineno), None)
        if uses <= 1 and line is not None:
            yield _at(file, line, f"Adds `{node.name}`, which nothing in this change uses.")


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _at(file: FileChange, line: AddedLine, text: str) -> Found:
    return Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)
