"""What Rootcase never does, whatever the policy and the proposal say: held by code, seen from the other end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import PolicySettings
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose
from rootcase.core.deliver.push import Pusher
from rootcase.core.model.delivery import proposal_digest
from rootcase.core.model.entries import EffectFailed
from rootcase.core.model.errors import DeliveryError
from rootcase.core.workspace.git import Git
from tests.support.merging_forges import GitHubMerging


class Recorded:
    """Runs git, and keeps what it was told."""

    def __init__(self, git: Git) -> None:
        self.git, self.asked = git, []

    async def run(self, arguments, **more):
        self.asked.append(list(arguments))
        return await self.git.run(arguments, **more)


def proposed(kit, place, journal, settings, **changes):
    how = depth(journal.case, settings, settings.repositories[0])
    made = compose(journal.case, settings, settings.repositories[0], kit.where(settings, place), how)
    if "branch" in changes:
        writes = tuple(
            replace(w, target=w.target.replace(made.branch, changes["branch"])) for w in made.writes
        )
        made = replace(made, writes=writes)
    made = replace(made, **changes)
    return replace(made, digest=proposal_digest(made))


@pytest.mark.parametrize("level", ["draft-only", "review-ready", "auto-merge"])
async def test_it_neither_forces_nor_merges_nor_touches_another_branch(kit, place, proved, forge, level):
    settings = kit.settings_for(forge.url, policy=PolicySettings(level=level))
    merging = GitHubMerging(forge._server)
    asked = []
    answer = forge._server.answer
    forge._server.answer = lambda request, token: (asked.append(request), answer(request, token))[1]
    ports = kit.ports_for(settings, place)
    runner = Recorded(Git(place.clone, git_dir=place.clone))
    ports = replace(ports, pusher=Pusher(runner, ports.place))
    case = kit.approve(proved, proposed(kit, place, proved, settings))
    bodies = await kit.collected(deliver(case, settings, ports))
    assert not any(isinstance(body, EffectFailed) for body in bodies)
    pushes = [words for words in runner.asked if words[0] == "push"]
    [words] = pushes
    assert not {"--force", "-f", "--force-with-lease", "--mirror", "--delete", "--all"} & set(words)
    assert words[-1].endswith(f":refs/heads/{case.proposal.branch}") and not words[-1].startswith(("+", ":"))
    assert kit.git(place.remote, "rev-parse", "main") == place.base
    assert not any("merge" in request.path.rsplit("/", 1)[-1] for request in asked)
    assert merging.asked == {} and not any(request.method == "DELETE" for request in asked)


@pytest.mark.parametrize("branch", ["main", "release/1", "", "rootcasex/c-1"])
async def test_a_branch_that_is_not_its_own_is_refused(kit, place, proved, forge, branch):
    settings = kit.settings_for(forge.url)
    case = kit.approve(proved, proposed(kit, place, proved, settings, branch=branch))
    before = kit.git(place.remote, "for-each-ref")
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert isinstance(bodies[-1], EffectFailed) and kit.git(place.remote, "for-each-ref") == before


async def test_the_remotes_default_branch_is_refused_even_under_its_own_prefix(kit, place, proved):
    settings = kit.settings_for("http://127.0.0.1:1")
    proposal = proposed(kit, place, proved, settings)
    kit.git(place.remote, "symbolic-ref", "HEAD", f"refs/heads/{proposal.branch}")
    kit.git(place.remote, "update-ref", f"refs/heads/{proposal.branch}", place.base)
    with pytest.raises(DeliveryError, match="is the default branch"):
        await kit.ports_for(settings, place).pusher.push(proposal, "x", "C-1", 1)
    assert kit.git(place.remote, "rev-parse", proposal.branch) == place.base


async def test_a_branch_that_somebody_rewrote_is_not_forced(kit, place, proved, forge):
    settings = kit.settings_for(forge.url)
    proposal = proposed(kit, place, proved, settings)
    theirs = kit.git(place.remote, "commit-tree", f"{place.base}^{{tree}}", "-m", "Theirs")
    kit.git(place.remote, "update-ref", f"refs/heads/{proposal.branch}", theirs)
    case = kit.approve(proved, proposal)
    bodies = await kit.collected(deliver(case, settings, kit.ports_for(settings, place)))
    assert "not Rootcase's" in bodies[-1].why
    assert kit.git(place.remote, "rev-parse", proposal.branch) == theirs
