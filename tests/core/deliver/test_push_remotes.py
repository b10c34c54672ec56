"""A push over https with a credential helper and over ssh, against real git servers."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import subprocess
from dataclasses import replace

import pytest

from rootcase.core.deliver.destination import Destination
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.model.errors import DeliveryError
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.remote_access import access_environment, access_settings
from rootcase.core.workspace.signing import Signing, signing
from tests.support.git_servers import GitOverHttp, GitOverSsh, sshd

PASSWORD = "a-password-of-nobody"
needs_sshd = pytest.mark.skipif(
    sshd() is None or shutil.which("ssh-keygen") is None, reason="there is no sshd here (apt: openssh-server)"
)


@pytest.fixture
def proposal(kit, place, proved):
    settings = kit.settings_for("")
    repository = settings.repositories[0]
    how = depth(proved.case, settings, repository)
    return compose(proved.case, settings, repository, kit.where(settings, place), how)


@pytest.fixture
def web(place):
    kit_config(place.remote)
    server = GitOverHttp(place.folder, "dana", PASSWORD)
    yield server
    server.stop()


def kit_config(remote):
    """A server takes pushes over http only where it is told to."""
    with (remote / "config").open("a") as file:
        file.write("[http]\n\treceivepack = true\n")


def home_with_helper(folder, answers: str):
    """A home whose git configuration names a helper; it writes down that it was asked."""
    home = folder / "home"
    home.mkdir()
    helper = home / "helper"
    helper.write_text(f'#!/bin/sh\necho "$1" >> {home}/asked\n[ "$1" = get ] && printf "{answers}"\nexit 0\n')
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    (home / ".gitconfig").write_text(f"[credential]\n\thelper = {helper}\n[core]\n\tpager = /bin/false\n")
    return home, {"HOME": str(home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}


async def pushed(place, proposal, url, user, **more):
    target = Destination("github", push_url=url, base_branch="main")
    pusher = Pusher(
        Git(place.clone, git_dir=place.clone), target, author=Author("Dana", "dana@example.com"),
        environment=access_environment(user), settings=await access_settings(url, user), **more,
    )  # fmt: skip
    first = await pusher.push(
        proposal, "Load the currency\n\nRootcase-Case: C-1\n", "C-1", 1_762_135_260_000_000
    )
    return first, await pusher.find(proposal, "C-1")


async def test_https_asks_the_engineers_own_helper(kit, place, proposal, web):
    home, user = home_with_helper(place.folder, f"username=dana\\npassword={PASSWORD}\\n")
    first, found = await pushed(place, proposal, f"{web.url}/remote.git", user)
    assert found.found and found.commit == first.commit
    assert kit.git(place.remote, "rev-parse", proposal.branch) == first.commit
    assert "get" in (home / "asked").read_text().split()


async def test_a_helper_for_that_host_alone_is_asked_as_git_would(kit, place, proposal, web):
    home, user = home_with_helper(place.folder, f"username=dana\\npassword={PASSWORD}\\n")
    helper = home / "helper"
    (home / ".gitconfig").write_text(f'[credential "{web.url}"]\n\tusername = dana\n\thelper = {helper}\n')
    first, _ = await pushed(place, proposal, f"{web.url}/remote.git", user)
    assert kit.git(place.remote, "rev-parse", proposal.branch) == first.commit


async def test_no_helper_and_a_wrong_one_are_refusals_that_say_what_to_do(kit, place, proposal, web):
    _, user = home_with_helper(place.folder, "username=dana\\npassword=wrong\\n")
    for environment in (user, {**user, "HOME": str(place.folder)}):
        with pytest.raises(DeliveryError) as caught:
            await pushed(place, proposal, f"{web.url}/remote.git", environment)
        assert "was refused" in caught.value.title and "key or token" in caught.value.hint
        assert "wrong" not in str(caught.value)
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""


async def test_a_helper_that_a_repository_names_is_never_run(place, proposal, web):
    """The checkout's and the clone's own configuration are content of others."""
    mark = place.folder / "mark"
    with (place.clone / "config").open("a") as file:
        file.write(f'[credential]\n\thelper = "!touch {mark}"\n')
    with pytest.raises(DeliveryError):
        await pushed(
            place, proposal, f"{web.url}/remote.git", {"HOME": str(place.folder), "PATH": os.environ["PATH"]}
        )
    assert not mark.exists()


async def test_only_what_a_remote_needs_is_taken_from_the_configuration(place):
    home, user = home_with_helper(place.folder, "")
    settings = await access_settings("https://git.acme.dev/a/b", {**user, "AWS_SECRET": "x"})
    assert settings == ("-c", f"credential.helper={home / 'helper'}")
    assert await access_settings(str(place.remote), user) == ()
    assert set(access_environment({**user, "AWS_SECRET": "x"})) == {"HOME"}
    nobody = {"HOME": "/nonexistent", "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    assert await access_settings("git@github.com:a/b", nobody) == ()


@needs_sshd
async def test_ssh_pushes_with_the_engineers_key(kit, place, proposal):
    server = GitOverSsh(place.folder / "ssh")
    user = {"HOME": str(place.folder), "PATH": os.environ["PATH"], "GIT_SSH_COMMAND": server.command}
    try:
        first, found = await pushed(place, proposal, server.url(place.remote), user)
        assert found.found and kit.git(place.remote, "rev-parse", proposal.branch) == first.commit
        again = replace(proposal, branch="rootcase/c-2")
        by_setting = {name: value for name, value in user.items() if name != "GIT_SSH_COMMAND"}
        (place.folder / ".gitconfig").write_text(f"[core]\n\tsshCommand = {server.command}\n")
        await pushed(place, again, server.url(place.remote), by_setting)
        assert kit.git(place.remote, "rev-parse", "rootcase/c-2")
    finally:
        server.stop()


@needs_sshd
async def test_an_unknown_host_and_a_foreign_key_are_refused(kit, place, proposal):
    server = GitOverSsh(place.folder / "ssh")
    nobody = place.folder / "nobody"
    nobody.write_text("")
    user = {"HOME": str(place.folder), "PATH": os.environ["PATH"]}
    cases = (
        (server.command_with(nobody, place.folder / "ssh" / "user"), "look at its key"),
        (server.command_with(server.known, place.folder / "ssh" / "host"), "key or token"),
    )
    try:
        for command, hint in cases:
            with pytest.raises(DeliveryError) as caught:
                await pushed(place, proposal, server.url(place.remote), {**user, "GIT_SSH_COMMAND": command})
            assert hint in caught.value.hint, str(caught.value)
    finally:
        server.stop()
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""


def signing_home(folder, *lines):
    """A home whose git configuration signs commits with an ssh key."""
    home = folder / "signer"
    home.mkdir()
    key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dana", "-f", str(home / "key")]
    subprocess.run(key, check=True, stdin=subprocess.DEVNULL)
    (home / ".gitconfig").write_text("\n".join(lines))
    return home, {"HOME": str(home), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}


needs_keygen = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="there is no ssh-keygen here")
SIGNS = ("[commit]", "\tgpgSign = true", "[gpg]", "\tformat = ssh", "[user]", "\tsigningKey = ~/key.pub")


@needs_keygen
async def test_where_git_signs_commits_ours_is_signed_with_the_same_key(kit, place, proposal):
    home, user = signing_home(place.folder, *SIGNS)
    how = await signing(str(place.checkout), user)
    assert how.words == "ssh key"
    first, found = await pushed(place, proposal, str(place.remote), user, signing=how.settings)
    assert found.commit == first.commit, "a signed commit is found again like any other"
    public = (home / "key.pub").read_text().split()
    (home / "allowed").write_text(f"dana@example.com {public[0]} {public[1]}\n")
    allowed = f"gpg.ssh.allowedSignersFile={home / 'allowed'}"
    verified = ["git", "-c", allowed, "verify-commit", first.commit]
    done = await asyncio.to_thread(
        subprocess.run, verified, cwd=place.remote, env=user, capture_output=True, text=True
    )
    assert done.returncode == 0 and 'Good "git" signature for dana@example.com' in done.stderr, done.stderr


@needs_keygen
async def test_a_key_that_does_not_answer_is_a_refusal_and_never_an_unsigned_commit(kit, place, proposal):
    home, user = signing_home(place.folder, *SIGNS)
    how = await signing(str(place.checkout), user)
    (home / "key").unlink()
    with pytest.raises(DeliveryError, match="could not be signed") as caught:
        await pushed(place, proposal, str(place.remote), user, signing=how.settings)
    assert "ssh-add" in caught.value.hint
    assert kit.git(place.remote, "branch", "--list", "rootcase/*") == ""


@needs_keygen
async def test_a_checkout_may_say_that_it_signs_but_never_with_which_program(kit, place):
    _, user = signing_home(place.folder)
    assert await signing(str(place.checkout), user) == Signing()
    for name, value in (("commit.gpgSign", "true"), ("gpg.program", "/bin/evil"), ("user.signingKey", "ABC")):
        kit.git(place.checkout, "config", name, value)
    how = await signing(str(place.checkout), user)
    assert how == Signing(("-c", "user.signingkey=ABC"), "OpenPGP key")
    assert await signing("", user) == Signing()
