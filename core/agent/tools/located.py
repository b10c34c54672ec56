"""The file of the repository that a model means: with a line behind it, from a trace, or from a diff."""

from __future__ import annotations

import re

from rootcase.core.agent.tools.places import At, Places, tidy
from rootcase.core.model.errors import GuardrailError

_LINES = re.compile(r"(?::L?\d+(?:[-:]L?\d+)*|#L\d+(?:-L?\d+)?)$")


async def located(places: Places, asked: str, at: At = "", *, may_be_new: bool = False) -> str:
    """The path as git names it; as it was asked for, tidied, where the repository has nothing like it.

    may_be_new: a file that is not there yet, so that its folder is what has to be there.
    GuardrailError where it leads out of the repository and nothing in it is meant.
    """
    text = _LINES.sub("", asked.strip().strip("`'\"")).removeprefix("file://")
    root = str(places.workspace.root) if places.workspace is not None else ""
    if root and text.startswith(root.rstrip("/") + "/"):
        text = text[len(root.rstrip("/")) + 1 :]
    outside: GuardrailError | None = None
    try:
        path = tidy(text)
    except GuardrailError as fault:
        path, outside = "", fault
    files = await places.files(at)
    if path and (path in files or any(file.startswith(path + "/") for file in files)):
        return path
    found = _meant(text, files, may_be_new=may_be_new)
    if found:
        return found
    if outside is not None:
        raise outside
    return path


def _meant(text: str, files: tuple[str, ...], *, may_be_new: bool) -> str:
    """The one file whose path ends as the asked one does, or that the asked one ends with; "" for none or several."""
    parts = [part for part in text.replace("\\", "/").split("/") if part not in ("", ".")]
    if ".." in parts or not parts:
        return ""
    known = set(files)
    # The same name in another folder is another file, unless the folders are a machine's or a diff's.
    elsewhere = text.startswith("/") or parts[0] in ("a", "b")
    for start in range(len(parts)):
        if start and not elsewhere and len(parts) - start < 2:
            break
        tail = "/".join(parts[start:])
        if start and tail in known:
            return tail
        longer = [file for file in files if file.endswith("/" + tail)]
        if len(longer) == 1:
            return longer[0]
        if longer:
            return ""
        folder = "/".join(parts[start:-1])
        if may_be_new and start and folder and any(file.startswith(folder + "/") for file in files):
            return tail
    return ""
