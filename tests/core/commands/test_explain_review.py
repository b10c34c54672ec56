"""`rootcase explain review`: a patch on any checkout, with or without its crash, read or proved."""

# ruff: noqa: E501  (source lines as an event carries them)

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commandline import CommandLine, command_line
from tests.support.openai_server import Call, Reply, ScriptedOpenAI

LABELS = '''"""Labels."""

LABELS = {"new": "New", "paid": "Paid"}


def label(state):
    return LABELS[state]
'''
ORDERS = """from box.labels import label


class Order:
    def __init__(self, state):
        self.state = state

    def title(self):
        return "Order: " + label(self.state)
"""
SUITE = """from box.labels import label
from box.orders import Order


def test_title():
    assert Order("paid").title() == "Order: Paid"


def test_unknown_states_are_refused():
    try:
        label("nonsense")
    except KeyError:
        return
    assert False
"""
REPRODUCTION = """from box.orders import Order


def test_a_refunded_order_has_a_title():
    assert Order("refunded").title() == "Order: Refunded"
"""
EVENT = {
    "event_id": "a" * 32, "platform": "python", "release": "1.0",
    "exception": {"values": [{"type": "KeyError", "value": "'refunded'", "stacktrace": {"frames": [
        {"function": "title", "filename": "box/orders.py", "abs_path": "/srv/box/orders.py", "lineno": 9, "in_app": True,
         "context_line": "        return \"Order: \" + label(self.state)"},
        {"function": "label", "filename": "box/labels.py", "abs_path": "/srv/box/labels.py", "lineno": 7, "in_app": True,
         "context_line": "    return LABELS[state]", "vars": {"state": "'refunded'"}}]}}]},
}  # fmt: skip
STACK = """Traceback (most recent call last):
  File "/srv/box/orders.py", line 9, in title
    return "Order: " + label(self.state)
  File "/srv/box/labels.py", line 7, in label
    return LABELS[state]
KeyError: 'refunded'
"""
FIX = {"box/labels.py": LABELS.replace('"paid": "Paid"}', '"paid": "Paid", "refunded": "Refunded"}')}
DEFAULT = {"box/labels.py": LABELS.replace("LABELS[state]", 'LABELS.get(state, "?")')}
SWALLOW = {
    "box/orders.py": ORDERS.replace(
        '        return "Order: " + label(self.state)\n',
        '        try:\n            return "Order: " + label(self.state)\n        except Exception:\n            return ""\n',
    )
}


class Desk:
    """A checkout with the suite, the crash as files, and the command line that knows nothing of either."""

    def __init__(self, root: Path, line: CommandLine) -> None:
        self.line = line
        self.repo = root / "box"
        self.event, self.stack = root / "event.json", root / "stack.txt"
        self.event.write_text(json.dumps(EVENT))
        self.stack.write_text(STACK)
        files = {
            "box/__init__.py": "",
            "box/labels.py": LABELS,
            "box/orders.py": ORDERS,
            "tests/test_box.py": SUITE,
        }
        for path, text in files.items():
            (self.repo / path).parent.mkdir(parents=True, exist_ok=True)
            (self.repo / path).write_text(text)
        self.git("init", "-q", "-b", "main")
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "a shop")
        self.base = self.git("rev-parse", "HEAD")

    def git(self, *arguments: str) -> str:
        who = {
            f"GIT_{role}_{what}": "ada@example.org"
            for role in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_NOSYSTEM": "1",
            **who,
        }
        done = subprocess.run(
            ["git", *arguments], cwd=self.repo, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def patch(self, change: dict[str, str], *, mailed: bool = False) -> Path:
        """What git says of the change, as a diff or as it would be mailed; the checkout is as before."""
        for path, text in change.items():
            (self.repo / path).write_text(text)
        self.git("add", "-A")
        if mailed:
            self.git("commit", "-q", "-m", "Mend it")
            text = self.git("format-patch", "-1", "--stdout")
            self.git("reset", "-q", "--hard", "HEAD~1")
        else:
            text = self.git("diff", "--cached")
            self.git("reset", "-q", "--hard")
        file = self.repo.parent / "change.patch"
        file.write_text(text + "\n")
        return file

    def review(self, patch: Path, *more: str):
        return self.line.run(
            "explain",
            "review",
            "--repo",
            str(self.repo),
            "--base",
            self.base,
            "--patch",
            str(patch),
            "--json",
            *more,
        )

    def listing(self) -> dict[str, tuple[int, int]]:
        found = {str(p): p.stat() for p in self.repo.rglob("*") if p.is_file()}
        return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in found.items()}


@pytest.fixture
def desk(tmp_path):
    with command_line(tmp_path / "home") as line:
        yield Desk(tmp_path, line)


def test_a_fix_is_offered_and_the_crash_is_known_from_its_event(desk):
    done = desk.review(desk.patch(FIX), "--event", str(desk.event))
    assert (done.code, done.json["verdict"], done.json["findings"]) == (0, "offer", []), done.said
    assert done.json["crash_site"] == {"path": "box/labels.py", "line": 7, "function": "label"}
    assert done.json["fingerprint"] and done.json["proof"] == [] and done.json["judge"] is None


@pytest.mark.parametrize("how", ["event", "stack"])
def test_a_default_at_the_crash_is_held_whatever_form_the_crash_comes_in(desk, how):
    done = desk.review(desk.patch(DEFAULT), "--event", str(getattr(desk, how)))
    assert (done.code, done.json["verdict"]) == (4, "hold"), done.said
    (finding,) = done.json["findings"]
    assert (finding["check"], finding["path"], finding["hunk"]) == (
        "default at the crash site",
        "box/labels.py",
        "h1",
    )
    assert finding["base_line"] == 7 and finding["settle"] and "where production crashed" in finding["text"]


def test_without_the_crash_nobody_knows_that_the_default_stands_there(desk):
    done = desk.review(desk.patch(DEFAULT))
    assert (done.code, done.json["crash_site"]) == (0, None), done.said


def test_a_swallowed_error_is_refused_and_said_as_text(desk):
    patch = desk.patch(SWALLOW)
    done = desk.line.run("explain", "review", "--repo", str(desk.repo), "--patch", str(patch), "--no-judge")
    assert done.code == 5 and done.out.startswith("refuse\n"), done.said
    assert "box/orders.py" in done.out and "swallows the error" in done.out and "settle: " in done.out


def test_a_mailed_patch_is_read_too(desk):
    done = desk.review(desk.patch(FIX, mailed=True))
    assert (done.code, [h["path"] for h in done.json["hunks"]]) == (0, ["box/labels.py"]), done.said


def test_nothing_is_written_in_the_checkout(desk):
    patch = desk.patch(DEFAULT)
    before = desk.listing()
    desk.review(patch, "--event", str(desk.event))
    assert desk.listing() == before


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--base", "v9", "--patch", "PATCH"), "v9 is no commit"),
        (("--patch", "nowhere.patch"), "nowhere.patch cannot be read"),
        (("--patch", "PATCH", "--event", "nowhere.json"), "nowhere.json is not there"),
        ((), "needs --repo and --patch"),
    ],
)
def test_what_cannot_be_used_is_named(desk, arguments, says):
    patch = str(desk.patch(FIX))
    given = [patch if each == "PATCH" else each for each in arguments]
    done = desk.line.run("explain", "review", "--repo", str(desk.repo), *given)
    assert done.code == 2 and says in done.err, done.said


def proved(desk: Desk, change: dict[str, str]):
    """The patch proved with this interpreter's pytest."""
    config = desk.repo.parent / "config.yaml"
    quick = [
        "python",
        "-m",
        "pytest",
        "-q",
        *(w for name in ("asyncio", "hypothesispytest", "xdist", "anyio") for w in ("-p", f"no:{name}")),
    ]
    config.write_text(
        f"repositories:\n  - path: {desk.repo}\n    environment: {sys.prefix}\n    test_command: {json.dumps(quick)}\n"
    )
    done = desk.review(desk.patch(change), "--event", str(desk.event), "--prove", "--config", str(config))
    return done, {step["step"]: step for step in done.json["proof"]}


def test_a_proof_shows_red_with_the_fingerprint_and_green(desk):
    done, steps = proved(desk, {**FIX, "tests/test_refund.py": REPRODUCTION})
    assert (done.code, done.json["verdict"]) == (0, "offer"), done.said
    assert {name: step["outcome"] for name, step in steps.items()} == dict.fromkeys(
        ("baseline", "red", "green", "revert", "suite", "necessity", "mutation"), "ok"
    ) | {"mutation": steps["mutation"]["outcome"]}
    assert steps["red"]["same_fingerprint"] is True and steps["necessity"]["hunks"] == [["h1", True]]
    assert not list((desk.line.home / "rootcase" / "state" / "workspaces").iterdir())


def test_another_patch_on_the_same_base_needs_no_second_run_of_the_base_alone(desk):
    proved(desk, {**FIX, "tests/test_refund.py": REPRODUCTION})
    (kept,) = (desk.line.home / "rootcase" / "cache" / "baselines").iterdir()
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "passed": 41}))
    _, steps = proved(desk, {**DEFAULT, "tests/test_refund.py": REPRODUCTION})
    assert (steps["baseline"]["outcome"], steps["baseline"]["passed"]) == ("ok", 41)


def test_a_patch_that_breaks_the_suite_is_refused(desk):
    change = {"box/labels.py": LABELS.replace("LABELS[state]", "state.title()")}
    done, steps = proved(desk, {**change, "tests/test_refund.py": REPRODUCTION})
    assert (done.code, steps["green"]["outcome"], steps["suite"]["outcome"]) == (5, "ok", "failed"), done.said
    assert any(f["check"] == "proof: suite" and f["severity"] == "block" for f in done.json["findings"])


def test_a_reproduction_that_is_green_without_the_patch_holds_it(desk):
    idle = REPRODUCTION.replace('"refunded"', '"paid"').replace("Refunded", "Paid")
    done, steps = proved(desk, {**FIX, "tests/test_refund.py": idle})
    assert (done.code, steps["red"]["outcome"]) == (4, "failed"), done.said
    assert [f["check"] for f in done.json["findings"] if f["severity"] == "warn"] == ["proof: red"]


def judging(desk: Desk, url: str, *more: str):
    """The fix reviewed with a judge configured."""
    config = desk.repo.parent / "judge.yaml"
    models = {
        "fast": "openai/scripted",
        "judge": "openai/scripted",
        "api_base": url,
        "consent": True,
        "prices": {"openai/scripted": [1.0, 1.0]},
    }
    config.write_text(json.dumps({"models": models}))
    desk.line.extra["OPENAI_API_KEY"] = "not-a-key"
    return desk.review(desk.patch(FIX), "--event", str(desk.event), "--config", str(config), *more)


def test_a_judge_that_is_configured_is_heard_beside_the_checks_and_not_instead(desk):
    remark = {
        "hunk": "h1",
        "weight": "should",
        "text": "Refunded by whom?",
        "quote": '"refunded": "Refunded"',
    }
    said = {"verdict": "hold", "reason": "One more state may be missing.", "remarks": [remark]}
    with ScriptedOpenAI([Reply(calls=[Call("judgement", said)])]) as server:
        done = judging(desk, server.url)
        assert len(server.requests) == 1, done.said
    assert (done.code, done.json["verdict"], done.json["judge"]["verdict"]) == (0, "offer", "hold"), done.said
    assert [f["hunk"] for f in done.json["judge"]["findings"]] == ["h1"]
    # What was asked and spent is in the store, beside the cases and as none of them.
    assert desk.line.run("audit", "verify").code == 0
    assert desk.line.run("cases", "--json").json["cases"] == []


def test_no_judge_is_asked_where_that_is_said(desk):
    with ScriptedOpenAI([]) as server:
        done = judging(desk, server.url, "--no-judge")
        assert server.requests == []
    assert (done.code, done.json["judge"]) == (0, None), done.said
