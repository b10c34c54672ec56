"""The source's side of an incident: captured events with their dates moved to now, and what the source knows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import msgspec


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFile:
    """A release the source knows. version: also the name of its tag."""

    version: str
    created_hours_ago: float
    previous: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployFile:
    release: str
    minutes_ago: float
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFile:
    """One issue of the source. lines: which lines of events.jsonl are its samples, from 0.

    facts: fields of the issue in signals.json as they are, such as counts, users, trend and assignee.
    """

    id: str
    lines: tuple[int, ...]
    first_minutes_ago: float
    last_minutes_ago: float
    facts: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFile:
    """A source.yaml: what the source of an incident would tell about it."""

    issues: tuple[IssueFile, ...]
    releases: tuple[ReleaseFile, ...] = ()
    deploys: tuple[DeployFile, ...] = ()


def write_events(incident: Path, folder: Path, *, now_s: int, commits: Mapping[str, str]) -> None:
    """Write events.jsonl and signals.json into `folder`. commits: tag → sha of the built repository.

    Nothing in an event changes but its time and the issue that the source counts it to: the newest of an
    issue happened when the issue was last seen, the others evenly before it, none before it was first seen.
    """
    import yaml

    raw = yaml.safe_load((incident / "source.yaml").read_text(encoding="utf-8"))
    source = msgspec.convert(raw, SourceFile)
    captured = [
        json.loads(line) for line in (incident / "events.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    folder.mkdir(parents=True, exist_ok=True)
    moved = [event for issue in source.issues for event in _moved(issue, captured, now_s)]
    lines = "".join(json.dumps(event, sort_keys=True) + "\n" for event in moved)
    (folder / "events.jsonl").write_text(lines, encoding="utf-8")
    (folder / "signals.json").write_text(
        json.dumps(_known(source, now_s, commits), indent=1), encoding="utf-8"
    )


def _moved(issue: IssueFile, captured: list[dict[str, object]], now_s: int) -> list[dict[str, object]]:
    first, last = issue.first_minutes_ago, issue.last_minutes_ago
    step = (first - last) / max(1, len(issue.lines))
    out = []
    for place, line in enumerate(issue.lines, 1):
        minutes = first - step * place
        out.append({**captured[line], "timestamp": _when(now_s - minutes * 60), "issue": issue.id})
    return out


def _known(source: SourceFile, now_s: int, commits: Mapping[str, str]) -> dict[str, object]:
    return {
        "issues": {
            issue.id: {
                **issue.facts,
                "first_seen": _when(now_s - issue.first_minutes_ago * 60),
                "last_seen": _when(now_s - issue.last_minutes_ago * 60),
            }
            for issue in source.issues
        },
        "releases": [
            {
                "version": release.version,
                "commit": commits.get(release.version, ""),
                "created": _when(now_s - release.created_hours_ago * 3600),
                "previous": release.previous,
            }
            for release in source.releases
        ],
        "deploys": [
            {
                "release": deploy.release,
                "environment": deploy.environment,
                "at": _when(now_s - deploy.minutes_ago * 60),
            }
            for deploy in source.deploys
        ],
    }


def _when(at_s: float) -> str:
    return datetime.fromtimestamp(at_s, UTC).isoformat()
