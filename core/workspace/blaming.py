"""Who last changed each line of a file, passing over the commits that the repository says only reformatted."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from rootcase.core.model.code import BlameLine
from rootcase.core.workspace.git import Git, failed, says_absent
from rootcase.core.workspace.gitread import blame_lines

IGNORE_REVS = ".git-blame-ignore-revs"
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
MOST_IGNORED = 1_000


async def blame_file(
    git: Git, folder: Path, commit: str, path: str, lines: tuple[int, int], listed: str | None
) -> tuple[BlameLine, ...]:
    """The lines with who changed them; empty where the path or the lines are not there.

    Args: folder: where a list for git may be kept. listed: the text of `.git-blame-ignore-revs`, None for none.
    """
    start, end = lines
    arguments = ["blame", "--porcelain", "-w", "-M", f"-L{max(1, start)},{max(1, start, end)}"]
    ignored = await _ignored(git, folder, listed) if listed else None
    if ignored:
        arguments.append(f"--ignore-revs-file={ignored}")
    arguments += [commit, "--", path]
    answer = await git.run(arguments)
    if answer.code != 0:
        if says_absent(answer.error):
            return ()
        raise failed(arguments, answer, folder)
    return blame_lines(answer.text)


async def _ignored(git: Git, folder: Path, listed: str) -> Path | None:
    """A file for git with the known revisions of the repository's list; git refuses a list with others."""
    target = folder / f"rootcase-ignore-revs-{hashlib.sha256(listed.encode()).hexdigest()[:12]}"
    if target.is_file():
        return target if target.stat().st_size else None
    named = [line.split("#")[0].strip() for line in listed.splitlines()]
    shas = [sha for sha in dict.fromkeys(named) if _SHA.match(sha)][:MOST_IGNORED]
    asked = "".join(f"{sha}^{{commit}}\n" for sha in shas).encode()
    answer = await git.run(["cat-file", "--batch-check=%(objectname) %(objecttype)"], input=asked)
    good = [row.split(" ")[0] for row in answer.text.splitlines() if row.endswith(" commit")]
    target.write_text("".join(f"{sha}\n" for sha in good))
    return target if good else None
