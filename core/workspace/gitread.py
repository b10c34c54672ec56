"""What git prints, as our types: log, blame and grep output."""

from __future__ import annotations

from collections.abc import Iterator

from rootcase.core.model.code import BlameLine, Commit, GrepHit
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean_line

# An empty field cannot be a file name, so two NULs in a row start a commit whatever its subject holds.
LOG_FORMAT = "%x00%x00%H%x00%aN%x00%aE%x00%ct%x00%s"
_FIELDS = 5
_LINE_LIMIT = 400


def commits(text: str, *, files: tuple[str, ...] = ()) -> tuple[Commit, ...]:
    """Commits of `git log -z --format=LOG_FORMAT`, with or without --name-only; files: for all, where given."""
    parts = text.split("\0")
    out = []
    at = 0
    while at < len(parts):
        if parts[at].strip("\n"):
            at += 1
            continue
        while at < len(parts) and not parts[at].strip("\n"):
            at += 1
        if at + _FIELDS > len(parts):
            break
        sha, author, email, when, subject = parts[at : at + _FIELDS]
        at += _FIELDS
        names = []
        while at < len(parts) and parts[at].strip("\n"):
            names.append(parts[at].lstrip("\n"))
            at += 1
        out.append(_commit(sha, author, email, when, subject.rstrip("\n"), files or tuple(names)))
    return tuple(out)


def _commit(sha: str, author: str, email: str, when: str, subject: str, files: tuple[str, ...]) -> Commit:
    return Commit(
        sha=sha,
        author=clean_line(author, limit=120),
        email=clean_line(email, limit=200),
        at_us=int(when) * 1_000_000 if when.isdigit() else 0,
        # Redacted before anybody cuts it: half a token is no token's shape any more.
        subject=Redactor().text(clean_line(subject, limit=_LINE_LIMIT)),
        files=files,
    )


def blame_lines(text: str) -> tuple[BlameLine, ...]:
    """The lines of `git blame --porcelain`; a commit's header stands only where it is first named."""
    known: dict[str, dict[str, str]] = {}
    return tuple(_blamed(text, known))


def _blamed(text: str, known: dict[str, dict[str, str]]) -> Iterator[BlameLine]:
    sha, line = "", 0
    for row in text.split("\n"):
        if row.startswith("\t"):
            head = known[sha]
            commit = _commit(
                sha, head.get("author", ""), head.get("author-mail", "").strip("<>"), head.get("committer-time", ""),
                head.get("summary", ""), (head["filename"],) if "filename" in head else (),
            )  # fmt: skip
            yield BlameLine(line, commit, row[1:].rstrip("\r"))
            sha = ""
        elif not sha and row:
            words = row.split(" ")
            sha, line = words[0], int(words[2])
            known.setdefault(sha, {})
        elif sha:
            name, _, value = row.partition(" ")
            known[sha][name] = value


def grep_hits(text: str, commit: str, limit: int) -> tuple[GrepHit, ...]:
    """The hits of `git grep -n -z COMMIT`: `commit:path NUL line NUL text`; a last half line is dropped."""
    out = []
    for row in text.split("\n"):
        fields = row.split("\0", 2)
        if len(fields) == 3 and fields[1].isdigit():
            out.append(
                GrepHit(
                    fields[0].removeprefix(f"{commit}:"), int(fields[1]), fields[2].rstrip("\r")[:_LINE_LIMIT]
                )
            )
            if len(out) >= limit:
                break
    return tuple(out)
