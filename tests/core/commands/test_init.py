"""`rootcase init`: what a checkout tells about itself, what is asked, and a file with which everything starts."""

from __future__ import annotations

import json
import os
import pty
import select
import stat
import subprocess
import time
from pathlib import Path

import pytest

from rootcase.core.commands.init_ask import Answers, Source, interview
from rootcase.core.commands.init_look import Found, forge_of, look
from rootcase.core.commands.init_tests import environment_of, test_command
from rootcase.core.commands.init_text import quoted, text_for
from rootcase.core.config.schema import to_settings
from rootcase.core.config.yamltext import parse
from tests.support.commandline import CommandLine, command, command_line
from tests.support.depot import git

test_command.__test__ = False


@pytest.fixture
def line(tmp_path):
    with command_line(tmp_path / "home") as made:
        yield made


@pytest.fixture
def checkout(tmp_path) -> Path:
    folder = tmp_path / "my shop"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "trunk")
    return folder


def commit(folder: Path) -> None:
    git(folder, "add", "-A")
    git(folder, "-c", "user.name=mira", "-c", "user.email=mira@shop.example", "commit", "-qm", "start")


def settings_of(line: CommandLine):
    file = line.home / "rootcase" / "config" / "config.yaml"
    settings, warnings = to_settings(parse(file.read_text(encoding="utf-8"), str(file)), str(file))
    assert warnings == []
    return settings, file


@pytest.mark.parametrize(
    "remote", ["", "https://github.com/acme/shop.git", "git@gitlab.acme.example:team/sub/shop.git"]
)
def test_init_in_a_repository_writes_what_doctor_is_content_with(line, checkout, remote):
    (checkout / "tests").mkdir()
    (checkout / "tests" / "test_shop.py").write_text("def test_it(): pass\n")
    (checkout / "CODEOWNERS").write_text("* @acme/shop\n")
    commit(checkout)
    if remote:
        git(checkout, "remote", "add", "origin", remote)
    made = line.run("init", "--yes", "--json", cwd=checkout)
    assert made.code == 0, made.said
    settings, file = settings_of(line)
    (repository,) = settings.repositories
    assert (repository.path, repository.services, repository.base_branch) == (
        str(checkout),
        ("my shop",),
        "trunk",
    )
    assert repository.test_command == ("pytest", "-q")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    forge = {"": "none", "h": "github", "g": "gitlab"}[remote[:1]]
    assert (repository.forge, repository.tracker) == (forge, forge)
    if forge == "gitlab":
        assert (repository.forge_project, repository.forge_url) == (
            "team/sub/shop",
            "https://gitlab.acme.example/api/v4",
        )
        assert repository.forge_token_env == "GITLAB_SELF_MANAGED_TOKEN"
    done = line.run("doctor", "--json", cwd=checkout)
    assert done.code == 0, done.said
    assert done.json["ok"] and not [check for check in done.json["checks"] if check["state"] == "fail"]
    again = line.run("init", "--yes", cwd=checkout)
    assert again.code == 2 and "never overwritten" in again.err


def test_doctor_is_content_with_a_repository_that_has_no_commit_yet(line, checkout):
    assert line.run("init", "--yes", cwd=checkout).code == 0
    done = line.run("doctor", "--json", cwd=checkout)
    assert done.code == 0, done.said
    assert any("no commit yet" in check["text"] for check in done.json["checks"])


def test_init_outside_a_repository_says_where_to_run_it(line, tmp_path):
    (tmp_path / "plain").mkdir()
    done = line.run("init", "--yes", cwd=tmp_path / "plain", GIT_CEILING_DIRECTORIES=str(tmp_path))
    assert done.code == 2 and "Run this inside your checkout" in done.err


def test_init_makes_the_file_that_was_named(line, checkout, tmp_path):
    commit_free = tmp_path / "elsewhere" / "rootcase.yaml"
    done = line.run("init", "--yes", "--config", str(commit_free), cwd=checkout)
    assert done.code == 0 and commit_free.is_file(), done.said
    assert line.run("doctor", "--config", str(tmp_path / "none.yaml")).code == 2


@pytest.mark.parametrize(
    ("remote", "expected"),
    [
        ("git@github.com:acme/shop.git", ("github", "", "acme/shop")),
        ("https://user:word@github.com/acme/shop/", ("github", "", "acme/shop")),
        ("ssh://git@ssh.github.com:443/acme/shop.git", ("github", "", "acme/shop")),
        (
            "https://github.acme.example/acme/shop",
            ("github", "https://github.acme.example/api/v3", "acme/shop"),
        ),
        ("https://gitlab.com/group/sub/shop.git", ("gitlab", "", "group/sub/shop")),
        ("git@my-gitlab.acme.example:g/shop", ("gitlab", "https://my-gitlab.acme.example/api/v4", "g/shop")),
        (
            "https://github.com.evil.example/acme/shop",
            ("none", "", ""),
        ),
        ("https://bitbucket.org/acme/shop", ("none", "", "")),
        ("/srv/git/shop.git", ("none", "", "")),
        ("file:///srv/git/shop.git", ("none", "", "")),
        ("", ("none", "", "")),
    ],
)
def test_the_forge_is_known_by_the_remotes_host(remote, expected):
    assert forge_of(remote) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pytest.ini": ""}, ("pytest", "-q")),
        ({"pyproject.toml": "[tool.pytest.ini_options]"}, ("pytest", "-q")),
        ({"tests/test_a.py": "", "tox.ini": "[tox]"}, ("pytest", "-q")),
        ({"tox.ini": "[tox]"}, ("tox", "-q")),
        ({"noxfile.py": ""}, ("nox",)),
        ({"package.json": '{"scripts": {"test": "jest"}}'}, ("npm", "test")),
        ({"package.json": '{"scripts": {"test": "jest"}}', "yarn.lock": ""}, ("yarn", "test")),
        ({"package.json": '{"scripts": {"test": "jest"}}', "pnpm-lock.yaml": ""}, ("pnpm", "test")),
        ({"package.json": '{"scripts": {"test": "echo \\"Error: no test specified\\" && exit 1"}}'}, ()),
        ({"package.json": "[1", "Makefile": "test: build\n\ttrue\n"}, ("make", "test")),
        ({"go.mod": "module acme.example/shop\n"}, ("go", "test", "./...")),
        ({"Cargo.toml": "[package]\n"}, ("cargo", "test")),
        ({"pom.xml": ""}, ("mvn", "-q", "test")),
        ({"pom.xml": "", "mvnw": ""}, ("./mvnw", "-q", "test")),
        ({"build.gradle.kts": "", "gradlew": ""}, ("./gradlew", "test")),
        ({"Makefile": "test := 1\ncheck:\n"}, ()),
        ({}, ()),
    ],
)
def test_the_tests_are_run_as_the_repository_says(tmp_path, files, expected):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert test_command(tmp_path) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"pyproject.toml": "[tool.ruff]\n[tool.mypy]\n"}, (("ruff", "check"), ("mypy",))),
        ({"pyproject.toml": "[tool.black]\n", ".flake8": ""}, (("black", "--check"), ("flake8",))),
        ({"eslint.config.mjs": "", ".prettierrc": ""}, (("npx", "eslint"), ("npx", "prettier", "--check"))),
        ({"go.mod": "module a\n"}, (("gofmt", "-l"),)),
        ({"pyproject.toml": "[project]\n"}, ()),
    ],
)
def test_the_repositorys_own_checks_are_found_and_confirmed_by_writing_them_down(
    line, checkout, files, expected
):
    for name, text in files.items():
        (checkout / name).write_text(text)
    commit(checkout)
    assert line.run("init", "--yes", cwd=checkout).code == 0
    settings, file = settings_of(line)
    assert settings.repositories[0].check_commands == expected
    named = [row for row in file.read_text().splitlines() if "check_commands" in row]
    file.write_text("\n".join(row for row in file.read_text().splitlines() if row not in named))
    told = [
        check
        for check in line.run("doctor", "--json", cwd=checkout).json["checks"]
        if check["area"] == "checks"
    ]
    assert bool(told) == bool(expected) and all("Confirm it once" in check["hint"] for check in told)


def test_services_are_the_names_under_which_the_code_is_known(checkout):
    (checkout / "pyproject.toml").write_text(
        '[build-system]\nname = "no"\n[project]\nversion = "1"\nname = "checkout-api"\n'
    )
    (checkout / "package.json").write_text('{"name": "@acme/checkout-web"}')
    (checkout / "go.mod").write_text("module acme.example/team/checkout-worker\n")
    (checkout / ".venv" / "bin").mkdir(parents=True)
    (checkout / ".venv" / "bin" / "python").touch()
    (checkout / "docs").mkdir()
    (checkout / "docs" / "CODEOWNERS").touch()
    found = look(checkout / "docs")
    assert found.services == ("my shop", "checkout-api", "checkout-web", "checkout-worker")
    assert (found.path, found.codeowners, found.environment) == (str(checkout), "docs/CODEOWNERS", ".venv")
    assert environment_of(checkout / "docs") == ""


def test_the_base_branch_is_the_remotes_then_the_usual_one(checkout, tmp_path):
    commit_ready(checkout)
    git(checkout, "branch", "main")
    assert look(checkout).branch == "main"
    git(tmp_path, "clone", "-q", str(checkout), "copy")
    assert look(tmp_path / "copy").branch == "trunk"


@pytest.mark.parametrize(
    "value", ["no", "1.0", "a: b", "- x", "#x", "it's", 'say "hi"', "für", "a\nb", "2026-01-01", "~", "@acme"]
)
def test_any_name_is_read_back_as_it_was(value):
    found = Found("/srv/shop", "main", services=(value,), tests=("run", value))
    text = text_for(
        found, Answers(sources=(Source("sentry", organization=value, projects=(value,)),), me=(value,))
    )
    settings, _ = to_settings(parse(text, "x"), "x")
    assert settings.repositories[0].services == (value,) and settings.me == (value,)
    assert (settings.sources[0].organization, settings.sources[0].projects) == (value, (value,))
    assert quoted(value) != "" and settings.repositories[0].test_command == ("run", value)


def test_the_interview_asks_only_what_a_kind_needs():
    answers = iter(["oops", "glitchtip", "", "", "acme", "shop, web", "", "files", "/srv/events", "",
                    "mira m@acme.example", "jira", "anthropic/claude-sonnet-4-5", "", "y"])  # fmt: skip
    asked: list[str] = []
    told: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return next(answers)

    got = interview(ask, told.append, service="shop", tracker="github")
    assert got.sources == (
        Source(
            "glitchtip",
            "https://app.glitchtip.com",
            "acme",
            ("shop", "web"),
            token_env="GLITCHTIP_AUTH_TOKEN",
        ),
        Source("files", path="/srv/events", service="shop"),
    )
    assert (got.me, got.tracker, got.strong, got.consent) == (
        ("mira", "m@acme.example"), "jira", "anthropic/claude-sonnet-4-5", True,
    )  # fmt: skip
    assert any("event:read" in words for words in told), "the scopes are said where the token is asked for"
    assert all(len(question) < 60 for question in asked), "a question and its answer fit one line"


def test_init_asks_on_a_terminal(line, checkout):
    commit_ready(checkout)
    parent, child = pty.openpty()
    process = subprocess.Popen(
        command("init"),
        cwd=checkout,
        env=line.environment(),
        stdin=child,
        stdout=child,
        stderr=child,
        close_fds=True,
    )
    os.close(child)
    said = b""
    answers = [b"bugsink", b"https://bugs.acme.example", b"shop", b"", b"", b"mira", b"", b"", b"y"]
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        if select.select([parent], [], [], 0.05)[0]:
            try:
                said += os.read(parent, 4096)
            except OSError:
                break
        if answers and said.rstrip(b" ").endswith((b":", b"[Y/n]", b"[y/N]")) and said.endswith(b" "):
            os.write(parent, answers.pop(0) + b"\n")
            said += b"|"
    assert process.wait(timeout=20) == 0, said.decode()
    os.close(parent)
    settings, _ = settings_of(line)
    (source,) = settings.sources
    assert (source.kind, source.url, source.projects) == ("bugsink", "https://bugs.acme.example", ("shop",))
    assert source.token_env == "BUGSINK_TOKEN" and settings.me == ("mira",)


def commit_ready(folder: Path) -> None:
    (folder / "shop.py").write_text("")
    commit(folder)


def test_what_init_found_is_published(line, checkout):
    commit_ready(checkout)
    done = line.run("init", "--yes", "--json", cwd=checkout)
    assert done.json["schema"] == "rootcase.init/1" and done.json["found"]["services"] == ["my shop"]
    assert json.loads(done.out)["file"].endswith("config.yaml")
