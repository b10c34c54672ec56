"""A patch from anywhere as a case with one draft: mapped, examined, and proved where asked."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.codemap.stage import codemap
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import GuardrailSettings, RepositorySettings, Settings
from rootcase.core.gate.evidence import event_evidence
from rootcase.core.model.case import Case
from rootcase.core.model.drafts import Draft, Hunk, HunkState
from rootcase.core.model.entries import CodeMapped, EvidenceRecorded, Proved
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.events import Event
from rootcase.core.model.hunks import with_digest
from rootcase.core.model.ports import Repository
from rootcase.core.model.proofs import Finding, ProofResult
from rootcase.core.pipeline.baselines import Baselines
from rootcase.core.proof.stage import prove
from rootcase.core.proof.verdict import proof_findings
from rootcase.core.review.change import is_test_path
from rootcase.core.review.stage import Verdict, base_texts, examine, own_checks, verdict, worst_first
from rootcase.core.workspace.opening import open_workspace
from rootcase.core.workspace.patches import hunks_from_patch
from rootcase.core.workspace.repository import open_repository

Tell = Callable[[str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Looked:
    """What review says about a patch. missing: what could not be looked at, in sentences."""

    case: Case
    findings: tuple[Finding, ...]
    verdict: Verdict
    proofs: tuple[ProofResult, ...] = ()
    missing: tuple[str, ...] = ()


class Still:
    """The `Control` port of one look at one text: nobody changes it meanwhile; an interrupt ends the process."""

    def __init__(self, case: Case, tell: Tell | None = None) -> None:
        self._case = case
        self._tell = tell

    async def checkpoint(self) -> Case:
        return self._case

    async def publish(self, channel: str, text: str) -> None:
        if self._tell is not None:
            await self._tell(f"{channel}: {text}")


async def patch_case(
    text: str, base: str, repository: Repository, settings: RepositorySettings, configured: Settings,
    events: Sequence[Event] = (), *, commit: str = "",
) -> tuple[Case, tuple[str, ...]]:  # fmt: skip
    """(a case whose draft is the patch, what is missing).

    Args: base: full sha the patch is against; the event is mapped there. commit: the release's, where known.
    EditError where the patch does not fit. An event that cannot be mapped is told, and costs its checks alone.
    """

    async def read(path: str) -> str | None:
        return await repository.read(base, path)

    hunks = tuple(replace(h, test=is_test_path(h.path)) for h in await hunks_from_patch(text, read))
    draft = Draft(1, base, "human", tuple(HunkState(hunk) for hunk in hunks), test_ids=test_files(hunks))
    case = Case(service=settings.label, drafts=(with_digest(draft),))
    if not events:
        return case, ()
    case = replace(case, fingerprint=DefaultFingerprinter(configured).event(events[0]))
    case = replace(case, evidence=event_evidence((), events[0]))
    try:
        async for body in codemap(case, events, repository, settings, commit=commit or base, head=base):
            if isinstance(body, EvidenceRecorded):
                case = replace(case, evidence=(*case.evidence, *body.evidence))
            elif isinstance(body, CodeMapped):
                case = replace(case, code=body.path)
    except RepositoryError as fault:
        return case, (f"The event was not mapped: {fault.title}",)
    told = () if case.code is None or case.code.failing else ("No frame of the event is in this repository.",)
    return case, told


async def look(case: Case, repository: Repository, guardrails: GuardrailSettings) -> Looked:
    """The static checks of a case's draft."""
    assert case.draft is not None
    findings = examine(case, case.draft, await base_texts(repository, case.draft), guardrails)
    return Looked(replace(case, findings=findings), findings, verdict(findings))


async def proved(looked: Looked, loaded: Loaded, settings: RepositorySettings, tell: Tell) -> Looked:
    """The same with what running code and the repository's own checks show, in a worktree that goes again after."""
    draft = looked.case.draft
    assert draft is not None
    case = replace(looked.case, key=f"review-{hashlib.sha256(draft.digest.encode()).hexdigest()[:12]}")
    repository = await open_repository(settings, loaded.folders.state)
    workspace = await open_workspace(
        case.key, repository, settings, loaded.settings.guardrails, loaded.folders.state, base_commit=draft.base_commit
    )  # fmt: skip
    workspace.progress = _progress(tell)
    results: list[ProofResult] = []
    fingerprinter = DefaultFingerprinter(
        loaded.settings, known=(case.fingerprint,) if case.fingerprint else ()
    )
    baselines = Baselines(loaded, settings, workspace.environment)
    try:
        case = await baselines.known(case, await workspace.apply(()))
        async for body in prove(case, workspace, fingerprinter, loaded.settings, Still(case, tell)):
            if isinstance(body, Proved):
                results.append(body.result)
                await baselines.keep(body.result)
            elif isinstance(body, EvidenceRecorded):
                case = replace(case, evidence=(*case.evidence, *body.evidence))
        own = await own_checks(draft, workspace, settings.check_commands)
    finally:
        await workspace.destroy()
    seen = looked.findings
    if own:
        seen = examine(case, draft, await base_texts(repository, draft), loaded.settings.guardrails, own)
    findings = worst_first((*seen, *proof_findings(draft, results)))
    case = replace(case, proofs=tuple(results), findings=findings)
    return Looked(case, findings, verdict(findings), tuple(results), looked.missing)


def test_files(hunks: Sequence[Hunk]) -> tuple[str, ...]:
    """The files of test hunks that a runner can be given; data and fixtures beside them are not run."""
    named = dict.fromkeys(hunk.path for hunk in hunks if hunk.test and hunk.change != "delete")
    return tuple(path for path in named if _runs(Path(path)))


def _runs(path: Path) -> bool:
    if path.suffix == ".py":
        return path.name.startswith("test") or path.stem.endswith(("_test", "_tests"))
    return path.suffix in (
        ".js",
        ".mjs",
        ".cjs",
        ".ts",
        ".mts",
        ".tsx",
        ".jsx",
        ".java",
        ".rb",
        ".php",
        ".go",
    )


def _progress(tell: Tell) -> Tell:
    async def counted(text: str) -> None:
        await tell(f"tests: {text}")

    return counted
