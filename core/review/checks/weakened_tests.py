"""The draft asks less of the tests than before."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from rootcase.core.model.proofs import Severity
from rootcase.core.review.change import Change, FileChange, Found, dotted, enclosing, functions
from rootcase.core.review.syntax import Syntax, text_of

CHECK = "weakens a test"
SETTLE = "Put the test back as it was; a fix has to pass the tests that are there."
SKIPS = frozenset(
    {"skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure", "skipTest", "importorskip"}
)
# Those that name when; on a test that was there they are for a human to see.
CONDITIONAL = frozenset({"skipif", "skipIf", "skipUnless", "importorskip"})
RUNNERS = frozenset({"pytest", "unittest", "self", "mark", "nose", "cls"})
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
            yield from _compared(change, file)
            yield from _skips(file)
        else:
            yield from _by_text(file)


def _compared(change: Change, file: FileChange) -> Iterator[Found]:
    assert file.old_tree is not None and file.new_tree is not None
    before, after = dict(functions(file.old_tree)), dict(functions(file.new_tree))
    more = len(_assertions(file.new_tree)) - len(_assertions(file.old_tree))
    for name, old in before.items():
        plain = name.rpartition(".")[2]
        new = after.get(name)
        if new is None:
            if plain.startswith("test") and not _lives_on(change, file, plain, old, before):
                yield _found(file, "block", f"Deletes the test `{plain}`.")
            continue
        asked, asks = _assertions(old), _assertions(new)
        if len(asks) < len(asked):
            words = f"`{plain}` asserts {len(asks)} things instead of {len(asked)}."
            yield _found(file, _loss(file, asked, asks, more), words, new)
        elif not plain.startswith("test"):
            continue  # what a helper of tests compares, its tests show
        elif _exact(asks) < _exact(asked):
            severity: Severity = "block" if more <= 0 else "warn"
            yield _found(file, severity, f"`{plain}` compares less exactly than before.", new)
        elif _wide_raises(new) > _wide_raises(old):
            yield _found(file, "block", f"`{plain}` accepts any exception now.", new)
        else:
            yield from _other_values(file, plain, asked, asks, new, more)


def _loss(file: FileChange, asked: list[ast.AST], asks: list[ast.AST], more: int) -> Severity:
    """How bad it is that a test asks less. What moved to another test of the file is asked there; new expectations
    of other tests, which a reproduction always brings, make up for nothing that was emptied."""
    assert file.new_tree is not None
    there = {ast.dump(each) for each in _assertions(file.new_tree)}
    if all(ast.dump(each) in there for each in asked):
        return "info"
    if more < 0 or not asks:
        return "block"
    return "warn" if 2 * len(asks) < len(asked) else "info"


def _lives_on(
    change: Change, file: FileChange, plain: str, old: ast.AST, before: Mapping[str, ast.AST]
) -> bool:
    """Whether the test stands elsewhere in the change under its name, or here under another one."""
    for other in change.tests:
        if other.new_tree is None:
            continue
        known = before if other is file else dict(functions(other.old_tree)) if other.old_tree else {}
        for name, new in functions(other.new_tree):
            if name in known or not name.rpartition(".")[2].startswith("test"):
                continue
            if name.rpartition(".")[2] == plain:
                return True
            shared = {ast.dump(a) for a in _assertions(old)} & {ast.dump(a) for a in _assertions(new)}
            if shared and 2 * len(shared) >= len(_assertions(old)):
                return True
    return False


def _other_values(
    file: FileChange, name: str, asked: list[ast.AST], asks: list[ast.AST], node: ast.AST, more: int
) -> Iterator[Found]:
    """An existing expectation that now expects something else may be right, and is for a human to see; beside new
    expectations, and as exact as before, it is a remark."""
    before, now = {ast.dump(a) for a in asked}, {ast.dump(a) for a in asks}
    changed = next((a for a in asks if ast.dump(a) not in before and file.touches(a)), None)
    if changed is not None and before - now:
        severity: Severity = "info" if more > 0 else "warn"
        yield _found(file, severity, f"`{name}` expects something else than before.", changed)


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
    """Tests that were run before and are left out now; one that is new may say where it cannot run."""
    assert file.new_tree is not None
    known = {name for name, _ in functions(file.old_tree)} if file.old_tree else set()
    marks = {
        id(n)
        for each in ast.walk(file.new_tree)
        for d in getattr(each, "decorator_list", ())
        for n in ast.walk(d)
    }
    for node in ast.walk(file.new_tree):
        if not isinstance(node, ast.Attribute | ast.Name):
            continue
        name = dotted(node)
        line = file.at(node)
        last = name.rpartition(".")[2]
        if line is None or last not in SKIPS or line.number != node.lineno:
            continue
        if isinstance(node, ast.Name) and "import" in line.text:
            continue
        if id(node) not in marks and name.partition(".")[0] not in RUNNERS and not isinstance(node, ast.Name):
            continue
        inside = enclosing(file.new_tree, node.lineno)
        if inside and inside not in known:
            severity: Severity = "info"
        else:
            severity = "warn" if last in CONDITIONAL else "block"
        yield _at(file, severity, f"Skips a test with `{name}`.", line.hunk.id, line.index, line.text)


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
