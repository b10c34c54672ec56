"""What all steps of one proof share: the draft's text, the clock, the workspace, and the test evidence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk
from rootcase.core.model.entries import EvidenceRecorded
from rootcase.core.model.evidence import Evidence, Numbering
from rootcase.core.model.ports import Control, Fingerprinter, Workspace
from rootcase.core.model.proofs import NO_TESTS, ProofResult, ProofStep, StepOutcome, TestResult, TestRun

LEAST_S = 5.0
LONGEST_RUN_S = 600.0
NO_TIME = "The minutes for proof are used up; `budget: proof_minutes` gives more."


class DraftChanged(Exception):
    """The draft's text is no longer what is being proved."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One run of tests on one exact tree."""

    tree: str
    run: TestRun

    @property
    def bad(self) -> bool:
        """Something failed, or nothing could be read, which a draft must not cause either."""
        return bool(self.run.failed or self.run.problem)


@dataclass(slots=True)
class Found:
    """What earlier steps found out, for later ones.

    suite_runs: the tests can run here at all. red: the reproduction's failing results on the base.
    scope: the test files that stand for the suite where all of it takes too long; empty for all of it.
    """

    suite_runs: bool = False
    failing_before: frozenset[str] = frozenset()
    tests_before: int = 0
    scope: tuple[str, ...] = ()
    results_after: tuple[TestResult, ...] = ()
    suite_seconds: float = 0.0
    red: tuple[TestResult, ...] = ()
    red_evidence: str = ""
    selection: tuple[str, ...] = ()
    green_seconds: float = 0.0


@dataclass(slots=True)
class Session:
    """One proof of one exact draft. until: `time.monotonic` moment at which proof's minutes are used up."""

    case: Case
    draft: Draft
    workspace: Workspace
    fingerprinter: Fingerprinter
    control: Control
    until: float
    again: bool
    found: Found = field(default_factory=Found)
    recorded: list[Evidence] = field(default_factory=list)
    numbering: Numbering = field(init=False)

    def __post_init__(self) -> None:
        self.numbering = Numbering(self.case.evidence)

    @property
    def tests(self) -> tuple[Hunk, ...]:
        return tuple(hunk for hunk in self.draft.accepted if hunk.test)

    @property
    def code(self) -> tuple[Hunk, ...]:
        return tuple(hunk for hunk in self.draft.accepted if not hunk.test)

    @property
    def seconds_left(self) -> float:
        return self.until - time.monotonic()

    async def check(self) -> None:
        """Between commands: StopRequested when a human stopped it, DraftChanged when the text has moved on."""
        began = time.monotonic()
        fresh = await self.control.checkpoint()
        self.until += time.monotonic() - began  # a pause does not use up proof's minutes
        if fresh.draft is not None and fresh.draft.digest != self.draft.digest:
            raise DraftChanged

    async def tried(
        self, hunks: Sequence[Hunk], selection: Sequence[str], *, most_s: float = LONGEST_RUN_S
    ) -> Tried:
        """Run tests on exactly base + hunks. EditError where the hunks do not fit the base."""
        await self.check()
        tree = await self.workspace.apply(hunks)
        deadline_s = max(LEAST_S, min(most_s, self.seconds_left))
        run = await self.workspace.run_tests(selection, deadline_s=deadline_s)
        return Tried(tree, run)

    async def say(self, text: str) -> None:
        await self.control.publish("tests", text)

    def result(
        self, step: ProofStep, outcome: StepOutcome, summary: str, *, tree: str = "", problem: str = ""
    ) -> ProofResult:
        """A result for this draft's exact text."""
        return ProofResult(
            step, self.draft.number, self.draft.digest, tree, outcome, summary, problem=problem
        )

    def unread(self, step: ProofStep, tried: Tried) -> ProofResult:
        """A step whose tests gave no result: the draft's doing where the base's do, else a problem of this place."""
        why = tried.run.problem
        # A runner that has never found a test here is not the one that would run these.
        blind = why == NO_TESTS and not self.found.tests_before
        if self.found.suite_runs and not blind:
            return self.result(step, "failed", f"No result: {why}", tree=tried.tree)
        return self.result(step, "failed", "The tests cannot run here.", tree=tried.tree, problem=why)

    def known(self, step: ProofStep) -> ProofResult | None:
        """What an earlier proof of this exact text found well, unless it is to be run again."""
        if self.again:
            return None
        return next(
            (p for p in reversed(self.case.proofs)
             if p.step == step and p.digest == self.draft.digest and p.outcome == "ok"),
            None,
        )  # fmt: skip

    def evidence(self, results: Iterable[TestResult], how: str, tree: str) -> EvidenceRecorded | None:
        """Test results as evidence; what is recorded already, word for word, keeps its id and is left out."""
        new = []
        for result in results:
            data = (("test", result.id), ("how", how), ("outcome", result.outcome), ("tree", tree))
            if self._recorded(result.id, how, result.text) is None:
                label = f"{result.id} {result.outcome} {how}"
                new.append(Evidence(self.numbering.next("test"), "test", label, result.text, data=data))
        self.recorded.extend(new)
        return EvidenceRecorded(tuple(new)) if new else None

    def _recorded(self, test: str, how: str, text: str) -> Evidence | None:
        for item in (*self.recorded, *self.case.evidence):
            data = dict(item.data)
            if (
                item.kind == "test"
                and data.get("test") == test
                and data.get("how") == how
                and item.text == text
            ):
                return item
        return None

    def evidence_id(self, result: TestResult, how: str) -> str:
        item = self._recorded(result.id, how, result.text)
        return item.id if item else ""


def listed(names: Sequence[str], most: int = 3) -> str:
    """`a, b, c and 4 more`."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def tests(count: int) -> str:
    return f"{count} test" if count == 1 else f"{count} tests"
