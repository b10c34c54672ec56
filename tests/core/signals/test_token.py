"""A source's token: from a variable, a command, the system's keyring or a private file, and never in any text."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import AccessDenied, ConfigError, RootcaseError
from rootcase.core.safety.redact import Redactor
from rootcase.core.signals import token_command
from rootcase.core.signals.protocol import make_source
from rootcase.core.signals.token import Variables, token_of, token_origin

SECRET = "bsk_0123456789abcdef-SECRET"
# A backend of the real keyring package that keeps its passwords in a file; none of a desktop is needed.
BACKEND = """
import json, os
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

class Keyring(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        content = json.load(open(os.environ["FILERING"]))
        if content == "locked":
            raise KeyringLocked("locked")
        return content.get(f"{service}/{username}")
    def set_password(self, service, username, password): ...
"""


def source(**more: object) -> SourceSettings:
    return SourceSettings(kind="bugsink", url="https://bugs.example", **more)


def python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-c", code)


async def found(settings: SourceSettings, environment: dict[str, str] | None = None) -> str:
    return await token_of(settings, {**os.environ, **(environment or {})}, "BUGSINK_TOKEN")


async def refusal(settings: SourceSettings, environment: dict[str, str] | None = None) -> RootcaseError:
    with pytest.raises((AccessDenied, ConfigError)) as fault:
        await found(settings, environment)
    shown = f"{fault.value} {fault.value!r} {fault.value.__cause__!r} {fault.value.__context__!r}"
    assert SECRET not in shown
    return fault.value


async def test_a_variable_of_ones_own_or_the_usual_one():
    assert await found(source(token_env="MINE"), {"MINE": f" {SECRET}\n"}) == SECRET
    assert await found(source(), {"BUGSINK_TOKEN": SECRET}) == SECRET
    assert "MISSING is not set" in (await refusal(source(token_env="MISSING"))).detail


async def test_a_command_prints_it():
    assert await found(source(token_command=python(f"print('{SECRET}')"))) == SECRET


async def test_no_shell_reads_the_command(tmp_path):
    mark = tmp_path / "mark"
    settings = source(token_command=(*python("import sys; print(sys.argv[1])"), f"$(touch${{IFS}}{mark});x"))
    assert (await found(settings)).startswith("$(touch") and not mark.exists()


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (f"import sys; sys.stderr.write('{SECRET}'); sys.exit(3)", "ended with 3"),
        (f"import sys; print('{SECRET}'); sys.exit(1)", "ended with 1"),
        ("pass", "printed nothing"),
        ("print('a' * 100_000)", "more than 65,536 bytes"),
    ],
)
async def test_a_command_that_fails_says_why_and_nothing_of_its_own(code, why):
    assert why in (await refusal(source(token_command=python(code)))).detail


async def test_a_command_that_is_not_there():
    fault = await refusal(source(token_command=("/nowhere/get-token",)))
    assert "No such file" in fault.detail and fault.hint == "Check token_command."


async def test_a_command_that_waits_is_ended_with_all_that_it_started(monkeypatch, tmp_path):
    monkeypatch.setattr(token_command, "DEADLINE_S", 0.5)
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(100)'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "time.sleep(100)"
    )
    fault = await refusal(source(token_command=python(code)))
    assert "did not end in 0.5 s" in fault.detail
    child = int((tmp_path / "pid").read_text())
    end = time.monotonic() + 20
    while _runs(child):
        assert time.monotonic() < end, "the command's child is still there"
        await asyncio.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def ring(tmp_path):
    """A keyring in a file; `ring(content)` gives the variables under which it is found."""
    (tmp_path / "filering.py").write_text(BACKEND, encoding="utf-8")

    def made(content: object) -> dict[str, str]:
        (tmp_path / "ring.json").write_text(json.dumps(content), encoding="utf-8")
        return {
            "PYTHONPATH": str(tmp_path), "PYTHON_KEYRING_BACKEND": "filering.Keyring",
            "FILERING": str(tmp_path / "ring.json"),
        }  # fmt: skip

    return made


async def test_the_keyring_holds_it(ring):
    assert await found(source(token_keyring="rootcase/ada"), ring({"rootcase/ada": SECRET})) == SECRET


async def test_a_keyring_without_it_says_how_to_store_it(ring):
    fault = await refusal(source(token_keyring="rootcase/ada"), ring({"other/ada": SECRET}))
    assert "nothing for rootcase/ada" in fault.detail and fault.hint == "keyring set rootcase ada"


async def test_a_locked_keyring_is_named(ring):
    assert "locked" in (await refusal(source(token_keyring="rootcase/ada"), ring("locked"))).detail


async def test_a_machine_without_a_keyring_is_told_what_else_there_is():
    fault = await refusal(
        source(token_keyring="rootcase/ada"), {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    )
    assert "no keyring" in fault.detail and "token_command" in fault.hint


async def test_the_folder_that_rootcase_runs_in_lends_no_keyring(ring, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "keyring.py").write_text("raise SystemExit(99)", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    assert await found(source(token_keyring="a/b"), ring({"a/b": SECRET})) == SECRET


async def test_a_place_in_the_keyring_has_two_parts():
    assert "SERVICE/NAME" in (await refusal(source(token_keyring="rootcase"))).hint


async def test_a_private_file_is_read(tmp_path):
    file = tmp_path / "token"
    file.write_text(SECRET + "\n")
    file.chmod(0o600)
    assert await found(source(token_file=str(file))) == SECRET


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666])
async def test_a_file_that_others_can_read_is_refused(tmp_path, mode):
    file = tmp_path / "token"
    file.write_text(SECRET)
    file.chmod(mode)
    fault = await refusal(source(token_file=str(file)))
    assert "open to others" in fault.title and f"chmod 600 {file}" in fault.hint


async def test_what_is_no_file_is_no_token_file(tmp_path):
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is no file" in (await refusal(source(token_file=str(tmp_path / "pipe")))).detail
    assert "No such file" in (await refusal(source(token_file=str(tmp_path / "none")))).detail
    (tmp_path / "empty").touch(0o600)
    assert "is empty" in (await refusal(source(token_file=str(tmp_path / "empty")))).detail


async def test_two_places_are_one_too_many():
    fault = await refusal(source(token_env="A", token_keyring="a/b"))
    assert fault.detail == "token_env and token_keyring are both set."


async def test_text_is_no_token(tmp_path):
    fault = await refusal(source(token_command=python(f"print('Your token: {SECRET}')")))
    assert "is no token" in fault.title


async def test_a_command_that_prints_without_end_is_refused_and_ended():
    for _ in range(8):
        with pytest.raises(AccessDenied, match="No token") as refused:
            async with asyncio.timeout(token_command.DEADLINE_S):
                await token_command.run(["yes"], "bugs", {"PATH": os.defpath}, hint="")
        assert "more than 65,536 bytes" in refused.value.detail


async def test_a_redactor_learns_what_a_command_printed(web):
    web.on("/api/canonical/0/projects/", {"next": None, "results": []})
    redactor = Redactor()
    settings = SourceSettings(kind="bugsink", url=web.url, token_command=python(f"print('{SECRET}')"))
    made = make_source(settings, os.environ, learn=redactor.learn)
    assert SECRET in redactor.text(f"sent {SECRET}")
    [batch async for batch in made.list("")]
    await made.close()
    assert web.asked[0].headers["authorization"] == f"Bearer {SECRET}"
    assert redactor.text(f"sent {SECRET} twice") == "sent [redacted:secret] twice"


def test_where_a_token_comes_from_can_be_said():
    assert token_origin(source(token_command=("op", "read", "x"))) == "token from op"
    assert token_origin(source(token_keyring="a/b")) == "token from the keyring, a/b"
    assert token_origin(source(), "BUGSINK_TOKEN") == "token from BUGSINK_TOKEN"
    assert dict(Variables({"A": "1"}, print)) == {"A": "1"}
