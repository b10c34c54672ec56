"""The forge is asked to merge by its own rules, in a narrow set alone, once, and never merges by our hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.config.settings import AutoMergeSettings, PolicyRule, PolicySettings
from rootcase.core.deliver.acts import Ports
from rootcase.core.deliver.connect import open_forge, open_merger
from rootcase.core.deliver.github_merge import graphql_path
from rootcase.core.deliver.merging import standing_merge
from rootcase.core.deliver.outbox import deliver
from rootcase.core.deliver.policy import approvable, depth, refused
from rootcase.core.deliver.proposal import compose
from rootcase.core.deliver.push import Author, Pusher
from rootcase.core.model.draft_entries import HunkEdited, Judged
from rootcase.core.model.entries import EffectDone, EffectFailed, EffectIntended, GateDecided, Proposed
from rootcase.core.model.verdicts import GateDecision, RuleResult
from rootcase.core.workspace.git import Git
from tests.core.deliver.conftest import TOKEN
from tests.support.merging_forges import GitHubMerging, GitLabMerging

NARROW = AutoMergeSettings(paths=("app/**", "test_currency.py"), max_lines=5)
POLICY = PolicySettings(
    level="review-ready",
    rules=(PolicyRule(paths=("app/**", "test_*"), level="auto-merge"),),
    auto_merge=NARROW,
)
INSENSITIVE = RuleResult("product_sensitive", None, "outside payments, permissions and billing")


@pytest.fixture
def narrow_case(kit, place):
    journal = kit.Journal()
    journal.add(
        *kit.opening(place.base), GateDecided(GateDecision("after", "fix", "ours", "P1", (INSENSITIVE,))),
        *kit.drafted(place, level="E5"),
    )  # fmt: skip
    return journal


def proposed(kit, place, journal, settings, freeze=""):
    case = journal.case
    how = depth(case, settings, settings.repositories[0], freeze=freeze)
    return compose(case, settings, settings.repositories[0], kit.where(settings, place), how)


def github(kit, place, forge):
    settings = kit.settings_for(forge.url, policy=POLICY)
    merging = GitHubMerging(forge._server)
    target = kit.where(settings, place)
    return settings, merging, replace(kit.ports_for(settings, place), merger=open_merger(target, TOKEN))


def kinds(bodies):
    return [
        (type(b).__name__, getattr(b, "kind", "") or b.write.kind) for b in bodies if not hasattr(b, "title")
    ]


async def test_in_the_narrow_set_the_forge_is_asked_with_the_rule_that_allows_it(
    kit, place, narrow_case, forge
):
    settings, merging, ports = github(kit, place, forge)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    assert [write.kind for write in case.proposal.writes] == ["push", "pull_request", "auto_merge"]
    assert "the forge may be asked to merge by policy.rules[0] (app/**, test_*)" in case.proposal.depth_rule
    bodies = await kit.collected(deliver(case, settings, ports))
    assert merging.asked == {1: "SQUASH"} and merging.writes == ["enable 1"]
    logged = next(b.write for b in bodies if isinstance(b, EffectIntended) and b.write.kind == "auto_merge")
    assert logged.text.startswith("policy.rules[0] (app/**, test_*): evidence E5; all files in app/**")
    assert "2 of 5 lines, 1 of 1 files" in logged.text and "no error-budget freeze" in logged.text
    done = narrow_case.add(*bodies)
    assert standing_merge(done) is not None
    assert await kit.collected(deliver(done, settings, ports)) == []
    assert kit.git(place.remote, "rev-parse", "main") == place.base


@pytest.mark.parametrize("kill_after", [1, 2, 3, 4, 5])
async def test_a_kill_at_any_point_asks_once(kit, place, narrow_case, forge, kill_after):
    settings, merging, ports = github(kit, place, forge)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    case = narrow_case.add(*await kit.collected(deliver(case, settings, ports), at_most=kill_after))
    done = narrow_case.add(*await kit.collected(deliver(case, settings, ports)))
    assert merging.writes == ["enable 1"] and {e.state for e in done.effects} == {"done"}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"reviews": 0}, "main demands no human's approval"),
        ({"decision": "APPROVED"}, "is approved already"),
        ({"allowed": False}, "Auto merge is not allowed for this repository"),
        ({"clean": True}, "clean status"),
    ],
)
async def test_what_the_forge_or_its_branch_does_not_allow_is_shown_and_the_pull_request_stays(
    kit, place, narrow_case, forge, what, words
):
    settings, merging, ports = github(kit, place, forge)
    for name, value in what.items():
        setattr(merging, name, value)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    bodies = await kit.collected(deliver(case, settings, ports))
    [failed] = [b for b in bodies if isinstance(b, EffectFailed)]
    assert failed.kind == "auto_merge" and words in failed.why and failed.hint
    assert merging.asked == {}
    case = narrow_case.add(*bodies)
    assert case.effect("pull_request").state == "done" and case.effect("auto_merge").state == "failed"


async def test_a_commit_of_somebody_else_on_top_is_not_merged_by_itself(kit, place, narrow_case, forge):
    settings, merging, ports = github(kit, place, forge)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    case = narrow_case.add(*await kit.collected(deliver(case, settings, ports), at_most=4))
    branch = case.proposal.branch
    more = kit.git(place.remote, "commit-tree", place.tree, "-p", branch, "-m", "By hand")
    kit.git(place.remote, "update-ref", f"refs/heads/{branch}", more)
    bodies = await kit.collected(deliver(case, settings, ports))
    assert "holds more than what was proved" in next(b.why for b in bodies if isinstance(b, EffectFailed))
    assert merging.asked == {}


async def test_a_change_after_it_takes_the_request_back_before_anything_is_pushed(
    kit, place, narrow_case, forge
):
    settings, merging, ports = github(kit, place, forge)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    narrow_case.add(*await kit.collected(deliver(case, settings, ports)))
    narrow_case.add(
        HunkEdited(1, "h1", ('    row = {"sku": sku, "amount": 3, "currency": "USD"}\n',)), actor="human:dana"
    )
    narrow_case.add(Proposed(replace(proposed(kit, place, narrow_case, settings))))
    proposal = narrow_case.case.proposal
    assert proposal.kind == "ticket"  # review has not seen this text
    waiting = replace(settings, policy=replace(POLICY, confidence=("replayed-event",)))
    other = kit.Journal()
    other.entries = narrow_case.entries[:-2]
    case = kit.approve(other, proposed(kit, place, other, waiting))
    assert case.proposal.writes[0].kind == "auto_merge_off"
    bodies = await kit.collected(deliver(case, waiting, ports))
    assert merging.asked == {} and merging.writes == ["enable 1", "disable 1"]
    assert kinds(bodies)[:2] == [("EffectIntended", "auto_merge_off"), ("EffectDone", "auto_merge_off")]
    assert standing_merge(other.add(*bodies)) is None
    case = kit.approve(other, proposed(kit, place, other, settings))
    other.add(*await kit.collected(deliver(case, settings, ports)))
    assert merging.writes == ["enable 1", "disable 1", "enable 1"] and standing_merge(other.case) is not None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"policy": replace(POLICY, auto_merge=replace(NARROW, paths=("app/**",)))},
            "test_currency.py is not in",
        ),
        ({"policy": replace(POLICY, auto_merge=replace(NARROW, max_lines=1))}, "2 of 1 lines"),
        ({"sensitive": ("app/loader.py",)}, "is in guardrails.product_sensitive"),
        (
            {"gate": RuleResult("product_sensitive", None, "payments, app/x: olga agreed", kind="payments")},
            "olga agreed",
        ),
        ({"gate": None}, "the gate has not looked"),
        ({"freeze": None}, "slos names no objective"),
        ({"freeze": "error-budget freeze: burns"}, "error-budget freeze"),
        ({"level": "E4"}, "evidence E4"),
        ({"judged": "hold"}, "the judge says hold"),
        ({"path": "app/migrations/1.py"}, "changes what is stored"),
        ({"path": "app/payments.py"}, "speaks of payments"),
        ({"made": "delete"}, "would be deleted"),
    ],
)
def test_outside_the_narrow_set_it_is_for_review(kit, place, change, words):
    journal = kit.Journal()
    rules = (change.get("gate", INSENSITIVE),) if change.get("gate", INSENSITIVE) else ()
    journal.add(
        *kit.opening(place.base), GateDecided(GateDecision("after", "fix", "ours", "P1", rules)),
        *kit.drafted(place, level=change.get("level", "E5")),
    )  # fmt: skip
    case = journal.case
    if "judged" in change:
        case = journal.add(Judged(1, case.draft.digest, change["judged"], reason="not sure"))
    hunks = tuple(
        replace(
            s, hunk=replace(s.hunk, path=change.get("path", s.hunk.path), change=change.get("made", "modify"))
        )
        if not s.hunk.test
        else s
        for s in case.draft.hunks
    )
    case = replace(case, drafts=(replace(case.draft, hunks=hunks),))
    settings = kit.settings_for("http://127.0.0.1:1", policy=change.get("policy", POLICY))
    settings = replace(
        settings, guardrails=replace(settings.guardrails, product_sensitive=change.get("sensitive", ()))
    )
    how = depth(case, settings, settings.repositories[0], freeze=change.get("freeze", ""))
    assert how.kind == "pull_request" and not how.merge.ok
    assert any(words in check.saw for check in how.merge.checks if not check.ok), how.merge.checks
    assert "for review, since" in how.rule and words in how.rule
    journal.add(Proposed(compose(case, settings, settings.repositories[0], kit.where(settings, place), how)))
    assert "auto_merge" not in [write.kind for write in journal.case.proposal.writes]


async def test_the_rule_is_asked_again_right_before_the_forge_is(kit, place, narrow_case, forge):
    settings, merging, ports = github(kit, place, forge)
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    bodies = await kit.collected(
        deliver(
            case, settings, ports,
            why_not=lambda write: refused(case, settings, settings.repositories[0], write, "error-budget freeze: x"),
        )
    )  # fmt: skip
    failed = bodies[-1]
    assert isinstance(failed, EffectFailed) and "error-budget freeze" in failed.why and merging.writes == []


def test_unattended_it_is_asked_only_where_approve_lists_it(kit, place, narrow_case):
    settings = kit.settings_for("http://127.0.0.1:1", policy=POLICY)
    case = narrow_case.add(Proposed(proposed(kit, place, narrow_case, settings)))
    assert approvable(case, replace(POLICY, approve=("pr",))) == ""
    assert (
        approvable(case, replace(POLICY, approve=("pr", "auto_merge")))
        == "policy.approve lists auto_merge, pr"
    )


@pytest.fixture
def gitlab(place):
    fake = GitLabMerging(place.remote, "acme/checkout")
    yield fake
    fake.stop()


async def test_gitlab_merges_when_all_checks_pass_and_never_on_the_spot(kit, place, narrow_case, gitlab):
    fake = gitlab
    settings = kit.settings_for("http://127.0.0.1:1", policy=POLICY)
    repository = replace(settings.repositories[0], forge="gitlab", tracker="gitlab", forge_url=fake.base)
    settings = replace(settings, repositories=(repository,))
    target = kit.where(settings, place)
    ports = Ports(
        target, open_forge(target, fake.token), Pusher(Git(place.clone, git_dir=place.clone), target),
        author=Author(), merger=open_merger(target, fake.token),
    )  # fmt: skip
    case = kit.approve(narrow_case, proposed(kit, place, narrow_case, settings))
    bodies = await kit.collected(deliver(case, settings, ports))
    [request] = fake.merge_requests
    assert request["merge_when_pipeline_succeeds"] is True and request["state"] == "opened"
    assert fake.preparing == 0
    done = [b for b in bodies if isinstance(b, EffectDone)]
    assert [b.kind for b in done] == ["push", "pull_request", "auto_merge"]
    there = await ports.merger.look(1)
    assert there.asked and there.demanded == 1 and not there.approved
    await ports.merger.withdraw(there)
    assert not (await ports.merger.look(1)).asked
    fake.given = 1
    assert (await ports.merger.look(1)).approved
    again = kit.Journal()
    again.entries = narrow_case.entries[:]
    more = await kit.collected(deliver(again.add(*bodies[:-2]), settings, ports))
    assert "is approved already" in more[-1].why and request["state"] == "opened"


@pytest.mark.parametrize(
    ("api", "path"),
    [
        ("https://api.github.com", "graphql"), ("https://api.acme.ghe.com", "graphql"),
        ("https://git.acme.dev/api/v3", "https://git.acme.dev/api/graphql"),
        ("https://git.acme.dev/api/v3/", "https://git.acme.dev/api/graphql"),
    ],
)  # fmt: skip
def test_graphql_is_where_each_github_has_it(api, path):
    assert graphql_path(api) == path
