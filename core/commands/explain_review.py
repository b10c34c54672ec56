"""`rootcase explain review`: what checks, running code and a second model say about a patch on any checkout."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rootcase.core.commands.output import say, say_json, warn
from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.draft_entries import Judged
from rootcase.core.model.errors import UsageError
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Repository
from rootcase.core.model.proofs import Finding, ProofResult

if TYPE_CHECKING:
    from rootcase.core.pipeline.reviewing import Looked

SCHEMA = "rootcase.explain.review/1"
OF_PYTHON = ((), ("pytest",), ("tox",), ("nox",), ("make",))
EXITS = {"offer": 0, "hold": 4, "refuse": 5}
MARKS = {"block": "×", "warn": "!", "info": "·"}
STEP_MARKS = {"ok": "√", "failed": "×", "skipped": "–", "cancelled": "–"}


async def explain_review(args: argparse.Namespace, loaded: Loaded) -> int:
    """A patch against a base commit: findings and verdict; exits 0 for offer, 4 for hold, 5 for refuse.

    The checkout is read where it lies; proof works in a worktree of the private clone.
    """
    from rootcase.core.commands.explain_map import read_events, repository_settings
    from rootcase.core.pipeline.reviewing import look, patch_case, proved
    from rootcase.core.workspace.view import opened_view

    if not (args.repo and args.patch):
        raise UsageError("explain review needs --repo and --patch", "", "--repo PATH --base SHA --patch FILE")
    text = await asyncio.to_thread(_patch, args.patch)
    events: Sequence[Event] = await asyncio.to_thread(read_events, args.event) if args.event else ()
    settings = await asyncio.to_thread(repository_settings, args.repo, loaded)
    settings = await asyncio.to_thread(_with_tests, settings)
    view = opened_view(Path(settings.path), name=settings.label, graphs=loaded.folders.cache / "graphs")
    async with view as repository:
        base = await repository.resolve(args.base or "HEAD")
        if base is None:
            raise UsageError(
                f"{args.base or 'HEAD'} is no commit of {args.repo}", "", "Give a sha, a tag or a branch."
            )
        case, missing = await patch_case(
            text, base, repository, settings, loaded.settings, events, commit=args.commit
        )
        looked = await look(case, repository, loaded.settings.guardrails)
        if args.prove:
            looked = await proved(looked, loaded, settings, _tell)
        judged = await _judge(args, loaded, looked, repository, events)
    if args.json:
        say_json(_as_json(looked, missing, judged))
    else:
        say("\n".join(_as_text(looked, missing, judged)))
    return EXITS[looked.verdict]


def _with_tests(settings: RepositorySettings) -> RepositorySettings:
    """pytest is tried where nothing is configured, unless the checkout says that its tests are of another language."""
    from rootcase.core.commands.init_tests import test_command

    if settings.test_command or not settings.path:
        return settings
    found = test_command(Path(settings.path).expanduser())
    return replace(settings, test_command=() if found[:1] in OF_PYTHON else found)


def _patch(name: str) -> str:
    """The patch's text; bytes that are no UTF-8 stay what they are, so that the patch still fits its base."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as fault:
        raise UsageError(f"{name} cannot be read", str(fault.strerror), "Check the path.") from None
    return raw.decode("utf-8", "surrogateescape")


async def _tell(text: str) -> None:
    """Progress, for whoever watches at a terminal."""
    if sys.stderr.isatty():
        warn(text)


async def _judge(
    args: argparse.Namespace, loaded: Loaded, looked: Looked, repository: Repository, events: Sequence[Event]
) -> Judged | None:
    if args.no_judge or not loaded.settings.models.judge:
        return None
    from rootcase.core.pipeline.judging import judged

    return await judged(looked.case, loaded, repository, events, dict(os.environ))


def _as_json(looked: Looked, missing: Sequence[str], judged: Judged | None) -> dict[str, object]:
    failing = looked.case.code.failing if looked.case.code else None
    draft = looked.case.draft
    site = failing and {
        "path": failing.head_path or failing.path,
        "line": failing.head_line or failing.line,
        "function": failing.qualified_name or failing.function,
    }
    return {
        "schema": SCHEMA,
        "verdict": looked.verdict,
        "findings": [{**_record(item), **_place(looked, item)} for item in looked.findings],
        "hunks": [
            {"id": h.id, "path": h.path, "line": h.start, "test": h.test}
            for h in (draft.accepted if draft else ())
        ],
        "crash_site": site or None,
        "fingerprint": looked.case.fingerprint.alias if looked.case.fingerprint else None,
        "proof": list(looked.proofs),
        "judge": judged,
        "missing": [*missing, *(looked.case.code.missing if looked.case.code else ())],
    }


def _record(finding: Finding) -> dict[str, object]:
    return {
        "id": finding.id, "check": finding.check, "severity": finding.severity, "hunk": finding.hunk,
        "text": finding.text, "settle": finding.settle, "line": finding.line, "by": finding.by, "cites": finding.cites,
    }  # fmt: skip


def _place(looked: Looked, finding: Finding) -> dict[str, object]:
    """The finding's file, and its line in the base that the hunk begins at."""
    draft = looked.case.draft
    hunk = next((h for h in (draft.accepted if draft else ()) if h.id == finding.hunk), None)
    return {"path": hunk.path if hunk else "", "base_line": hunk.start if hunk else 0}


def _as_text(looked: Looked, missing: Sequence[str], judged: Judged | None) -> list[str]:
    lines: list[str] = [looked.verdict]
    for item in looked.findings:
        where = _place(looked, item)
        lines.append(
            f"  {MARKS[item.severity]} {item.hunk} {where['path']}:{where['base_line']}  {item.check}"
        )
        lines.append(f"      {item.text}")
        if item.settle:
            lines.append(f"      settle: {item.settle}")
    lines += [_step(result) for result in looked.proofs]
    if judged is not None:
        lines.append(f"  judge ({judged.model or 'none'}): {judged.verdict}. {judged.reason}")
        lines += [f"      {item.severity} {item.hunk}: {item.text}" for item in judged.findings]
        if judged.verdict not in ("none", looked.verdict):
            lines.append(f"  disagreement: checks say {looked.verdict}, the judge says {judged.verdict}")
    return [*lines, *(f"  ? {text}" for text in missing)]


def _step(result: ProofResult) -> str:
    why = f" ({result.problem})" if result.problem else ""
    note = f" {result.fingerprint_note}" if result.fingerprint_note else ""
    return f"  {STEP_MARKS[result.outcome]} {result.step}: {result.summary}{note}{why}"
