"""The draft asks less of the tests than before."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, dotted, functions
from rootcase.core.review.syntax import Syntax, text_of

CHECK = "weakens a test"
SETTLE = "Put the test back as it was; a fix has to pass the tests that are there."
SKIPS = frozenset(
    {"skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure", "skipTest", "importorskip"}
)
EXACT = (ast.Eq, ast.Is)
CONFIG_NAMES = (
    "pytest.ini",
    "tox.ini",
    "setup.cfg",
    "pyproject.toml",
    "conftest.py",
    "noxfile.py",
    "package.json",
)
LEAVES_OUT = re.compile(r"--ignore|--deselect|collect_ignore|norecursedirs|testPathIgnore|-k\s*['\"]?not ")
OTHER_SKIP = re.compile(
    r"\.skip\(|\bx(?:it|describe|test)\(|@(?:Disabled|Ignore)\b|\bt\.Skip|\.todo\(|\bpending\b"
)
OTHER_ASSERT = re.compile(r"\bassert\w*\b|\bexpect\(|\bshould\b|\brequire\.\w+\(|\bt\.(?:Error|Fatal)")

EXACT_WORDS = re.compile(
    r"\.(?:toBe|toEqual|toStrictEqual|deepEqual|strictEqual)\(|\bassert(?:Equals|Same|ArrayEquals|ThrowsExactly)\("
    r"|\b(?:assert|require)\.(?:Equal|EqualError|ErrorIs)\(|\.toThrow\([^)\s]"
)
LOOSE = re.compile(
    r"\.(?:toBeTruthy|toBeDefined|toBeFalsy|toBeNull|ok)\(|\bassert(?:NotNull|True|DoesNotThrow)\("
    r"|\b(?:assert|require)\.(?:NotNil|True|NotEmpty|Error)\(|\.toThrow\(\)|expect\.any\w*"
)


def weakened_tests(change: Change) -> Iterator[Found]:
    """Removed tests and assertions, new skips, looser comparisons, tests left out by configuration."""
    for file in change.files:
        if file.path.rpartition("/")[2] in CONFIG_NAMES:
            yield from _left_out(file)
        if not file.test or file.old is None:
            if file.test and file.new_tree is not None:
                yield from _skips(file)
            continue
        if file.new is None:
            yield _found(file, "block", "Deletes the whole test file.")
        elif file.new_tree is not None and file.old_tree is not None:
            yield from _compared(file)
            yield from _skips(file)
        else:
            yield from _by_text(file)


def _compared(file: FileChange) -> Iterator[Found]:
    assert file.old_tree is not None and file.new_tree is not None
    after = dict(functions(file.new_tree))
    for name, old in functions(file.old_tree):
        plain = name.rpartition(".")[2]
        new = after.get(name)
        if new is None:
            if plain.startswith("test"):
                yield _found(file, "block", f"Deletes the test `{plain}`.")
            continue
        asked, asks = _assertions(old), _assertions(new)
        if len(asks) < len(asked):
            yield _found(file, "block", f"`{plain}` asserts {len(asks)} things instead of {len(asked)}.", new)
        elif _exact(asks) < _exact(asked):
            yield _found(file, "block", f"`{plain}` compares less exactly than before.", new)
        elif _wide_raises(new) > _wide_raises(old):
            yield _found(file, "block", f"`{plain}` accepts any exception now.", new)
        else:
            yield from _other_values(file, plain, asked, asks, new)


def _other_values(
    file: FileChange, name: str, asked: list[ast.AST], asks: list[ast.AST], node: ast.AST
) -> Iterator[Found]:
    """An existing expectation that now expects something else may be right, and is for a human to see."""
    before, now = {ast.dump(a) for a in asked}, {ast.dump(a) for a in asks}
    changed = next((a for a in asks if ast.dump(a) not in before and file.touches(a)), None)
    if changed is not None and before - now:
        yield _found(file, "warn", f"`{name}` expects something else than before.", changed)


def _assertions(node: ast.AST) -> list[ast.AST]:
    out: list[ast.AST] = []
    for child in ast.walk(node):
        if isinstance(child, ast.Assert):
            out.append(child)
        elif isinstance(child, ast.Call):
            last = dotted(child.func).rpartition(".")[2]
            if last.startswith(("assert", "raises", "warns", "fail")) and last != "assert_never":
                out.append(child)
    return out


def _exact(assertions: list[ast.AST]) -> int:
    count = 0
    for item in assertions:
        if isinstance(item, ast.Assert) and isinstance(item.test, ast.Compare):
            against_none = any(isinstance(c, ast.Constant) and c.value is None for c in item.test.comparators)
            count += all(isinstance(op, EXACT) for op in item.test.ops) and not against_none
        elif isinstance(item, ast.Call):
            count += dotted(item.func).rpartition(".")[2] in ("assertEqual", "assertIs", "assertDictEqual")
    return count


def _wide_raises(node: ast.AST) -> int:
    return sum(
        1
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and dotted(call.func).rpartition(".")[2] in ("raises", "assertRaises")
        and call.args
        and dotted(call.args[0]).rpartition(".")[2] in ("Exception", "BaseException")
    )


def _skips(file: FileChange) -> Iterator[Found]:
    assert file.new_tree is not None
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = dotted(node)
        line = file.at(node)
        if line is not None and name.rpartition(".")[2] in SKIPS and line.number == node.lineno:
            if isinstance(node, ast.Name) and "import" in line.text:
                continue
            yield _at(file, "block", f"Skips a test with `{name}`.", line.hunk.id, line.index, line.text)


def _left_out(file: FileChange) -> Iterator[Found]:
    for line in file.added:
        if LEAVES_OUT.search(line.text):
            text = "Leaves tests out of the run by configuration."
            yield _at(file, "block", text, line.hunk.id, line.index, line.text)


def _by_text(file: FileChange) -> Iterator[Found]:
    for line in file.added:
        if OTHER_SKIP.search(line.text):
            yield _at(file, "block", "Skips a test.", line.hunk.id, line.index, line.text)
    if file.old_syntax is not None and file.new_syntax is not None:
        before, now = _named_tests(file.old_syntax), _named_tests(file.new_syntax)
        for name in sorted(before - now):
            yield _found(file, "block", f"Deletes the test `{name}`.")
    if _exact_words(file.new) < _exact_words(file.old) and LOOSE.search(
        "\n".join(t.text for t in file.added)
    ):
        yield _found(file, "block", "Compares less exactly than before.")
    lost = [text for _, text in file.removed if OTHER_ASSERT.search(text)]
    gained = [line.text for line in file.added if OTHER_ASSERT.search(line.text)]
    if len(gained) < len(lost):
        yield _found(file, "block", f"Takes out {len(lost) - len(gained)} assertions.")


def _named_tests(syntax: Syntax) -> frozenset[str]:
    """The names of the tests of a file, as its runner would find them."""
    text = text_of(syntax.root)
    found = re.finditer(syntax.dialect.tests, text, re.MULTILINE)
    return frozenset(match["name"] for match in found if _is_test(syntax, text, match.start()))


def _is_test(syntax: Syntax, text: str, at: int) -> bool:
    """Java marks a test by an annotation above it; elsewhere the name is enough."""
    return syntax.dialect.name != "Java" or bool(re.search(r"@\w*Test\b[^;}]*$", text[:at]))


def _exact_words(text: str | None) -> int:
    return len(EXACT_WORDS.findall(text or ""))


def _found(file: FileChange, severity: Severity, text: str, node: ast.AST | None = None) -> Found:
    line = file.at(node) if node is not None else None
    if line is not None:
        return _at(file, severity, text, line.hunk.id, line.index, line.text)
    taken_out = file.removed[0] if file.removed else None
    hunk = taken_out[0].id if taken_out else file.hunks[0].id
    return _at(file, severity, text, hunk, -1, taken_out[1] if taken_out else "")


def _at(file: FileChange, severity: Severity, text: str, hunk: str, index: int, said: str) -> Found:
    return Found(CHECK, severity, file.path, hunk, text, SETTLE, index, said=said)
