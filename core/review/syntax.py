"""Source of other languages as a syntax tree, with the words that the checks ask it in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Language, Node

# A file beyond this is generated; what a draft changes in it is still read as text.
LONGEST = 2_000_000


@dataclass(frozen=True, slots=True)
class Dialect:
    """The node types of one language. failures: statements and calls by which code refuses its input.

    callee, arguments: field names of a call. tests: how a test is named, as a pattern over its first line.
    """

    name: str
    module: str
    suffixes: tuple[str, ...]
    factory: str = "language"
    functions: frozenset[str] = frozenset()
    catches: frozenset[str] = frozenset({"catch_clause"})
    calls: frozenset[str] = frozenset({"call_expression"})
    conditions: frozenset[str] = frozenset({"if_statement", "while_statement"})
    failures: frozenset[str] = frozenset({"throw_statement"})
    assignments: frozenset[str] = frozenset({"assignment_expression"})
    ternaries: frozenset[str] = frozenset({"ternary_expression"})
    public: str = ""
    tests: str = ""


_JS = {
    "functions": frozenset({
        "function_declaration", "method_definition", "function_expression", "arrow_function",
        "generator_function_declaration",
    }),
    "public": r"^\s*export\b",
    "tests": r"^\s*(?:it|test)(?:\.\w+)?\(\s*(['\"`])(?P<name>.+?)\1",
}  # fmt: skip
DIALECTS: tuple[Dialect, ...] = (
    Dialect("JavaScript", "tree_sitter_javascript", (".js", ".jsx", ".mjs", ".cjs"), **_JS),  # type: ignore[arg-type]
    Dialect("TypeScript", "tree_sitter_typescript", (".ts", ".mts", ".cts"), "language_typescript", **_JS),  # type: ignore[arg-type]
    Dialect("TSX", "tree_sitter_typescript", (".tsx",), "language_tsx", **_JS),  # type: ignore[arg-type]
    Dialect(
        "Java", "tree_sitter_java", (".java",),
        functions=frozenset({"method_declaration", "constructor_declaration"}),
        calls=frozenset({"method_invocation"}),
        public=r"\bpublic\b",
        tests=r"\bvoid\s+(?P<name>\w+)\s*\(",
    ),
    Dialect(
        "Go", "tree_sitter_go", (".go",),
        functions=frozenset({"function_declaration", "method_declaration"}),
        catches=frozenset(), conditions=frozenset({"if_statement", "for_statement"}), failures=frozenset(),
        assignments=frozenset({"assignment_statement", "short_var_declaration"}), ternaries=frozenset(),
        public=r"^\s*func\s+(?:\([^)]*\)\s*)?[A-Z]",
        tests=r"^func\s+(?P<name>Test\w+)\(",
    ),
)  # fmt: skip
_MADE_UP = re.compile(
    r"null|nil|undefined|void 0|true|false|-?\d[\d._]*[fFdDlLn]?|\"[^\"]*\"|'[^']*'|`[^`$]*`"
    r"|\[\s*\]|\{\s*\}|\(\{\s*\}\)"
    r"|new \w+(?:<[^>]*>)?\(\)|new \w+\[0\]|(?:Collections\.empty\w+|Optional\.empty|List\.of|Map\.of|Set\.of)\(\)"
    r"|[\w.\[\]*]+\{\s*\}|(?:[A-Za-z]\w*\.)?[A-Z][A-Z0-9_]+|[dD]efault\w*"
)
_IDENTIFIER = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True)
class Syntax:
    """One file as a tree. broken: it holds text that the grammar cannot read."""

    dialect: Dialect
    root: Node
    source: bytes

    @property
    def broken(self) -> bool:
        return self.root.has_error

    def walk(self, kinds: frozenset[str] | None = None) -> Iterator[Node]:
        """Every node of those types, the outer and earlier ones first."""
        return nodes(self.root, kinds)

    def functions(self) -> dict[str, Node]:
        """Name → function; a method as `Class.name`, later ones of one name win, nameless ones left out."""
        found: dict[str, Node] = {}
        for node in self.walk(self.dialect.functions):
            name = function_name(node)
            if name:
                found[name] = node
        return found

    def enclosing(self, line: int) -> str:
        """The name of the innermost named function around a 1-based line, "" outside of any."""
        best, span = "", 0
        for name, node in self.functions().items():
            first, last = rows(node)
            if first <= line <= last and (not best or last - first <= span):
                best, span = name, last - first
        return best


def syntax_of(path: str, text: str | None) -> Syntax | None:
    """The tree of a file whose language is known here; None for others, absent or overlong text."""
    if text is None or len(text) > LONGEST:
        return None
    dialect = dialect_of(path)
    if dialect is None:
        return None
    from tree_sitter import Parser

    source = text.encode("utf-8", "replace")
    return Syntax(dialect, Parser(_language(dialect.module, dialect.factory)).parse(source).root_node, source)


def dialect_of(path: str) -> Dialect | None:
    suffix = PurePosixPath(path).suffix.lower()
    return next((each for each in DIALECTS if suffix in each.suffixes), None)


@cache
def _language(module: str, factory: str) -> Language:
    from tree_sitter import Language

    return Language(getattr(import_module(module), factory)())


def nodes(root: Node, kinds: frozenset[str] | None = None) -> Iterator[Node]:
    """The tree below a node in order of the text, without recursion: code may nest deeper than Python does."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if kinds is None or node.type in kinds:
            yield node
        waiting.extend(reversed(node.named_children))


def text_of(node: Node | None) -> str:
    return node.text.decode("utf-8", "replace") if node is not None and node.text is not None else ""


def shape(node: Node) -> str:
    """A node as its words in order: the same where only layout and comments differ."""
    words: list[str] = []
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if "comment" in each.type:
            continue
        if not each.children or "string" in each.type:
            words.append(text_of(each))
        else:
            waiting.extend(reversed(each.children))
    return " ".join(words)


def rows(node: Node) -> tuple[int, int]:
    """First and last line of a node, 1-based."""
    return node.start_point.row + 1, node.end_point.row + 1


def names_in(node: Node | None) -> frozenset[str]:
    """The identifiers that a piece of code names."""
    return frozenset(_IDENTIFIER.findall(text_of(node)))


def made_up(node: Node | None) -> bool:
    """A value that comes from nowhere: nothing, a literal, an empty container, a constant."""
    return node is None or bool(_MADE_UP.fullmatch(" ".join(text_of(node).split())))


def statements(block: Node | None) -> list[Node]:
    """The statements of a block without its comments; a single statement stands for itself."""
    if block is None:
        return []
    inner = [n for n in block.named_children if "comment" not in n.type]
    if len(inner) == 1 and inner[0].type == "statement_list":  # Go's grammar keeps them one deeper
        return [n for n in inner[0].named_children if "comment" not in n.type]
    return inner if "block" in block.type else [block]


def function_name(node: Node) -> str:
    """`Class.method`, `name`, or the variable that an arrow function is given to; "" for a nameless one."""
    own = text_of(node.child_by_field_name("name"))
    if not own and node.parent is not None and node.parent.type == "variable_declarator":
        own = text_of(node.parent.child_by_field_name("name"))
    if not own:
        return ""
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        kinds = _IDENTIFIER.findall(text_of(receiver))
        return f"{kinds[-1]}.{own}" if kinds else own
    above = node.parent
    while above is not None:
        if "class" in above.type and above.child_by_field_name("name") is not None:
            return f"{text_of(above.child_by_field_name('name'))}.{own}"
        above = above.parent
    return own
