"""Trees and blobs as git prints them: `ls-tree -r -z` and `cat-file --batch`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rootcase.core.model.code import Tree
from rootcase.core.workspace.git import Git, failed

BATCH_LIMIT = 64 * 1024 * 1024


def tree_entries(text: str) -> Tree:
    """The entries of `ls-tree -r -z`: `mode type id TAB path`."""
    blobs: dict[str, str] = {}
    links: dict[str, str] = {}
    modules: dict[str, str] = {}
    for entry in text.split("\0"):
        head, tab, path = entry.partition("\t")
        if not tab:
            continue
        mode, kind, identifier = head.split(" ")[:3]
        if mode == "120000":
            links[path] = identifier
        elif kind == "blob":
            blobs[path] = identifier
        elif kind == "commit":
            modules[path] = identifier
    return Tree(blobs, links, modules)


async def read_blobs(git: Git, ids: Sequence[str], *, limit: int) -> Mapping[str, bytes]:
    """Blobs by id with two processes for all; what is missing or larger than `limit` bytes is left out.

    At most 64 MB are read; the rest is left out too, to be read one by one by who needs it.
    """
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return {}
    listed = "".join(f"{identifier}\n" for identifier in wanted).encode()
    sizes = await git.out("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", input=listed)
    fitting, total = [], 0
    for row in sizes.decode("ascii", "replace").splitlines():
        words = row.split(" ")
        if len(words) == 3 and words[1] == "blob" and int(words[2]) <= limit:
            total += int(words[2]) + 100
            if total > BATCH_LIMIT:
                break
            fitting.append(words[0])
    if not fitting:
        return {}
    listed = "".join(f"{identifier}\n" for identifier in fitting).encode()
    arguments = ["cat-file", "--batch"]
    answer = await git.run(arguments, input=listed, limit=BATCH_LIMIT + 1024 * 1024)
    if answer.code != 0 and not answer.out:
        raise failed(arguments, answer, git.folder)
    return _objects(answer.out)


def _objects(raw: bytes) -> dict[str, bytes]:
    """`id SP type SP size LF content LF` over and over; a missing one is `id SP missing LF`."""
    out: dict[str, bytes] = {}
    at = 0
    while at < len(raw):
        end = raw.find(b"\n", at)
        if end < 0:
            break
        words = raw[at:end].split(b" ")
        at = end + 1
        if len(words) == 3 and words[2].isdigit():
            size = int(words[2])
            out[words[0].decode("ascii", "replace")] = raw[at : at + size]
            at += size + 1
    return out
