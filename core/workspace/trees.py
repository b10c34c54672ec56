"""From hunks to a git tree and onto disk, by git itself, so that modes and links stay what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import EditError, GuardrailError
from rootcase.core.model.hunks import applied_all
from rootcase.core.safety.paths import matches, normal
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.repository import GitRepository

FILE_MODE = "100644"


def checked_path(path: str, protected: Sequence[str]) -> str:
    """The path as it is kept. GuardrailError where it is protected, outside, or git's own."""
    plain = normal(path)
    if not plain or plain != path:
        raise GuardrailError(
            f"{path!r} is no path of the repository", "It is not in plain form.", f"Use {plain!r}."
        )
    if any(part.rstrip(". ").casefold() in (".git", "git~1") for part in plain.split("/")):
        raise GuardrailError(f"{path} belongs to git", "No draft may touch git's own files.", "Leave it out.")
    rule = matches(plain, protected)
    if rule is not None:
        raise GuardrailError(
            f"{path} is protected",
            f"`guardrails: protected_files` has {rule!r}.",
            "Change it by hand if it must change; Rootcase does not.",
        )
    return plain


def decoded(path: str, raw: bytes | None) -> str | None:
    """Exact text, or EditError: text that was decoded with losses must never be written back."""
    if raw is None:
        return None
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise EditError(
            f"{path} is not UTF-8 text",
            "Editing it would change bytes that nobody meant to.",
            "Change it by hand.",
        ) from None


async def tree_of(repository: GitRepository, base: str, hunks: Sequence[Hunk], index: Path) -> str:
    """The tree id of base + hunks, written to the object store; nothing on disk changes.

    index: a file that may be overwritten. EditError where a hunk does not fit.
    """
    paths = tuple(dict.fromkeys(hunk.path for hunk in hunks))
    texts = {path: decoded(path, await repository.read_bytes(base, path)) for path in paths}
    new = applied_all(texts, hunks)
    return await tree_with(repository.git, base, new, index)


async def tree_with(git: Git, base: str, texts: Mapping[str, str | None], index: Path) -> str:
    """The tree id of base with those files' texts; None deletes a file."""
    private = {"GIT_INDEX_FILE": str(index)}
    await git.out("read-tree", base, environment=private)
    modes = await _modes(git, base, tuple(texts))
    entries = []
    for path, text in texts.items():
        _must_be_a_file(path, modes)
        if text is None:
            entries.append(f"0 {'0' * len(base)}\t{path}\0")
            continue
        blob = await git.out(
            "hash-object", "-w", "--stdin", "--no-filters", input=text.encode("utf-8", "surrogatepass")
        )
        entries.append(f"{modes.get(path, FILE_MODE)} {blob.decode().strip()}\t{path}\0")
    await git.out("update-index", "-z", "--index-info", input="".join(entries).encode(), environment=private)
    return (await git.out("write-tree", environment=private)).decode().strip()


def _must_be_a_file(path: str, modes: Mapping[str, str]) -> None:
    """Git would quietly replace a folder, a link or a submodule that stands in the way."""
    if modes.get(path) in ("040000", "160000"):
        kind = "folder" if modes[path] == "040000" else "submodule"
        raise EditError(f"{path} is a {kind}", "A file was to be written there.", "Choose another path.")
    for parent in _parents(path):
        if modes.get(parent, "040000") != "040000":
            raise EditError(f"{path} cannot be written", f"{parent} is no folder.", "Choose another path.")


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


async def _modes(git: Git, base: str, paths: Sequence[str]) -> dict[str, str]:
    if not paths:
        return {}
    asked = dict.fromkeys(name for path in paths for name in (path, *_parents(path)))
    text = "".join([await git.text("ls-tree", "-z", "--full-tree", base, "--", name) for name in asked])
    entries = (entry.split("\t", 1) for entry in text.split("\0") if entry)
    return {path: head.split(" ", 1)[0] for head, path in entries}
