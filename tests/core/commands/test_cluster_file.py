"""`rootcase explain cluster FILE.jsonl`: a line for each signal, in its order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

TRACE = (
    'Traceback (most recent call last):\n  File "/srv/app/app/a.py", line 1, in a\n    row["sku"]\n'
    "KeyError: 'sku'"
)


def explain(tmp_path: Path, *arguments: str) -> str:
    environment = {"PATH": os.environ["PATH"], "ROOTCASE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    command = [sys.executable, "-m", "rootcase.core.cli", "explain", "cluster", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def signals(tmp_path: Path) -> str:
    frame = {"function": "a", "filename": "app/a.py", "abs_path": "/srv/app/app/a.py", "module": "app.a", "lineno": 9,
             "context_line": 'row["sku"]', "in_app": True}  # fmt: skip
    event = {
        "exception": {"values": [{"type": "KeyError", "value": "'sku'", "stacktrace": {"frames": [frame]}}]}
    }
    lines = [
        json.dumps({"id": "s-1", "source": "sentry", "event": event}),
        json.dumps({"id": "l-1", "source": "log", "event": {"text": TRACE, "service": "api"}}),
        "{broken",
        json.dumps(
            {"id": "l-2\u202e", "source": "log", "event": {"text": "CPU above 93%", "service": "api"}}
        ),
    ]
    file = tmp_path / "signals.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(file)


def test_every_signal_gets_a_line_in_its_order(tmp_path: Path) -> None:
    said = explain(tmp_path, signals(tmp_path), "--json")
    rows = [json.loads(line) for line in said.splitlines()]
    assert [row["id"] for row in rows] == ["s-1", "l-1", "3", "l-2\u202e"]
    assert rows[0]["cluster"] == rows[1]["cluster"]
    assert len({row["cluster"] for row in rows}) == 3
    assert "same innermost frame: a.a" in rows[0]["reasons"]
    assert "\u202e" not in said


def test_people_read_each_cluster_once_with_its_reasons(tmp_path: Path) -> None:
    said = explain(tmp_path, signals(tmp_path))
    assert "2 signals  KeyError 'sku' in a" in said
    assert "  = same innermost frame: a.a" in said and "  ≠ another key in a" in said


def test_a_stack_trace_in_a_text_file_is_still_explained(tmp_path: Path) -> None:
    (tmp_path / "trace.txt").write_text(TRACE, encoding="utf-8")
    assert "KeyError 'sku' in a" in explain(tmp_path, "trace.txt")


def test_options_may_stand_before_the_file(tmp_path: Path) -> None:
    file = signals(tmp_path)
    assert explain(tmp_path, "--json", file) == explain(tmp_path, file, "--json") != ""


def test_a_file_of_signals_is_known_by_its_first_line_too(tmp_path: Path) -> None:
    file = Path(signals(tmp_path))
    said = explain(tmp_path, str(file), "--json")
    assert explain(tmp_path, str(file.rename(tmp_path / "export.txt")), "--json") == said


def test_an_unknown_option_is_still_refused(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "rootcase.core.cli", "explain", "cluster", "--jsn", signals(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 2 and "--jsn" in done.stderr
