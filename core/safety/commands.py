"""Whether a command line would run something that the guardrails forbid, however it is wrapped.

This is the first wall and reads only what stands on the command line; what a program does by itself is
the sandbox's to stop.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Sequence

from rootcase.core.safety.shell import read

MAX_DEPTH = 8
TOO_DEEP = f"commands nested more than {MAX_DEPTH} deep"

_SHELLS = frozenset(("sh", "bash", "dash", "zsh", "ksh", "ash", "fish", "mksh", "busybox"))
_LANGUAGES = re.compile(r"(python|pypy|perl|ruby|node|nodejs|php|lua|deno|bun)[\d.]*")
_WRAPPER_WORDS = (
    "env sudo doas nohup time timeout gtimeout nice ionice stdbuf setsid xargs exec command builtin watch strace "
    "ltrace unshare chroot busybox parallel flock su runuser chrt taskset caffeinate script ssh-agent dbus-run-session "
    "uv uvx poetry pipenv pdm hatch rye npx bunx pipx pnpm yarn npm run find fd not coproc unbuffer faketime"
)
_WRAPPERS = frozenset(_WRAPPER_WORDS.split())
_KEYWORD_WORDS = "if then elif else do while until ! time { } in case function for select"
_KEYWORDS = frozenset(_KEYWORD_WORDS.split())
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_CODE_OPTIONS = re.compile(r"-[a-zA-Z]*[cepr]|--eval|--command|--print")


def blocked(argv: Sequence[str], patterns: Iterable[str]) -> str | None:
    """The pattern that forbids the command line, or None.

    A pattern is a program and the words after it (`kubectl apply`); options may stand between. Seen
    through: paths, quotes, shells with `-c`, pipes and lists, substitutions, wrappers such as `env`,
    `sudo` or `xargs`, simple variables, and program text given to an interpreter.
    """
    rules = [(pattern, words) for pattern in patterns if (words := [w.casefold() for w in pattern.split()])]
    return _Search(rules).argv([str(word) for word in argv], 0)


class _Search:
    def __init__(self, rules: list[tuple[str, list[str]]]) -> None:
        self.rules = rules

    def script(self, text: str, depth: int) -> str | None:
        if depth > MAX_DEPTH:
            return TOO_DEEP
        script = read(text)
        for index, words in enumerate(script.commands):
            if found := self.argv(_without_keywords(words), depth + 1):
                return found
            if index in script.piped and _program(words[0]) in _SHELLS:
                # `echo kubectl apply | sh`: what is printed is what runs.
                script.nested.append(" ".join(script.commands[index - 1][1:]))
        nested = (self.script(inner, depth + 1) for inner in script.nested)
        return next((found for found in nested if found), None)

    def argv(self, argv: list[str], depth: int) -> str | None:
        if depth > MAX_DEPTH:
            return TOO_DEEP
        argv = _without_assignments(argv)
        if not argv:
            return None
        if len(argv) == 1 and re.search(r"\s", argv[0]):
            return self.script(argv[0], depth + 1)
        return self._direct(argv) or self._inside(argv, depth)

    def _direct(self, argv: list[str]) -> str | None:
        program = _program(argv[0])
        for pattern, words in self.rules:
            if _same(words[0], program) and _follow(words[1:], argv[1:]):
                return pattern
        return None

    def _inside(self, argv: list[str], depth: int) -> str | None:
        """What the program would run in turn, where its arguments say so."""
        program, rest = _program(argv[0]), argv[1:]
        if program == "eval":
            return self.script(" ".join(rest), depth + 1)
        if _LANGUAGES.fullmatch(program):
            return self._interpreter(rest, depth)
        found = None
        if program in _SHELLS or program in ("su", "script", "flock", "watch", "runuser"):
            found = self._shell(rest, depth)
        if program in ("env", "busybox") or program in _WRAPPERS:
            found = found or self._wrapped(program, rest, depth)
        return found

    def _shell(self, rest: list[str], depth: int) -> str | None:
        for index, word in enumerate(rest):
            if re.fullmatch(r"-[A-Za-z]*c[A-Za-z]*|--command", word):
                texts = [w for w in rest[index + 1 :] if not w.startswith(("-", "+"))][:1]
                return self.script(texts[0], depth + 1) if texts else None
            if word.startswith("--command="):
                return self.script(word.partition("=")[2], depth + 1)
        return self.script(" ".join(rest), depth + 1) if rest and " " in rest[-1] else None

    def _wrapped(self, program: str, rest: list[str], depth: int) -> str | None:
        if program == "env":
            for index, word in enumerate(rest):
                if match := re.fullmatch(r"(?:-[a-zA-Z]*S|--split-string=?)(.*)", word, re.DOTALL):
                    text = " ".join([match[1], *rest[index + 1 :]])
                    return self.script(text, depth + 1)
        if program in ("find", "fd"):
            starts = [
                i + 1
                for i, word in enumerate(rest)
                if word in ("-exec", "-execdir", "-ok", "-okdir", "-x", "-X")
            ]
        else:
            starts = _starts(rest)
        found = (self.argv(rest[start:], depth + 1) for start in starts)
        return next((each for each in found if each), None)

    def _interpreter(self, rest: list[str], depth: int) -> str | None:
        for index, word in enumerate(rest):
            if word == "-m":
                return self.argv(rest[index + 1 :], depth + 1)
            if word.startswith("-m") and not word.startswith("--"):
                return self.argv([word[2:], *rest[index + 1 :]], depth + 1)
            if _CODE_OPTIONS.fullmatch(word) and index + 1 < len(rest):
                return self._code(rest[index + 1])
            if not word.startswith("-"):
                return None
        return None

    def _code(self, code: str) -> str | None:
        """Program text: a pattern's words in a row, with anything but word characters between them."""
        for pattern, words in self.rules:
            if re.search(
                r"(?<![\w-])" + r"\W{1,20}".join(map(re.escape, words)) + r"(?![\w-])", code.casefold()
            ):
                return pattern
        return None


def _program(word: str) -> str:
    name = re.split(r"[/\\]", word)[-1].casefold()
    return name.removesuffix(".exe").removesuffix(".cmd").removesuffix(".bat")


def _same(wanted: str, program: str) -> bool:
    """Equal, or `program` is a shell glob that would expand to it."""
    return wanted == program or (bool(re.search(r"[*?\[]", program)) and fnmatch.fnmatchcase(wanted, program))


def _follow(words: list[str], rest: list[str]) -> bool:
    """Whether `words` come next, with options and the values of options in between."""
    if not words:
        return True
    starts = _starts(rest)
    return any(rest[i].casefold() == words[0] and _follow(words[1:], rest[i + 1 :]) for i in starts)


def _starts(rest: list[str]) -> list[int]:
    """Positions where the next word of a command can stand: behind options, their values, assignments, numbers."""
    starts = []
    for index, word in enumerate(rest):
        previous = rest[index - 1] if index else ""
        if word.startswith("-") and word != "-":
            continue
        starts.append(index)
        is_value = previous.startswith("-") and previous != "--" and "=" not in previous
        if not (
            is_value or _ASSIGNMENT.match(word) or re.fullmatch(r"[\d.]+[smhd]?|run|exec|x|dlx|tool|-", word)
        ):
            break
    return starts


def _without_assignments(argv: list[str]) -> list[str]:
    start = 0
    while start < len(argv) and _ASSIGNMENT.match(argv[start]):
        start += 1
    return argv[start:]


def _without_keywords(words: list[str]) -> list[str]:
    start = 0
    while start < len(words) and words[start] in _KEYWORDS:
        start += 1
    return words[start:]
