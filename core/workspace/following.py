"""Where a file and its lines went between two commits, asked of git in as few processes as can be."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rootcase.core.model.code import Commit
from rootcase.core.model.errors import RepositoryError
from rootcase.core.workspace.git import Git, GitAnswer, failed
from rootcase.core.workspace.gitread import LOG_FORMAT, commits

HOPS = 20
PATCHES_LIMIT = 8 * 1024 * 1024
# git gives up on renames of changed files beyond a thousand by itself, without a word.
RENAME_LIMIT = "3000"
_PLAIN = ("--no-ext-diff", "--no-textconv", "--no-color", "--src-prefix=a/", "--dst-prefix=b/")
_MARK = "\x01\x02"


async def line_diff(
    git: Git, old: tuple[str, str], new: tuple[str, str], *, algorithm: str, limit: int
) -> str:
    """The diff without context of two files, each given as (commit, path); "" where they are equal.

    algorithm: "" for git's own, else `histogram`, `patience` or `minimal`.
    """
    arguments = ["diff", *_PLAIN, "-U0"]
    if algorithm:
        arguments.append(f"--diff-algorithm={algorithm}")
    arguments += [f"{old[0]}:{old[1]}", f"{new[0]}:{new[1]}"]
    answer = await git.run(arguments, limit=limit)
    if answer.cut:
        raise RepositoryError(
            f"The changes of {old[1]} are too many to follow",
            f"Its diff is larger than {limit // 1024 // 1024} MB.",
            "Look at both versions in your editor.",
        )
    if answer.code != 0:
        raise failed(arguments, answer, git.folder)
    return answer.text


async def renamed_to(
    git: Git, old: str, new: str, path: str, blobs_old: Mapping[str, str], blobs_new: Mapping[str, str]
) -> str:
    """The path at `new` of the file that is `path` at `old`, followed through every rename; "" where it is gone."""
    here, since = path, old
    for _ in range(HOPS):
        if here in blobs_new:
            return here
        twins = [name for name, blob in blobs_new.items() if blob == blobs_old.get(here, "-")]
        if len(twins) == 1 and twins[0] not in blobs_old:
            return twins[0]
        deleted = await _deleting_commit(git, f"{since}..{new}", here)
        if not deleted:
            break
        target = await _target(git, ["show", "--format=", "--diff-merges=first-parent", deleted], here)
        if not target or target == here:
            break
        here, since = target, deleted
    direct = await _target(git, ["diff", old, new], path)
    return direct if direct in blobs_new else ""


async def _deleting_commit(git: Git, revisions: str, path: str) -> str:
    """The newest commit of the range that took the path away, "" where none did."""
    # `--diff-merges` brings the patch with it, unless `-s` says that the name of the commit is all.
    arguments = [
        "log",
        "-1",
        "--format=%H",
        "-s",
        "--no-renames",
        "--diff-filter=D",
        "--diff-merges=first-parent",
    ]
    answer = await git.run([*arguments, revisions, "--", path])
    return answer.text.strip() if answer.code == 0 else ""


async def _target(git: Git, command: list[str], path: str) -> str:
    """What a commit or a diff renamed the path to, "" where it did not."""
    head, *rest = command
    options = ["--name-status", "-z", "-M40%", "-l", RENAME_LIMIT, "--no-ext-diff", "--diff-filter=R"]
    answer = await git.run([head, *options, *rest], deadline_s=30.0)
    if answer.code != 0:
        return ""
    fields = answer.text.lstrip("\n").split("\0")
    for at in range(0, len(fields) - 2, 3):
        if fields[at].startswith("R") and fields[at + 1] == path:
            return fields[at + 2]
    return ""


async def patches(
    git: Git, revisions: str, paths: tuple[str, ...], *, limit: int
) -> tuple[tuple[Commit, str], ...]:
    """Commits of a range that touch the paths, newest first, each with its patch of them and without context."""
    arguments = [
        "log", f"--max-count={limit}", f"--format={_MARK}{LOG_FORMAT}{_MARK}", "-p", "-U0", "-M",
        "--diff-merges=first-parent", *_PLAIN, revisions, "--", *paths,
    ]  # fmt: skip
    answer = await git.run(arguments, limit=PATCHES_LIMIT, deadline_s=30.0)
    if answer.code != 0 and not answer.cut:
        return ()
    return tuple(_split(answer))


def _split(answer: GitAnswer) -> list[tuple[Commit, str]]:
    out = []
    parts = answer.text.split(_MARK)
    for head, patch in zip(parts[1::2], parts[2::2], strict=False):
        found = commits(head)
        if found:
            out.append((found[0], patch.lstrip("\n")))
    return out


async def surviving(git: Git, old: str, new: str, path: str, line: int) -> tuple[str, str, int]:
    """How far a line lives on from `old` towards `new`, step by step: (last commit, path, line) there.

    By `git blame --reverse`; ("", "", 0) where it cannot say, as when `old` is no ancestor.
    """
    arguments = ["blame", "--reverse", "--porcelain", f"-L{line},{line}", f"{old}..{new}", "--", path]
    try:
        answer = await git.run(arguments, deadline_s=5.0)
    except RepositoryError:
        return "", "", 0
    first = re.match(r"([0-9a-f]{40,64}) (\d+) \d+", answer.text)
    if answer.code != 0 or first is None:
        return "", "", 0
    name = re.search(r"^filename (.+)$", answer.text, re.MULTILINE)
    return first.group(1), name.group(1) if name else path, int(first.group(2))
