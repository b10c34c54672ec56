"""Which outputs are published, and how their schemas follow from the types that are printed.

A file `NAME.VERSION.json` beside this one is the published schema of `rootcase.NAME/VERSION`. Fields may be added
within a version; one that goes, or means something else, needs a new version.
"""

from __future__ import annotations

import json
from pathlib import Path

import msgspec

DIALECT = "https://json-schema.org/draft/2020-12/schema"
NAMES = ("sync", "cases", "doctor", "report", "stats", "watch", "policy", "explain.policy")


def names() -> dict[str, tuple[str, type]]:
    """Output name → (identifier such as `rootcase.sync/2`, the type that is printed)."""
    from rootcase.core.commands import cases, doctor_report, explain_policy, policy, watch
    from rootcase.core.model import stats
    from rootcase.core.pipeline import outcomes, sync
    from rootcase.core.report import facts

    return {
        "sync": (sync.SCHEMA, outcomes.SyncOutcome),
        "cases": (cases.SCHEMA, cases.CasesListing),
        "policy": (policy.SCHEMA, policy.PolicyShown),
        "explain.policy": (explain_policy.SCHEMA, explain_policy.PolicyExplained),
        "doctor": (doctor_report.SCHEMA, doctor_report.DoctorReport),
        "report": (facts.SCHEMA, facts.Report),
        "stats": (stats.SCHEMA, stats.Stats),
        "watch": (watch.SCHEMA, watch.WatchRound),
    }


def schema_of(name: str) -> dict[str, object]:
    """The schema as the type has it now. Every field is always printed, so every field is required."""
    identifier, kind = names()[name]
    (root,), parts = msgspec.json.schema_components((kind,), ref_template="#/$defs/{name}")
    for part in parts.values():
        if "properties" in part:
            part["required"] = list(part["properties"])
        if "description" in part:
            part["description"] = " ".join(part["description"].split())
    parts[kind.__name__]["properties"]["schema"] = {"const": identifier}
    return {
        "$schema": DIALECT,
        "$id": f"urn:{identifier.replace('/', ':').replace('.', ':')}",
        "title": identifier,
        **root,
        "$defs": {part: parts[part] for part in sorted(parts)},
    }


def file_of(name: str) -> Path:
    """Where the published schema of an output is."""
    version = names()[name][0].rpartition("/")[2]
    return Path(__file__).with_name(f"{name}.{version}.json")


def as_text(schema: dict[str, object]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
