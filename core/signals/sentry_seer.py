"""Seer's root cause, where a run of it is there, as one input with its origin. Only read; no run is started.

Source: GET organizations/{org}/issues/{id}/autofix/, whose payload Sentry calls experimental.
"""

from __future__ import annotations

from collections.abc import Mapping

from rootcase.core.model.signals import Diagnosis
from rootcase.core.signals.loose import LONG, first_text, items, moment, table

ORIGIN = "Seer"
MAX_STEPS = 12


def diagnoses(state: object, url: str) -> tuple[Diagnosis, ...]:
    """What the state says is the cause; nothing where no root cause step has ended with one."""
    run = table(table(state).get("autofix"))
    found: list[Diagnosis] = []
    for step in map(table, items(run.get("steps"))):
        if first_text(step, "type", "key") != "root_cause_analysis":
            continue
        for cause in map(table, items(step.get("causes"))):
            told = _told(cause)
            if told:
                at_us = _ended(step) or moment(run.get("updated_at"))
                found.append(Diagnosis(ORIGIN, told, url, at_us))
    return tuple(found)


def _told(cause: Mapping[str, object]) -> str:
    """The description, then the steps that lead to it with the files that they name."""
    lines = [first_text(cause, "description", "title", limit=LONG)]
    for number, item in enumerate(map(table, items(cause.get("root_cause_reproduction"))), 1):
        if number > MAX_STEPS:
            lines.append("… (more steps at Sentry)")
            break
        file = first_text(table(item.get("relevant_code_file")), "file_path")
        title = first_text(item, "title")
        body = first_text(item, "code_snippet_and_analysis", limit=1000)
        mark = " (decisive)" if item.get("is_most_important_event") is True else ""
        said = ": ".join(part for part in (title, body) if part)
        if said:
            lines.append(f"{number}. {said}{f' [{file}]' if file else ''}{mark}")
    return "\n".join(line for line in lines if line)[:LONG]


def _ended(step: Mapping[str, object]) -> int:
    return max((moment(table(each).get("timestamp")) for each in items(step.get("progress"))), default=0)
