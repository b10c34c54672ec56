"""The functions and classes of one source file by tree-sitter, with what they call, raise and derive from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from rootcase.core.codemap.languages.table import Language, grammar, language_of, query

if TYPE_CHECKING:
    from tree_sitter import Node, Tree

# A syntax tree takes some 60 times its source in memory: 2 MB of source is what 200 MB allow.
MAX_SOURCE = 2_000_000
MINIFIED_LINE = 5_000
_NAME = re.compile(r"[A-Za-z_$@~][\w$?!]*|operator\s*\S{1,3}")
_GENERIC = re.compile(r"<[^<>]*>|\[[^\[\]]*\]")
_MATCHES = 200_000

SymbolKind = Literal["function", "class"]


@dataclass(frozen=True, slots=True)
class Call:
    """name: the bare name that is called; receiver: what stands before its dot, "" where nothing does."""

    name: str
    receiver: str
    line: int


@dataclass(frozen=True, slots=True)
class Symbol:
    """A function or class. qualified_name: `Cart.total`, without package and file.

    start: its first line, Python's decorators left out; line: that of its name; end: its last.
    calls: (name, line), raises: (what, line); both without those of functions and classes within.
    """

    qualified_name: str
    kind: SymbolKind
    start: int
    end: int
    line: int
    parameters: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    decorators: tuple[str, ...] = ()
    calls: tuple[tuple[str, int], ...] = field(default=(), repr=False)
    raises: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    @property
    def name(self) -> str:
        return self.qualified_name.rsplit(".", 1)[-1]


@dataclass(frozen=True, slots=True)
class FileSymbols:
    """What one file holds, in order. sites: every call of the file; imports: (line, text) of its statements.

    problem: why it holds nothing or not all, "" where all was read.
    """

    language: str = ""
    symbols: tuple[Symbol, ...] = ()
    sites: tuple[Call, ...] = ()
    imports: tuple[tuple[int, str], ...] = ()
    problem: str = ""

    @property
    def functions(self) -> tuple[Symbol, ...]:
        return tuple(symbol for symbol in self.symbols if symbol.kind == "function")

    def at(self, line: int, *, named: str = "") -> Symbol | None:
        """The innermost function around a line, or one around it that has the name; None at module level."""
        around = [s for s in self.functions if s.start <= line <= s.end]
        fitting = [s for s in around if named and s.name == named]
        return max(fitting or around, key=lambda s: (s.start, -s.end), default=None)

    def within(self, line: int) -> Symbol | None:
        """The innermost function or class around a line."""
        around = [s for s in self.symbols if s.start <= line <= s.end]
        return max(around, key=lambda s: (s.start, -s.end), default=None)

    def named(self, name: str) -> tuple[Symbol, ...]:
        """All of that bare or qualified name."""
        return tuple(s for s in self.symbols if name in (s.name, s.qualified_name))


def symbols_of(text: str, path: str) -> FileSymbols:
    """The symbols of a source in the language of its ending; bounded in time and memory whatever it holds."""
    language = language_of(path)
    if language is None:
        return FileSymbols(problem="no grammar for this kind of file")
    if len(text) > MAX_SOURCE:
        return FileSymbols(language.name, problem="larger than 2 MB; its functions were not read")
    if is_minified(text):
        return FileSymbols(language.name, problem="minified or generated; its functions were not read")
    return _read(text, language)


def is_minified(text: str) -> bool:
    """Whether a file was packed for machines: very long lines that make up most of it."""
    longest = max((len(line) for line in text.split("\n")), default=0)
    return longest > MINIFIED_LINE and longest * 2 > len(text)


def parse(text: str, language: Language) -> Tree:
    """The syntax tree; lone surrogates and the like become `?`."""
    from tree_sitter import Parser

    return Parser(grammar(language)).parse(text.encode("utf-8", "replace"))


@lru_cache(maxsize=16)
def _read(text: str, language: Language) -> FileSymbols:
    from tree_sitter import QueryCursor

    # By the constructor: the setter of 0.25.2 sets the time limit in its place, and cuts matches at random.
    cursor = QueryCursor(query(language), match_limit=_MATCHES)
    reader = _Reader(text.encode("utf-8", "replace"), language)
    for _, captures in cursor.matches(parse(text, language).root_node):
        reader.match(captures)
    return reader.result(cut=cursor.did_exceed_match_limit)


@dataclass(slots=True)
class _Scope:
    """A definition as it was found. name_at: byte of its name, which decorators inside it stand before."""

    kind: str
    first: int
    last: int
    start: int
    end: int
    line: int
    name_at: int
    label: str
    parameters: tuple[str, ...] = ()
    bases: list[str] = field(default_factory=list)
    decorators: list[str] = field(default_factory=list)
    calls: list[tuple[str, int]] = field(default_factory=list)
    raises: list[tuple[str, int]] = field(default_factory=list)
    qualified: str = ""


class _Reader:
    """Collects a query's matches, then puts names together by what stands inside what."""

    def __init__(self, source: bytes, language: Language) -> None:
        self.source = source
        self.language = language
        self.scopes: dict[tuple[int, int, str], _Scope] = {}
        self.calls: dict[int, tuple[int, Call]] = {}
        self.raises: dict[int, tuple[str, int]] = {}
        self.decorators: list[tuple[int, int, str]] = []
        self.imports: list[tuple[int, str]] = []

    def match(self, captures: dict[str, list[Node]]) -> None:
        for kind in ("function", "class", "space"):
            if kind in captures and "name" in captures:
                self._scope(kind, captures)
                return
        if "call" in captures:
            callee = captures["callee"][0]
            receiver = _text(captures["receiver"][0]) if "receiver" in captures else ""
            call = Call(_bare(_text(callee)), receiver[:80], callee.start_point.row + 1)
            self.calls[callee.start_byte] = (callee.start_byte, call)
        elif "raise" in captures:
            node = captures["raised"][0]
            self.raises[node.start_byte] = (_last(_text(node)), node.start_point.row + 1)
        elif "decorator" in captures:
            for node in captures["decorator"]:
                self.decorators.append((node.start_byte, node.end_byte, _decorator(_text(node))))
        elif "import" in captures:
            node = captures["import"][0]
            self.imports.append((node.start_point.row + 1, _text(node)[:2_000]))

    def _scope(self, kind: str, captures: dict[str, list[Node]]) -> None:
        node, name = captures[kind][0], captures["name"][0]
        key = (node.start_byte, node.end_byte, kind)
        bases = [_last(word) for word in _bases(captures.get("base", ()))]
        if key in self.scopes:
            known = self.scopes[key].bases
            known.extend(base for base in bases if base not in known)
            return
        label, parameters = _declared(name)
        if "parameters" in captures:
            parameters = captures["parameters"][0]
        if "owner" in captures:
            label = f"{_bare(_text(captures['owner'][0]))}.{label}"
        row, last_row = node.start_point.row + 1, node.end_point.row + (node.end_point.column > 0)
        self.scopes[key] = _Scope(
            kind, node.start_byte, node.end_byte, row, max(row, last_row), name.start_point.row + 1,
            name.start_byte, label or "?", _parameters(parameters), bases,
        )  # fmt: skip

    def result(self, *, cut: bool) -> FileSymbols:
        """All symbols, each with what is directly in it."""
        order = sorted(self.scopes.values(), key=lambda s: (s.first, -s.last))
        _qualify(order)
        self._decorate(order)
        self._fill(order)
        symbols = tuple(_symbol(scope) for scope in order if scope.kind != "space")
        sites = tuple(call for _, (_, call) in sorted(self.calls.items()))
        problem = "too many definitions; not all were read" if cut else ""
        return FileSymbols(self.language.name, symbols, sites, tuple(self.imports), problem)

    def _decorate(self, order: Sequence[_Scope]) -> None:
        for first, last, text in self.decorators:
            inside = [s for s in order if s.first <= first and last <= s.name_at and s.last >= last]
            after = next((s for s in order if s.first >= last), None)
            if inside:
                inside[-1].decorators.append(text)
            elif after and self.source[last : after.first].strip()[:1] in (b"", b"@", b"#", b"["):
                after.decorators.append(text)

    def _fill(self, order: Sequence[_Scope]) -> None:
        found = [(at, call.name, call.line, True) for at, call in self.calls.values()]
        found += [(at, what, line, False) for at, (what, line) in self.raises.items()]
        open_: list[_Scope] = []
        position = 0
        for at, name, line, is_call in sorted(found):
            while position < len(order) and order[position].first <= at:
                open_.append(order[position])
                position += 1
            while open_ and open_[-1].last <= at:
                open_.pop()
            inner = next((s for s in reversed(open_) if s.first <= at < s.last and s.kind != "space"), None)
            if inner is not None:
                (inner.calls if is_call else inner.raises).append((name, line))


def _qualify(order: Sequence[_Scope]) -> None:
    around: list[_Scope] = []
    for scope in order:
        while around and around[-1].last <= scope.first:
            around.pop()
        scope.qualified = f"{around[-1].qualified}.{scope.label}" if around else scope.label
        around.append(scope)


def _symbol(scope: _Scope) -> Symbol:
    kind: SymbolKind = "function" if scope.kind == "function" else "class"
    return Symbol(
        scope.qualified, kind, scope.start, scope.end, scope.line, scope.parameters, tuple(scope.bases),
        tuple(scope.decorators), tuple(scope.calls), tuple(scope.raises),
    )  # fmt: skip


def _text(node: Node) -> str:
    return (node.text or b"")[:4_000].decode("utf-8", "replace")


def _declared(node: Node) -> tuple[str, Node | None]:
    """A definition's name; C's stands inside its declarators, beside its parameters."""
    parameters = None
    while (
        inner := node.child_by_field_name("declarator")
    ) is not None or "reference_declarator" in node.type:
        if node.type == "function_declarator":
            parameters = node.child_by_field_name("parameters")
        following = inner or next(iter(node.named_children), None)
        if following is None:
            break
        node = following
    return _dotted(_text(node)), parameters


def _dotted(text: str) -> str:
    """`Cart<T>::total` → `Cart.total`; `:name` and quoted keys lose their marks."""
    plain = _plain(text).strip("\"'`:")
    return ".".join(part for part in re.split(r"::|\.|\\", plain) if part)[:200]


def _bare(text: str) -> str:
    """The last plain name of a type or a call: `*pkg.Stack[T]` → Stack."""
    names = _NAME.findall(_plain(text))
    return names[-1] if names else text[:80]


def _last(text: str) -> str:
    return re.split(r"::|\\|\.", _plain(text).split("(", 1)[0].strip())[-1][:120]


def _plain(text: str) -> str:
    """Without type arguments; three levels of nesting are enough for names."""
    text = text[:400]
    for _ in range(3):
        text = _GENERIC.sub("", text)
    return text


def _decorator(text: str) -> str:
    return re.sub(r"^[@#\[!\s]+", "", text).split("(", 1)[0].rstrip("] \n")[:120]


def _bases(nodes: Sequence[Node]) -> Iterator[str]:
    for node in nodes:
        if node.type == "argument_list":
            yield from (_text(child) for child in node.named_children if child.type != "keyword_argument")
        elif node.type != "access_specifier":
            yield _text(node)


def _parameters(node: Node | None) -> tuple[str, ...]:
    out: list[str] = []
    for child in node.named_children if node is not None else ():
        named = child.children_by_field_name("name") or [
            child.child_by_field_name("pattern") or child.child_by_field_name("declarator") or child
        ]
        for one in named:
            found = re.search(r"[A-Za-z_$][\w$]*", _text(one)[:200])
            if found and child.type != "comment":
                out.append(found.group())
    return tuple(out[:60])
