"""The rules to compare with: type and message, a hash over all frames, a log-template miner."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Sequence


def _parts(line: str) -> tuple[str, str, list[str], str]:
    """(type, message, frames as text, everything said) of a signal, read as each source documents it."""
    event = json.loads(line)["event"]
    values = event.get("exception", {}).get("values") or next(
        (entry["data"]["values"] for entry in event.get("entries", []) if entry["type"] == "exception"), None
    )
    if values:
        last = values[-1]
        frames = [
            f"{f.get('module') or f.get('filename')}:{f.get('function')}"
            for v in values
            for f in v["stacktrace"]["frames"]
        ]
        return str(last["type"]), str(last["value"]), frames, f"{last['type']}: {last['value']}"
    if "attributes" in event:
        inner = event["attributes"]["attributes"].get("error") or {}
        text = inner.get("stack") or event["attributes"]["message"]
        return (
            inner.get("kind", ""),
            inner.get("message", event["attributes"]["message"]),
            _text_frames(text),
            event["attributes"]["message"],
        )
    text = str(event.get("text") or event.get("logentry", {}).get("formatted", ""))
    head = next(
        (row for row in reversed(text.split("\n")) if re.match(r"[\w.]+(?:Error|Exception)\b", row)),
        text.split("\n")[0],
    )
    return head.split(":", 1)[0], head.split(":", 1)[-1], _text_frames(text), head


def _text_frames(text: str) -> list[str]:
    return re.findall(r'(?m)^\s*(?:File "([^"]+)", line \d+, in \w+|at [^\n]+)', text)


def type_and_message(lines: Sequence[str]) -> list[str]:
    return [f"{kind}|{said}" for kind, said, _, _ in map(_parts, lines)]


def all_frames(lines: Sequence[str]) -> list[str]:
    """As grouping by stack trace does: type and every frame, the message where there are none."""
    out = []
    for kind, said, frames, _ in map(_parts, lines):
        out.append(hashlib.sha256("\n".join([kind, *(frames or [said])]).encode()).hexdigest())
    return out


def template_miner(lines: Sequence[str]) -> list[str]:
    """Drain3 over what each signal says."""
    from drain3 import TemplateMiner

    logging.getLogger("drain3").setLevel(logging.ERROR)
    miner = TemplateMiner()
    return [
        str(miner.add_log_message(said.split("\n")[0])["cluster_id"]) for _, _, _, said in map(_parts, lines)
    ]
