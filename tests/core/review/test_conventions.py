"""The repository's own checks on a draft: real commands in a real worktree, before and after."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, HunkState
from rootcase.core.model.entries import Reviewed
from rootcase.core.model.hunks import hunks_between, numbered, with_digest
from rootcase.core.review.conventions import conventions, reads
from rootcase.core.review.stage import base_texts, review
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.repository import open_repository

PRICING = '"""Prices."""\n\n\ndef price(cart):\n    return sum(cart)\n'
OLD = '"""Old code that nobody has formatted."""\nimport os\ndef old(): return 1\n'
RUFF = ("python", "-m", "ruff", "check", "--isolated", "--no-cache")


class Place:
    """A checkout with one clean file and one that its own checks refuse, and a worktree of it."""

    def __init__(self, root: Path) -> None:
        self.path, self.state = root / "shop", root / "state"
        self.path.mkdir()
        for name, text in (("pricing.py", PRICING), ("old.py", OLD)):
            (self.path / name).write_text(text)
        for call in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "Start"]):
            self.git(*call)

    def git(self, *arguments: str) -> str:
        names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
        done = subprocess.run(["git", *names, *arguments], cwd=self.path, capture_output=True, check=True)
        return done.stdout.decode().strip()

    async def open(self):
        settings = RepositorySettings(path=str(self.path), environment=sys.prefix, test_command=("pytest",))
        self.repository = await open_repository(settings, self.state)
        self.base = self.git("rev-parse", "HEAD")
        self.workspace = await open_workspace(
            "C-1", self.repository, settings, GuardrailSettings(), self.state, base_commit=self.base
        )
        return self

    def draft(self, **files: str) -> Draft:
        """A draft that makes `pricing_py="…"` the text of pricing.py."""
        named = {name.replace("_py", ".py"): text for name, text in files.items()}
        old = {"pricing.py": PRICING, "old.py": OLD}
        hunks = [
            h for path, text in named.items() for h in hunks_between(path, old.get(path), text, test=False)
        ]
        return with_digest(Draft(1, self.base, hunks=tuple(HunkState(h) for h in numbered(hunks))))


@pytest.fixture
async def place(tmp_path: Path) -> Place:
    return await Place(tmp_path).open()


async def test_what_fails_with_the_draft_alone_is_a_finding_at_its_line(place: Place):
    draft = place.draft(
        pricing_py=PRICING.replace("    return sum(cart)", "    total = sum(cart)\n    return sum(cart)")
    )
    found = await conventions(draft, place.workspace, [RUFF])
    assert [(f.severity, f.path) for f in found] == [("warn", "pricing.py")]
    hunk = next(h for h in draft.accepted if h.id == found[0].hunk)
    assert "total" in hunk.new[found[0].line] and "F841" in found[0].text
    assert await place.workspace.read("pricing.py") == PRICING.replace(
        "    return sum(cart)", "    total = sum(cart)\n    return sum(cart)"
    )


async def test_a_draft_that_passes_says_nothing(place: Place):
    draft = place.draft(pricing_py=PRICING.replace("sum(cart)", "sum(cart) + 0"))
    assert await conventions(draft, place.workspace, [RUFF]) == ()


async def test_what_failed_before_is_only_remarked_on(place: Place):
    draft = place.draft(old_py=OLD.replace("return 1", "return 2"))
    found = await conventions(draft, place.workspace, [RUFF])
    assert [f.severity for f in found] == ["info"] and "before" in found[0].text


async def test_a_check_that_is_not_installed_holds_nothing_up(place: Place):
    draft = place.draft(pricing_py=PRICING.replace("sum(cart)", "sum(cart) + 0"))
    found = await conventions(draft, place.workspace, [("no-such-linter",)])
    assert [f.severity for f in found] == ["info"]


async def test_a_file_of_another_language_is_not_given_to_a_check(place: Place):
    draft = place.draft(pricing_py=PRICING + "\n\nX = undefined_name\n")
    assert await conventions(draft, place.workspace, [("eslint",)]) == ()
    assert (
        reads(("npx", "eslint", "--fix-dry-run"))
        and reads(RUFF) == (".py", ".pyi")
        and reads(("make",)) == ()
    )


async def test_the_findings_stand_in_the_review_of_the_draft(place: Place):
    draft = place.draft(pricing_py=PRICING + "\n\nX = undefined_name\n")
    base = await base_texts(place.repository, draft)
    bodies = [
        body
        async for body in review(
            Case(drafts=(draft,)), base, GuardrailSettings(), 1, workspace=place.workspace, commands=[RUFF]
        )
    ]
    reviewed = bodies[0]
    assert isinstance(reviewed, Reviewed) and reviewed.verdict == "hold"
    assert any("F821" in finding.text for finding in reviewed.findings)
