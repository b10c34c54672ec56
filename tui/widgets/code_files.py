"""What the code pane has read so far: files, blame and commits by place, or why one cannot be shown."""

from __future__ import annotations

from rootcase.core.desk import Desk
from rootcase.core.model.case import Case
from rootcase.core.model.code import BlameLine
from rootcase.core.model.errors import RepositoryError, RootcaseError
from rootcase.tui.render.fault import Fault, fault_of

File = tuple[str, ...]
BLAME_AROUND = 150


class CodeFiles:
    """Each file at a commit is read once; a failure is kept too, until `forget`."""

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], File | Fault] = {}
        self._blame: dict[tuple[str, str], dict[int, BlameLine]] = {}
        self._patches: dict[str, File | Fault] = {}

    def file(self, path: str, commit: str) -> File | Fault | None:
        """The lines, why there are none, or None while nobody has asked for them."""
        return self._files.get((path, commit))

    def blame(self, path: str, commit: str) -> dict[int, BlameLine] | None:
        return self._blame.get((path, commit))

    def patch(self, sha: str) -> File | Fault | None:
        """A commit's patch as lines."""
        return self._patches.get(sha)

    def forget(self) -> None:
        """Read everything anew when it is asked for."""
        self._files.clear()
        self._blame.clear()
        self._patches.clear()

    async def read_file(self, desk: Desk, case: Case, path: str, commit: str) -> None:
        if not commit:
            why = case.code.release_how if case.code else "the code is not mapped yet"
            self._files[path, commit] = Fault(f"Cannot show {path} at the release", why, "v shows HEAD.")
            return
        try:
            self._files[path, commit] = await desk.code(case, path, commit)
        except RootcaseError as error:
            self._files[path, commit] = fault_of(error)

    async def read_blame(self, desk: Desk, case: Case, path: str, commit: str, line: int) -> None:
        """Blame of the lines around `line`; a file that cannot be blamed has an empty margin."""
        lines = self._files.get((path, commit))
        if not isinstance(lines, tuple) or (path, commit) in self._blame:
            return
        start, end = max(1, line - BLAME_AROUND), min(len(lines), line + BLAME_AROUND)
        try:
            found = await desk.blame(case, path, commit, start, end)
        except RepositoryError:
            found = ()
        self._blame[path, commit] = {item.line: item for item in found}

    async def read_patch(self, desk: Desk, case: Case, sha: str) -> None:
        from rootcase.core.safety.text import clean

        try:
            text = await (await desk.repository(case)).patch(sha)
            self._patches[sha] = tuple(clean(text).expandtabs(4).split("\n"))
        except RootcaseError as error:
            self._patches[sha] = fault_of(error)
