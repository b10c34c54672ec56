"""Source code as segments: keywords, strings and comments coloured, by a small tokenizer for what is visible."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rootcase.tui.render.line import Seg

KEYWORD, STRING, COMMENT, NAME = "code.keyword", "code.string", "faint italic", "strong bold"
# Looking for the start of a multi-line string goes back at most this far, so that a huge file stays cheap.
LOOK_BACK = 2000


@dataclass(frozen=True, slots=True)
class Language:
    """What the tokenizer knows of a language. blocks: multi-line strings and comments, opener → (closer, style)."""

    keywords: frozenset[str]
    line_comment: tuple[str, ...]
    blocks: tuple[tuple[str, str, str], ...] = ()
    quotes: str = "\"'"
    definers: frozenset[str] = frozenset()


PYTHON = Language(
    frozenset(
        [
            "False",
            "None",
            "True",
            "and",
            "as",
            "assert",
            "async",
            "await",
            "break",
            "class",
            "continue",
            "def",
            "del",
            "elif",
            "else",
            "except",
            "finally",
            "for",
            "from",
            "global",
            "if",
            "import",
            "in",
            "is",
            "lambda",
            "match",
            "nonlocal",
            "not",
            "or",
            "pass",
            "raise",
            "return",
            "try",
            "while",
            "with",
            "yield",
        ]
    ),
    ("#",),
    (('"""', '"""', STRING), ("'''", "'''", STRING)),
    definers=frozenset(("def", "class")),
)
_CURLY = (
    "abstract async await break case catch class const continue default defer delete do else enum export "
    "extends false finally fn for foreach func function go if implements import in instanceof interface let "
    "match mut new nil null package private protected public return select static struct super switch this "
    "throw throws true try type typeof undefined use using var void while yield"
)
CURLY = Language(
    frozenset(_CURLY.split()),
    ("//",),
    (("/*", "*/", COMMENT), ("`", "`", STRING)),
    definers=frozenset(("function", "class", "func", "fn", "interface", "struct", "type")),
)
RUBY = Language(
    frozenset(
        [
            "alias",
            "and",
            "begin",
            "break",
            "case",
            "class",
            "def",
            "do",
            "else",
            "elsif",
            "end",
            "ensure",
            "false",
            "for",
            "if",
            "in",
            "module",
            "next",
            "nil",
            "not",
            "or",
            "redo",
            "rescue",
            "retry",
            "return",
            "self",
            "super",
            "then",
            "true",
            "undef",
            "unless",
            "until",
            "when",
            "while",
            "yield",
        ]
    ),
    ("#",),
    definers=frozenset(("def", "class", "module")),
)
HASHED = Language(frozenset(("true", "false", "null")), ("#",))
PLAIN = Language(frozenset(), (), quotes="")
LANGUAGES = {
    **dict.fromkeys(("py", "pyi"), PYTHON),
    **dict.fromkeys(
        ("js", "jsx", "ts", "tsx", "mjs", "cjs", "java", "kt", "go", "php", "cs", "c", "h", "cc", "cpp",
         "rs", "swift", "scala"), CURLY,
    ),
    "rb": RUBY,
    **dict.fromkeys(("yaml", "yml", "toml", "ini", "cfg", "sh", "conf"), HASHED),
}  # fmt: skip


def language_of(path: str) -> Language:
    """The language that a path's ending names, else none."""
    return LANGUAGES.get(path.rsplit(".", 1)[-1].lower(), PLAIN)


@lru_cache(maxsize=16)
def _scanner(language: Language) -> re.Pattern[str]:
    """One expression for everything that matters on a line; strings come before what they may contain."""
    parts = [f"(?P<block>{'|'.join(re.escape(o) for o, _, _ in language.blocks)})"] if language.blocks else []
    if language.line_comment:
        parts.append(f"(?P<comment>{'|'.join(re.escape(c) for c in language.line_comment)})")
    parts.extend(f"{q}(?:\\\\.|[^{q}\\\\])*{q}?" for q in language.quotes)
    parts.append(r"(?P<word>[^\W\d]\w*)")
    return re.compile("|".join(parts))


class Highlighter:
    """Segments of a file's lines, a viewport at a time.

    lines: the file, clean and without line ends. What is asked for is cached; nothing else is looked at
    but, once, where multi-line strings start and end.
    """

    def __init__(self, lines: Sequence[str], path: str) -> None:
        self._lines = lines
        self._language = language_of(path)
        self._states: dict[int, str] = {}
        self._cache: dict[int, tuple[Seg, ...]] = {}

    def line(self, index: int) -> tuple[Seg, ...]:
        """The segments of the line at `index`, 0-based."""
        if index not in self._cache:
            self._cache[index] = tokens(self._lines[index], self._language, self._state_before(index))[0]
        return self._cache[index]

    def _state_before(self, index: int) -> str:
        at = index
        while at > 0 and at not in self._states and index - at < LOOK_BACK:
            at -= 1
        state = self._states.get(at, "")
        for number in range(at, index):
            self._states[number] = state
            state = _after(self._lines[number], self._language, state)
        self._states[index] = state
        return state


def highlight(text: str, path: str) -> tuple[Seg, ...]:
    """The segments of one line by itself."""
    return tokens(text, language_of(path), "")[0]


def _after(text: str, language: Language, state: str) -> str:
    """The state after a line, looking only at lines that can change it."""
    if state or any(opener in text for opener, _, _ in language.blocks):
        return tokens(text, language, state)[1]
    return ""


def tokens(text: str, language: Language, state: str) -> tuple[tuple[Seg, ...], str]:
    """A line's segments, and the opener of the multi-line string it ends inside of, "" for none."""
    out: list[Seg] = []
    at = 0
    if state:
        at, state = _close(text, 0, 0, state, language, out)
        if state:
            return tuple(out), state
    plain = at
    previous = ""
    scanner = _scanner(language)
    while match := scanner.search(text, at):
        kind, found, start = match.lastgroup, match.group(), match.start()
        at = match.end()
        style = _style(kind, found, previous, language)
        previous = found if kind == "word" else ""
        if not style:
            continue
        if start > plain:
            out.append(Seg(text[plain:start]))
        if kind == "block":
            at, state = _close(text, start, at, found, language, out)
        elif kind == "comment":
            out.append(Seg(text[start:], COMMENT))
            at = len(text)
        else:
            out.append(Seg(found, style))
        plain = at
        if state:
            return tuple(out), state
    if plain < len(text):
        out.append(Seg(text[plain:]))
    return tuple(out), ""


def _style(kind: str | None, found: str, previous: str, language: Language) -> str:
    if kind == "word":
        if found in language.keywords:
            return KEYWORD
        return NAME if previous in language.definers else ""
    return STRING


def _close(
    text: str, start: int, inside: int, opener: str, language: Language, out: list[Seg]
) -> tuple[int, str]:
    """Take a multi-line string from `start`, its content from `inside`; returns where it ends, and the state."""
    closer, style = next((c, s) for o, c, s in language.blocks if o == opener)
    end = text.find(closer, inside)
    if end < 0:
        if text[start:]:
            out.append(Seg(text[start:], style))
        return len(text), opener
    end += len(closer)
    out.append(Seg(text[start:end], style))
    return end, ""
