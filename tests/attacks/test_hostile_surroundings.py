"""A bad day: a full disk, a meddled journal, a stop from the terminal, a folder that shadows Python's modules."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace

from rootcase.core.config.load import load
from rootcase.core.desk import Desk
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.entries import Approved
from tests.support.commandline import command, until
from tests.support.depot import Depot, git
from tests.support.footprint import footprint
from tests.support.journal import Watch, case, entries, faults, say

PWNED = "import pathlib\npathlib.Path(__file__).with_name('executed').write_text('by ' + __name__)\n"


async def test_modules_in_the_engineers_folder_are_not_run_by_what_the_screen_starts(tmp_path, monkeypatch):
    here = tmp_path / "checkout"
    here.mkdir()
    for name in ("secrets", "msgspec", "yaml", "rootcase", "sitecustomize", "argparse"):
        (here / f"{name}.py").write_text(PWNED)
    monkeypatch.chdir(here)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "ROOTCASE_HOME": str(tmp_path / "home")}
    store = await SqliteStore.open(tmp_path / "journal.sqlite3")
    loaded = load(environment)
    desk = Desk(
        replace(loaded, settings=replace(loaded.settings, store=str(tmp_path / "journal.sqlite3"))),
        store,
        environment,
    )
    await desk.sync()
    for child in list(desk._children):
        await child.wait()
    await desk.close()
    log = (loaded.folders.logs / "sync.log").read_text()
    assert "No source is configured" in log, "the command itself ran"
    assert not (here / "executed").exists()


def test_a_run_on_a_full_disk_ends_with_words_and_keeps_the_journal_sound(place):
    place.crash()
    size = place.store.stat().st_size

    def full() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size // 2, size // 2))

    done = subprocess.run(
        command("run", "C-1"), env=place.line.environment(), cwd=place.folder, preexec_fn=full, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode not in (0, 3) and "Traceback" not in said, said
    assert "next" in said
    assert faults(place.store) == ()
    assert place.run("--until", "draft").code == 0, "with room again it goes on"


def test_a_stop_from_the_terminal_is_recorded_and_a_later_run_goes_on(place):
    place.crash()
    child = place.line.start("run", "C-1", ROOTCASE_REPLAY_PACE="400")
    watch = Watch(place.store)
    until(lambda: "phase_started" in [kind for _, kind in watch.kinds()], why="a phase", alive=child)
    watch.close()
    child.send_signal(signal.SIGINT)
    assert place.line.ended(child) in (4, 130)
    assert "Traceback" not in (place.line.home / "run.log").read_text()
    assert entries(place.store)[-1].kind == "run_ended"
    assert place.run().code == 0 and len(place.items("pull")) == 1


def test_neither_an_approval_of_another_text_nor_one_behind_the_switch_sends_anything(place):
    place.configure(policy={"approve": []})
    place.crash()
    assert place.run().code == 0
    digest = case(place.store).proposal.digest
    before = footprint(place.remote)
    say(place.store, Approved(digest[:-1] + ("0" if digest[-1] != "0" else "1"), ""))
    assert place.run().code == 0
    say(place.store, Approved(digest, ""))
    place.configure(policy={"approve": ["draft_pr", "comment"], "stop": True})
    stopped = place.run()
    assert stopped.code == 5 and "why" in stopped.said
    assert place.items() == [] and footprint(place.remote) == before
    place.configure(policy={"approve": []})
    assert place.run().code == 0 and len(place.items("pull")) == 1
    tier = case(place.store).run.sandbox
    assert tier and tier in place.items("pull")[0]["body"], (
        "how tests were confined is said where they are counted on"
    )


def test_every_kind_of_meddling_with_the_journal_is_noticed(place):
    place.crash()
    assert place.line.run("audit", "verify").code == 0
    clean = place.store.read_bytes()
    meddling = (
        "UPDATE entry SET body = replace(body, 'depot', 'depto') WHERE seq = 1",
        "UPDATE entry SET actor = 'human:somebody' WHERE seq = 2",
        "UPDATE entry SET at_us = at_us + 1 WHERE seq = 2",
        "UPDATE entry SET kind = 'note_written' WHERE seq = 2",
        "DELETE FROM entry WHERE seq = 2",
    )
    for statement in meddling:
        connection = sqlite3.connect(place.store)
        triggers = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        assert connection.execute(statement).rowcount >= 1, statement
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
        done = place.line.run("audit", "verify")
        assert done.code == 1 and "C-1" in done.out, statement
        for extra in place.folder.glob("journal.sqlite3-*"):
            extra.unlink()
        place.store.write_bytes(clean)


def test_errors_a_tired_engineer_meets_say_what_failed_and_what_to_do(place: Depot):
    place.crash()
    bare = place.folder / "bare"
    bare.mkdir()
    wrong = {
        "no git": {"path": str(bare)}, "gone": {"path": str(place.folder / "nowhere")},
        "no such command": {"test_command": ["no-such-runner"]}, "no environment": {"environment": "nowhere"},
    }  # fmt: skip
    for name, change in wrong.items():
        place.configure(repository=change, policy={"approve": []})
        done = place.line.run("doctor", "--tests")
        assert done.code in (0, 2) and "Traceback" not in done.said, f"{name}: {done.said}"
        assert "next" in done.out, name
    place.configure()
    (place.checkout / "depot" / "intake.py").write_text("dirty\n")
    git(place.checkout, "status")
    before = footprint(place.checkout)
    assert place.run().code == 0 and footprint(place.checkout) == before
    for arguments in (
        ["run", "C-99"],
        ["show", "\x1b]0;x\x07"],
        ["explain", "redact"],
        ["sync", "--source", "x"],
    ):
        done = place.line.run(*arguments)
        assert done.code == 2 and "next" in done.err and "\x1b" not in done.said, arguments
    assert sys.executable
