"""Where the token may not push, the change goes to a fork under its user's name, found before it is made."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import pytest

from rootcase.core.deliver import acts
from rootcase.core.deliver.acts import Ports
from rootcase.core.deliver.connect import open_forge
from rootcase.core.deliver.destination import Destination, in_fork
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.model.entries import EffectDone, EffectFailed, Faulted
from rootcase.core.model.errors import DeliveryError
from rootcase.core.workspace.git import Git
from rootcase.core.workspace.remote_access import access_environment, access_settings
from tests.support.fake_gitlab import FakeGitLab
from tests.support.git_servers import GitOverHttp, GitOverSsh, sshd

FORK = "dana/checkout"
PASSWORD = "a-password-of-nobody"


@pytest.fixture
def at(place):
    """The same place with its remote where a server has it: OWNER/NAME.git."""
    remote = place.folder / "served" / "acme" / "checkout.git"
    remote.parent.mkdir(parents=True)
    shutil.move(place.remote, remote)
    with (remote / "config").open("a") as file:
        file.write("[http]\n\treceivepack = true\n")
    return replace(place, remote=remote)


@pytest.fixture
def forge_with(kit, at):
    running = []

    def start(*faults):
        running.append(kit.Forge(at, faults))
        return running[-1]

    yield start
    for one in running:
        one.stop()


def fork_of(at, owner="dana"):
    return at.remote.parent.parent / owner / "checkout.git"


def proposal_of(kit, case, settings, place, opener="dana"):
    how = depth(case, settings, settings.repositories[0])
    return compose(case, settings, settings.repositories[0], place, how, opener=opener)


def ports(kit, at, place, token, user=None, settings=()):
    pusher = Pusher(
        Git(at.clone, git_dir=at.clone), place, author=Author("Dana", "dana@example.com"),
        environment=access_environment(user or {}), settings=settings,
    )  # fmt: skip
    return Ports(place, open_forge(place, token), pusher)


async def looked_up(kit, at, settings, token, address=""):
    """The destination as a run finds it out: asked of the forge."""
    place = kit.where(settings, at)
    place = replace(place, push_url=address) if address else place
    rights = await open_forge(place, token).rights()
    assert (rights.login, rights.push, rights.fork) == ("dana", False, FORK)
    forge = open_forge(place, token)
    return in_fork(place, rights.fork, unmade=not await forge.forked(rights.fork))


async def sent(kit, journal, settings, ports, **more):
    bodies = await kit.collected(deliver(journal.case, settings, ports), **more)
    journal.add(*bodies)
    return bodies


async def test_the_fork_is_made_waited_for_and_pushed_to(kit, at, proved, forge_with, monkeypatch):
    monkeypatch.setattr(acts, "FORK_PAUSE_S", 0.01)
    forge = forge_with("no-push", "slow-fork:2")
    settings = kit.settings_for(forge.url)
    place = await looked_up(kit, at, settings, kit.TOKEN)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    assert [(w.kind, w.target) for w in case.proposal.writes] == [
        ("fork", f"localhost/{FORK}"), ("push", f"dana/checkout.git {case.proposal.branch}"),
        ("pull_request", "localhost/acme/checkout"),
    ]  # fmt: skip
    bodies = await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN))
    assert [b.kind for b in bodies if isinstance(b, EffectDone)] == ["fork", "push", "pull_request"]
    # What the forge does not let an outsider do is said, and stops nothing.
    notes = [b.title for b in bodies if isinstance(b, Faulted)]
    assert notes == ["The label rootcase was not set"]
    assert kit.git(at.remote, "branch", "--list", "rootcase/*") == ""
    assert kit.git(fork_of(at), "rev-parse", case.proposal.branch)
    made = kit.only(forge._server.book.newest("pull"))
    assert (made.head_owner, made.head, made.base) == ("dana", case.proposal.branch, "main")
    assert (await open_forge(place, kit.TOKEN).pull_for(made.head)).number == made.number


async def test_a_fork_that_is_there_is_used_and_is_no_write_of_its_own(kit, at, proved, forge_with):
    forge = forge_with("no-push")
    settings = kit.settings_for(forge.url)
    shutil.copytree(at.remote, fork_of(at))
    kit.git(at.checkout, "commit", "-q", "--allow-empty", "-m", "News")
    kit.git(at.checkout, "push", "-q", str(at.remote), "main")
    place = await looked_up(kit, at, settings, kit.TOKEN)
    case = kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    assert [w.kind for w in case.proposal.writes] == ["push", "pull_request"]
    bodies = await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN))
    said = [b.title for b in bodies if isinstance(b, Faulted)]
    assert any(title.startswith("main has moved on") for title in said), "the base is looked at upstream"
    assert isinstance(bodies[-1], EffectDone)


@pytest.mark.parametrize("kills", range(1, 7))
async def test_a_kill_after_any_entry_leaves_one_fork_and_one_pull_request(
    kit, at, proved, forge_with, kills
):
    forge = forge_with("no-push")
    settings = kit.settings_for(forge.url)
    place = await looked_up(kit, at, settings, kit.TOKEN)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN), at_most=kills)
    await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN))
    assert len(forge._server.book.newest("pull")) == 1
    assert {effect.state for effect in proved.case.effects} == {"done"}
    assert (
        os.listdir(at.remote.parent.parent) == ["acme", "dana"]
        or len(os.listdir(at.remote.parent.parent)) == 2
    )


async def test_a_lost_answer_to_the_fork_is_looked_up(kit, at, proved, forge_with):
    forge = forge_with("no-push", "lose-answer:/forks")
    settings = kit.settings_for(forge.url)
    place = await looked_up(kit, at, settings, kit.TOKEN)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN))
    assert bodies[1].kind == "fork" and bodies[1].found and isinstance(bodies[-1], EffectDone)


async def test_something_else_of_that_name_is_never_pushed_to(kit, at, forge_with):
    forge = forge_with("no-push", "taken:dana")
    with pytest.raises(DeliveryError, match="dana/checkout is no fork of acme/checkout"):
        await looked_up(kit, at, kit.settings_for(forge.url), kit.TOKEN)


async def test_a_fork_that_never_comes_is_said_and_nothing_is_opened(
    kit, at, proved, forge_with, monkeypatch
):
    monkeypatch.setattr(acts, "FORK_PAUSE_S", 0.0)
    monkeypatch.setattr(acts, "FORK_TRIES", 2)
    forge = forge_with("no-push", "slow-fork:99")
    settings = kit.settings_for(forge.url)
    place = await looked_up(kit, at, settings, kit.TOKEN)
    kit.approve(proved, proposal_of(kit, proved.case, settings, place))
    bodies = await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN))
    assert isinstance(bodies[-1], EffectFailed) and "is not ready" in bodies[-1].why
    assert forge._server.book.newest("pull") == []


async def test_a_remote_that_does_not_hold_the_projects_name_says_what_to_do(kit, place, forge_with):
    forge = forge_with("no-push")
    with pytest.raises(DeliveryError, match="Where dana/checkout lies for git is not known"):
        await looked_up(kit, place, kit.settings_for(forge.url), kit.TOKEN)


async def test_who_opens_it_is_not_asked_to_review_it(kit, place, proved):
    settings = replace(
        kit.settings_for("http://127.0.0.1:9"), policy=kit.PolicySettings(level="review-ready")
    )
    where = kit.where(settings, place)
    assert proposal_of(kit, proved.case, settings, where, opener="Mira").reviewers == ()
    assert proposal_of(kit, proved.case, settings, where, opener="dana").reviewers == ("mira",)


@pytest.mark.parametrize(
    ("remote", "head"),
    [
        ("git@github.com:dana/checkout.git", "dana/checkout"),
        ("https://github.com/dana/co", "dana/co"),
        ("git@github.com:acme/old-name.git", "acme/checkout"),
        ("git@mirror.acme.dev:mirrors/checkout.git", "acme/checkout"),
        ("/srv/git/checkout.git", "acme/checkout"),
    ],
)
def test_a_fork_of_ones_own_making_is_told_by_its_remote(remote, head):
    place = Destination("github", api="https://api.github.com", project="acme/checkout", push_url=remote,
                        forge_name="github.com")  # fmt: skip
    assert place.head_project == head


@pytest.mark.parametrize("way", ["https", "ssh"])
async def test_a_fork_over_https_and_ssh_gets_the_branch_by_the_engineers_own_way(
    kit, at, proved, forge_with, way
):
    """Against real git servers; the fork's address is the remote's own with another name."""
    if way == "ssh" and (sshd() is None or shutil.which("ssh-keygen") is None):
        pytest.skip("there is no sshd here (apt: openssh-server)")
    forge = forge_with("no-push")
    settings = kit.settings_for(forge.url)
    user = {"HOME": str(at.folder / "home"), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
    (at.folder / "home").mkdir()
    if way == "https":
        server = GitOverHttp(at.remote.parent.parent, "dana", PASSWORD)
        helper = f"!f() {{ echo username=dana; echo password={PASSWORD}; }}; f"
        (at.folder / "home" / ".gitconfig").write_text(f'[credential]\n\thelper = "{helper}"\n')
        address = f"{server.url}/acme/checkout.git"
    else:
        server = GitOverSsh(at.folder / "ssh")
        user["GIT_SSH_COMMAND"] = server.command
        address = server.url(at.remote)
    try:
        place = await looked_up(kit, at, settings, kit.TOKEN, address)
        assert place.push_url == address.replace("acme/checkout", FORK)
        kit.approve(proved, proposal_of(kit, proved.case, settings, place))
        forked = open_forge(place, kit.TOKEN)
        await forked.fork(FORK)
        await forked.forked(FORK)
        with (fork_of(at) / "config").open("a") as file:
            file.write("[http]\n\treceivepack = true\n")
        access = await access_settings(address, user)
        bodies = await sent(kit, proved, settings, ports(kit, at, place, kit.TOKEN, user, access))
    finally:
        server.stop()
    assert isinstance(bodies[-1], EffectDone) and bodies[-1].kind == "pull_request", bodies
    assert kit.git(fork_of(at), "rev-parse", proved.case.proposal.branch)


async def test_gitlab_forks_and_opens_the_merge_request_from_there(kit, at, proved):
    fake = FakeGitLab(at.remote, "acme/checkout")
    fake.push = False
    settings = kit.settings_for()
    repository = replace(settings.repositories[0], forge="gitlab", forge_url=fake.url, tracker="none")
    settings = replace(settings, repositories=(repository,))
    try:
        place = await looked_up(kit, at, settings, fake.token)
        kit.approve(proved, proposal_of(kit, proved.case, settings, place))
        first = await sent(kit, proved, settings, ports(kit, at, place, fake.token), at_most=5)
        await sent(kit, proved, settings, ports(kit, at, place, fake.token))
        assert [b.kind for b in first if isinstance(b, EffectDone)][:2] == ["fork", "push"]
        (made,) = fake.merge_requests
        assert made["source_project_id"] != made["target_project_id"]
        assert proved.case.effect("pull_request").state == "done"
        assert kit.git(at.remote, "branch", "--list", "rootcase/*") == ""
    finally:
        fake.stop()
