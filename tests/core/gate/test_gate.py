"""Situations and what the gate makes of them; each rule with what it takes and what it must let pass."""

from dataclasses import replace

import pytest

from rootcase.core.config.settings import GuardrailSettings, RepositorySettings, Settings
from rootcase.core.gate.decide import gate
from rootcase.core.gate.explain import as_text
from rootcase.core.gate.facts import is_rising
from rootcase.core.gate.rules.product_sensitive import topic_of
from rootcase.core.model.case import Case, Said
from rootcase.core.model.code import CodePath, Commit, MappedFrame, Owner
from rootcase.core.model.delivery import Effect
from rootcase.core.model.entries import EvidenceRecorded, GateDecided, WorkFound
from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.ports import FoundWork
from rootcase.core.model.signals import Actor, Deploy, Signal, Work

MINUTE = 60_000_000
NOW = 1_780_000_000_000_000
START = NOW - 14 * MINUTE
SETTINGS = Settings(repositories=(RepositorySettings(path="shop", services=("checkout-api",)),), me=("mira",))
FRAME = Frame("price_for", "app.pricing", "app/pricing.py", "/srv/app/pricing.py", 88, 0, True)
EVENT = Event("e1", at_us=NOW, exceptions=(ExceptionInfo("KeyError", "'currency'", frames=(FRAME,)),),
              breadcrumbs=(Breadcrumb("02:15", "log", "info", "loaded 3 price rows"),))  # fmt: skip
MARK = Fingerprint(1, "a" * 32, "exception", "KeyError", "app.pricing.price_for")
SIGNAL = Signal(
    "sentry",
    "1",
    "SHOP-1",
    events=4812,
    users=311,
    first_seen_us=START,
    last_seen_us=NOW,
    trend=(0, 0, 0, 1, 5, 9),
)
CASE = Case(key="C-1", title="KeyError", service="checkout-api", fingerprint=MARK, signals=(SIGNAL,))
OUTAGE = Fingerprint(1, "b" * 32, "outage", "ConnectTimeout", "app.pay.charge", "api.payfast.example")


class Elsewhere:
    """Forge and trackers with the given work, and no other case unless named."""

    def __init__(self, *work, failed=(), holder=None):
        self.found = FoundWork(work, ("github",), failed)
        self.holder = holder

    async def find(self, case):
        return self.found

    async def holding(self, alias):
        return self.holder


async def decided(case=CASE, events=(EVENT,), settings=SETTINGS, asked="before", elsewhere=None, **changes):
    elsewhere = elsewhere or Elsewhere()
    bodies = [
        body
        async for body in gate(
            replace(case, **changes), events, settings, work=elsewhere, own=elsewhere, asked=asked, now_us=NOW
        )
    ]
    return bodies, bodies[-1].decision


def signal(**changes):
    return (replace(SIGNAL, **changes),)


def mapped(**changes):
    frame = MappedFrame(0, "price_for", "price_for", "app/pricing.py", 88, "confirmed", head_path="app/pricing.py",
                        head_line=93, head_status="moved")  # fmt: skip
    frame_fields = {name: changes.pop(name) for name in list(changes) if hasattr(frame, name)}
    path = CodePath("shop", "2.14.0", "7c1e2aa" + "0" * 33, "tag v2.14.0", "b81f0d3" + "0" * 33)
    return replace(path, frames=(replace(frame, **frame_fields),), **changes)


async def test_a_new_crash_of_our_code_that_nobody_has_is_fixed():
    bodies, decision = await decided()
    assert [type(body) for body in bodies] == [EvidenceRecorded, WorkFound, GateDecided]
    assert (decision.verdict, decision.priority) == ("fix", "P1")
    assert decision.because.startswith("nobody has it yet")
    assert "nobody has it: no assignee, ticket or PR" in [rule.saw for rule in decision.rules]
    assert {item.id for item in bodies[0].evidence} == {"e1", "l1"}


async def test_after_the_map_it_says_what_was_checked():
    _, decision = await decided(asked="after", code=mapped())
    assert decision.verdict == "fix"
    saw = [rule.saw for rule in decision.rules]
    assert "still broken on HEAD b81f0d3, moved 88→93" in saw
    assert "our code, line confirmed at 7c1e2aa" in saw
    assert "outside payments, permissions and billing" in saw
    assert "√" in as_text(decision)


async def test_an_upstream_outage_is_left_alone_with_host_spread_and_start():
    def timeout(function):
        return ExceptionInfo("ConnectTimeout", "timed out", frames=(replace(FRAME, function=function),))

    events = tuple(replace(EVENT, id=f"e{n}", exceptions=(timeout(f"f{n}"),)) for n in range(3))
    _, decision = await decided(events=events, fingerprint=OUTAGE, signals=signal(events=12440))
    assert decision.verdict == "ignore"
    assert "api.payfast.example" in decision.because
    assert "3 call sites, 12,440 events, since " in decision.because and "UTC" in decision.because


HOSTS = (
    "checkout-api", "localhost:5432", "127.0.0.1", "10.2.0.7:6379", "db.prod.internal", "redis",
    "pricing.default.svc.cluster.local", "checkout-api.acme.example",
)  # fmt: skip


async def test_places_that_share_a_client_are_counted_by_who_calls_it():
    client = replace(FRAME, filename="app/client.py", abs_path="/srv/app/client.py", function="_get")
    library = Frame(
        "urlopen", "urllib.request", "urllib/request.py", "/usr/lib/python3.11/urllib/request.py", 9
    )

    def through(function):
        caller = replace(FRAME, function=function)
        lookup = replace(client, function=f"lookup_{function}")
        return ExceptionInfo("URLError", "x", frames=(caller, lookup, client, library))

    events = tuple(replace(EVENT, id=f, exceptions=(through(f),)) for f in ("route", "window", "route"))
    _, decision = await decided(events=events, fingerprint=OUTAGE)
    assert "2 call sites" in decision.because


@pytest.mark.parametrize("host", HOSTS)
async def test_our_own_service_is_no_upstream_outage(host):
    _, decision = await decided(fingerprint=replace(OUTAGE, host=host))
    assert decision.verdict == "investigate" and "ours" in decision.because


async def test_one_call_site_that_fails_since_a_deploy_may_be_our_change():
    deploys = (Deploy("2.14.0", "prod", START - 3 * MINUTE),)
    _, decision = await decided(fingerprint=OUTAGE, signals=signal(deploys=deploys))
    assert decision.verdict == "investigate" and "3 minutes after 2.14.0" in decision.because


HUMAN = Actor("lena")
TAKEN_BACK = Said(3, 0, "human:mira", "ownership_marked", "lena has it", undone=True)
SAID = replace(MARK, kind="message")
LEFT = replace(MARK, type="ClientDisconnect")


def around(category, subject):
    return replace(MARK, kind="environment", parts=(category, subject))


WAITING = {
    "an assignee": dict(signals=signal(assignee=HUMAN)),
    "a ticket at the source": dict(signals=signal(work=(Work("ticket", "PAY-123", by=HUMAN),))),
    "a ticket of an unknown human": dict(elsewhere=Elsewhere(Work("ticket", "PAY-9"))),
    "a pull request": dict(elsewhere=Elsewhere(Work("pull_request", "#12", by=HUMAN))),
    "a branch": dict(elsewhere=Elsewhere(Work("branch", "lena/fix-pricing", by=HUMAN))),
    "a merged pull request": dict(elsewhere=Elsewhere(Work("pull_request", "#12", state="merged", by=HUMAN))),
    "another case of ours": dict(elsewhere=Elsewhere(holder="C-7")),
    "a merge": dict(merged_into="C-3"),
    "our open pull request": dict(elsewhere=Elsewhere(Work("pull_request", "#9", ours=True))),
    "our sent pull request": dict(effects=(Effect("k", "pull_request", "x", "done", number="1841"),)),
    "a mark by hand": dict(owner="lena", said=(Said(3, 0, "human:mira", "ownership_marked", "lena has it"),)),
    "a fix on HEAD": dict(
        asked="after", code=mapped(head_status="changed", changed_since="b81f0d3 rewrites line 88")
    ),
    "payments code": dict(asked="after", code=mapped(path="src/payments/refund.py", function="refund_order")),
    "permission code, before the map": dict(fingerprint=replace(MARK, anchor="app.auth.check_role")),
}


@pytest.mark.parametrize("situation", WAITING)
async def test_it_waits_for(situation):
    _, decision = await decided(**WAITING[situation])
    assert decision.verdict == "wait" and decision.waits_for, decision


PASSING = {
    "assigned to me": dict(signals=signal(assignee=Actor("Mira"))),
    "assigned to me by login": dict(signals=signal(assignee=Actor("m.b.", me=True))),
    "assigned by a bot": dict(signals=signal(assignee=Actor("triage-bot"))),
    "assigned to a team by an ownership rule": dict(signals=signal(assignee=Actor("#checkout"))),
    "our own ticket": dict(elsewhere=Elsewhere(Work("ticket", "#7", ours=True, by=HUMAN))),
    "a bot's pull request": dict(elsewhere=Elsewhere(Work("pull_request", "#4", by=Actor("dependabot[bot]")))),
    "my own ticket": dict(elsewhere=Elsewhere(Work("ticket", "#5", by=Actor("mira")))),
    "a closed ticket": dict(elsewhere=Elsewhere(Work("ticket", "#5", state="closed", by=HUMAN))),
    "a human's comment": dict(elsewhere=Elsewhere(Work("comment", "#5", by=HUMAN))),
    "archived by a bot": dict(signals=signal(status="archived", status_by=Actor("sentry-bot"))),
    "a mark that was taken back": dict(said=(TAKEN_BACK,), owner="lena"),
    "our intended, unsent pull request": dict(effects=(Effect("k", "pull_request", "x", "intended"),),
                                              elsewhere=Elsewhere(Work("pull_request", "#9", ours=True))),
    "a line that only moved": dict(asked="after", code=mapped()),
    "a merged fix that came back": dict(state="regressed",
                                        elsewhere=Elsewhere(Work("pull_request", "#1", state="merged"))),
    "a handled error that doubles": dict(signals=signal(handled=True, level="warning", trend=(1, 1, 2, 2, 4, 8))),
    "an author's page, no auth": dict(asked="after", code=mapped(path="app/authors.py", function="author_name")),
    "one captured event": dict(signals=signal(events=1, users=0)),
}  # fmt: skip


@pytest.mark.parametrize("situation", PASSING)
async def test_it_does_not_stop_for(situation):
    _, decision = await decided(**PASSING[situation])
    assert decision.verdict == "fix", decision


OTHERS = {
    "archived by a human": ("ignore", dict(signals=signal(status="ignored", status_by=HUMAN))),
    "a client that hung up": ("ignore", dict(events=(), fingerprint=LEFT, signals=signal(trend=(5, 5, 5)))),
    "more and more clients that hang up": ("investigate", dict(events=(), fingerprint=LEFT)),
    "handled and steady": ("ignore", dict(signals=signal(handled=True, level="warning", trend=(5, 5, 5, 5), users=2))),
    "handled and steady, and many users meet it": ("fix", dict(
        signals=signal(handled=True, level="warning", trend=(5, 5, 5, 5), users=311))),
    "a full disk": ("ticket", dict(fingerprint=around("disk full", "app"))),
    "a missing column": ("ticket", dict(fingerprint=around("missing column", "x"))),
    "an expired certificate": ("ticket", dict(fingerprint=around("expired certificate", "fx.example"))),
    "no frame of ours": ("ticket", dict(asked="after", code=mapped(verdict="not ours"))),
    "no repository": ("investigate", dict(asked="after", service="other", code=None)),
    "no stack trace": ("investigate", dict(events=(Event("m", message="x"),), fingerprint=SAID)),
    "no event at all": ("investigate", dict(events=())),
    "a guessed path": ("investigate", dict(asked="after", code=mapped(verdict="guessed"), signals=signal(events=1))),
    "a human's word over an assignee": ("fix", dict(signals=signal(assignee=HUMAN), verdict="fix",
                                                    verdict_by="human:mira", verdict_reason="lena is away")),
    "a human who says ignore": ("ignore", dict(verdict="ignore", verdict_by="human:mira")),
}  # fmt: skip


@pytest.mark.parametrize("situation", OTHERS)
async def test_the_verdict_for(situation):
    verdict, changes = OTHERS[situation]
    _, decision = await decided(**changes)
    assert decision.verdict == verdict, decision
    assert decision.because


async def test_configured_paths_wait_for_the_code_owner_by_name():
    settings = replace(SETTINGS, guardrails=GuardrailSettings(product_sensitive=("app/pricing*",)))
    code = mapped(owners=(Owner("@pricing-team", ("CODEOWNERS",), True),))
    _, decision = await decided(settings=settings, asked="after", code=code)
    assert decision.verdict == "wait" and decision.waits_for == "@pricing-team"
    _, decision = await decided(
        settings=settings, asked="after", code=code, verdict="fix", verdict_by="human:mira"
    )
    assert decision.verdict == "fix"


async def test_a_forge_that_does_not_answer_is_named():
    _, decision = await decided(elsewhere=Elsewhere(failed=("github",)))
    assert any("github did not answer" in rule.saw for rule in decision.rules)


async def test_the_event_is_recorded_once():
    bodies, _ = await decided()
    again, decision = await decided(evidence=bodies[0].evidence)
    assert not any(isinstance(body, EvidenceRecorded) for body in again)
    assert decision.rules[-1].cites == ("e1",)


async def test_fixed_on_head_names_the_commit():
    fixer = Commit("b81f0d3" + "0" * 33, "omar", "o@x.example", NOW, "Fix it")
    code = mapped(head_status="changed", head_commit=fixer, changed_since="b81f0d3 rewrites line 88")
    _, decision = await decided(asked="after", code=code)
    assert decision.waits_for == "the deploy of b81f0d3" and "b81f0d3" in decision.because


async def test_priority_falls_with_age_users_and_trend():
    old = signal(first_seen_us=NOW - 40 * 86_400_000_000, trend=(5, 5, 5), users=0, events=7)
    _, decision = await decided(signals=old)
    assert decision.priority == "P4"
    _, decision = await decided(signals=signal(users=20))
    assert decision.priority in ("P1", "P2")


RISING = {
    (): False, (1,): False, (0, 0, 0): False, (5, 5, 5): False, (0, 0, 9): True, (1, 2, 4, 8, 16, 32): True,
    (9, 5, 1): False,
}  # fmt: skip


@pytest.mark.parametrize(("trend", "rising"), RISING.items())
def test_rising_is_told_from_the_last_third(trend, rising):
    assert is_rising(trend) is rising


@pytest.mark.parametrize(
    ("path", "function", "topic"),
    [
        ("src/checkout/pricing.py", "price_for", ""),
        ("src/checkout/discharge.py", "parole", ""),
        ("src/payments/api.py", "x", "payments"),
        ("src/shop/api.py", "RefundService.refund", "payments"),
        ("app/models.py", "hasPermission", "permissions"),
        ("db/migrations/0003_x.py", "up", "migrations"),
    ],
)
def test_sensitive_code_is_told_by_whole_words(path, function, topic):
    assert topic_of(path, function) == topic
