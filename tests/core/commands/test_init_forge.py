"""`rootcase init` reads the forge and its project from the remote."""

from __future__ import annotations

import subprocess

import pytest

from rootcase.core.commands.init_ask import Answers
from rootcase.core.commands.init_look import look
from rootcase.core.commands.init_text import text_for
from rootcase.core.config.schema import to_settings
from rootcase.core.config.yamltext import parse


@pytest.mark.parametrize(
    ("remote", "forge", "project"),
    [
        ("git@github.com:acme/checkout.git", "github", "acme/checkout"),
        ("git@gitlab.com:acme/backend/checkout.git", "gitlab", "acme/backend/checkout"),
        ("https://gitlab.com/acme/checkout", "gitlab", "acme/checkout"),
        ("/srv/git/checkout.git", "none", ""),
    ],
)
def test_a_remote_names_its_forge(tmp_path, remote, forge, project):
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin", remote], check=True)
    found = look(tmp_path)
    assert (found.forge, found.project) == (forge, project)
    repository = to_settings(parse(text_for(found, Answers()), "x"), "x")[0].repositories[0]
    assert (repository.forge, repository.forge_project, repository.tracked) == (forge, project, forge)
