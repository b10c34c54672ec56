"""Who had to do with the commits of a file: authors, co-authors, reviewers by trailer, and who merged them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rootcase.core.model.code import Credit, Person
from rootcase.core.safety.text import clean_line
from rootcase.core.workspace.git import Git

STEPS = 5_000
_TRAILERS = ("Reviewed-by", "Acked-by", "Approved-by", "Co-authored-by")
_KEYS = ",".join(f"key={name}" for name in _TRAILERS)
_FORMAT = f"%x02%H%x00%ct%x00%aN%x00%aE%x00%cN%x00%cE%x00%P%x00%(trailers:{_KEYS},separator=%x01)"
_FIELDS = 8
_PERSON = re.compile(r"^(?P<key>[\w-]+):\s*(?P<name>[^<>]{0,120}?)\s*<(?P<email>[^<>\s]{1,200})>")


async def read_credits(git: Git, revision: str, paths: Sequence[str], *, limit: int) -> tuple[Credit, ...]:
    """Credits of the newest commits that changed the paths, and of the merges that brought those in.

    Names are those of the repository's mailmap. Empty where the revision or the paths are not there.
    Only the newest 5,000 steps of the main line are walked: who knows a file *of late* is asked, and all of a
    long history takes seconds.
    """
    out: list[Credit] = []
    edge = await git.run(["rev-parse", "--verify", "--quiet", f"{revision}~{STEPS}^{{commit}}"])
    span = f"{edge.text.strip()}..{revision}" if edge.code == 0 else revision
    merges = ("--first-parent", "--merges")
    for only, count in ((("--no-merges",), limit), (merges, max(1, limit // 2))):
        arguments = ["log", f"--max-count={count}", f"--format={_FORMAT}", *only, span, "--", *paths]
        answer = await git.run(arguments)
        if answer.code == 0:
            out.extend(_credits(answer.text))
    return tuple(out)


def _credits(text: str) -> list[Credit]:
    out = []
    for record in text.split("\x02"):
        fields = record.rstrip("\n").split("\0")
        if len(fields) != _FIELDS:
            continue
        sha, when, author, email, committer, committed, parents, trailers = fields
        out.append(
            Credit(
                sha=sha,
                at_us=int(when) * 1_000_000 if when.isdigit() else 0,
                author=_person(author, email),
                committer=_person(committer, committed),
                merge=len(parents.split()) > 1,
                others=tuple(_others(trailers)),
            )
        )
    return out


def _others(trailers: str) -> list[tuple[str, Person]]:
    """(`reviewed`, person) of each trailer that names one."""
    out = []
    for line in trailers.split("\x01")[:20]:
        match = _PERSON.match(line.strip()[:400])
        if match:
            did = "wrote" if match["key"].lower() == "co-authored-by" else "reviewed"
            out.append((did, _person(match["name"], match["email"])))
    return out


def _person(name: str, email: str) -> Person:
    return Person(clean_line(name, limit=120), clean_line(email, limit=200))
