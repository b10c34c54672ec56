"""A crash becomes code: release, frames, HEAD, suspects, owners, candidates, rollback and note."""

from dataclasses import replace

import pytest

from rootcase.core.codemap.diagnosed import REASON
from rootcase.core.codemap.explain import as_text
from rootcase.core.codemap.stage import codemap
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.entries import CodeMapped, EvidenceRecorded, NoteWritten
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.fingerprints import Fingerprint
from rootcase.core.model.places import event_of_places, named_places
from rootcase.core.model.signals import Deploy, Release, Signal
from rootcase.core.workspace.repository import open_repository

DAY = 86_400_000_000
NOW = 1_780_000_000_000_000
CATALOG = '''"""Rows."""


def load_prices(skus):
    return {sku: {"sku": sku, "amount": "1", "currency": "EUR"} for sku in skus}


def stock(sku):
    return 0
'''
PRICING = '''"""Prices."""

from app import catalog


def price_for(sku, rows):
    row = rows.get(sku)
    amount = row["amount"]
    return amount, row["currency"]


def prices_for(skus):
    rows = catalog.load_prices(skus)
    return {sku: price_for(sku, rows) for sku in skus}


def refund_for(sku, rows):
    return price_for(sku, rows)
'''
FAILING = '    return amount, row["currency"]'


@pytest.fixture
def shop(checkout):
    """A service whose release 2.14.0 fails since its commit `bulk`; HEAD has moved the line."""
    checkout.commit(
        "Start",
        {"app/catalog.py": CATALOG, "app/pricing.py": PRICING, "CODEOWNERS": "* @core\n/app/ @mira\n"},
        author="mira",
    )
    checkout.good = checkout.commit("Tests", {"tests/test_x.py": "def test_x(): pass\n"}, tag="v2.13.4")
    checkout.bulk = checkout.commit(
        "Load in bulk", {"app/catalog.py": CATALOG.replace(', "currency": "EUR"', "")}
    )
    checkout.docs = checkout.commit("Say more", {"README.md": "more\n"}, author="omar", tag="v2.14.0")
    checkout.bad = checkout.docs
    checkout.head = checkout.commit(
        "Comment",
        {"app/pricing.py": PRICING.replace('"""Prices."""', '"""Prices.\n\nAll of them.\n"""')},
        author="omar",
    )
    return checkout


def crash(path="app/pricing.py", line=9, text=FAILING, **changes):
    def context(lines, at):
        return tuple((n, lines[n - 1]) for n in range(max(1, at - 3), min(len(lines), at + 3) + 1))

    lines = PRICING.split("\n")
    library = "/usr/lib/python3.11/site-packages/uvicorn/server.py"
    around = context(lines, line) if text == FAILING else ((line, text),)
    here = (path, f"/srv/{path}")
    frames = (
        Frame("run", "uvicorn.server", "uvicorn/server.py", library, 5, in_app=False),
        Frame("prices_for", "app.pricing", *here, 14, 0, True, context(lines, 14)),
        Frame("price_for", "app.pricing", *here, line, 0, True, around, (("sku", "'A-1'"),)),
    )
    raised = ExceptionInfo("KeyError", "'currency'", frames=frames)
    event = Event("e1", at_us=NOW, release="2.14.0", transaction="quote", exceptions=(raised,))
    return replace(event, **changes)


SIGNAL = Signal(
    "sentry",
    "1",
    events=7,
    users=3,
    first_seen_us=NOW - 600_000_000,
    first_release="2.14.0",
    last_release="2.14.0",
)
MARK = Fingerprint(1, "a" * 32, type="KeyError", anchor="app.pricing.price_for")
CASE = Case(key="C-1", title="KeyError", service="shop", fingerprint=MARK, signals=(SIGNAL,))


async def mapped(opened, event=None, case=CASE, **settings):
    repository, configured = await opened(**settings)
    bodies = [body async for body in codemap(case, (event or crash(),), repository, configured, now_us=NOW)]
    evidence = {
        item.id: item for body in bodies if isinstance(body, EvidenceRecorded) for item in body.evidence
    }
    path = next(body.path for body in bodies if isinstance(body, CodeMapped))
    note = next(body.lines for body in bodies if isinstance(body, NoteWritten))
    return path, evidence, note


async def test_frames_are_confirmed_at_the_release_by_their_source_lines(shop, opened):
    path, evidence, _ = await mapped(opened)
    assert (path.release_commit, path.release_how) == (shop.bad, "tag v2.14.0")
    assert [frame.verdict for frame in path.frames] == ["not ours", "confirmed", "confirmed"]
    assert path.failing.qualified_name == "price_for" and path.failing.evidence == "f1"
    assert "sku = 'A-1'" in evidence["f1"].text
    span = evidence[path.failing.span]
    assert FAILING in span.text.split("\n") and (span.line, span.commit) == (1, shop.bad)
    assert "confirmed" in as_text(path)


async def test_the_line_is_followed_to_head(shop, opened):
    path, evidence, _ = await mapped(opened)
    assert (path.failing.head_status, path.failing.line, path.failing.head_line) == ("moved", 9, 12)
    assert path.changed_since == ""
    head = [item for item in evidence.values() if item.kind == "code" and item.commit == shop.head]
    assert len(head) == 1 and FAILING in head[0].text


async def test_the_commit_that_dropped_the_key_one_call_up_is_the_first_suspect(shop, opened):
    path, evidence, _ = await mapped(opened)
    first = path.suspects[0]
    assert first.commit.sha == shop.bulk and first.in_window
    assert "touches load_prices" in first.reasons and "removes a line with currency" in first.reasons
    assert '"currency"' in evidence[first.evidence].text
    docs = next(item for item in path.suspects if item.commit.sha == shop.docs)
    assert docs.score < 0.1 and docs.kind == "other" and docs.in_window
    assert path.candidates[0].qualified_name == "load_prices"
    assert any(item.qualified_name == "refund_for" for item in path.candidates)


async def test_owners_and_the_release_to_go_back_to(shop, opened):
    path, _, note = await mapped(opened)
    assert path.owners[0].name == "@mira" and path.owners[0].from_codeowners
    assert (path.rollback.release, path.rollback.commit) == ("v2.13.4", shop.good)
    labels = [line.label for line in note]
    assert labels == ["what", "since", "who", "where", "path", "changed", "HEAD", "stop it", "missing"]
    assert note[0].cites == ("f1", "s1") and "price_for fails with KeyError" in note[0].text
    assert all(len(line.text) <= 200 for line in note)


async def test_the_source_knows_the_release_before_and_how_long_it_was_good(shop, opened):
    deploys = (Deploy("2.13.4", "prod", NOW - 6 * DAY), Deploy("2.14.0", "prod", NOW - 780_000_000))
    releases = (Release("2.14.0", shop.bad, previous="2.13.4"), Release("2.13.4"))
    case = replace(CASE, signals=(replace(SIGNAL, deploys=deploys, releases=releases),))
    path, _, note = await mapped(opened, case=case)
    assert path.release_how == "commit named by sentry"
    assert (path.rollback.release, path.rollback.commit, path.rollback.good_for) == (
        "2.13.4",
        shop.good,
        "5 days",
    )
    assert any(line.label == "since" and "3 minutes after 2.14.0 reached prod" in line.text for line in note)


async def test_mapping_again_keeps_the_ids(shop, opened):
    first, evidence, _ = await mapped(opened)
    again, new, _ = await mapped(opened, case=replace(CASE, evidence=tuple(evidence.values())))
    assert new == {} and again == first


@pytest.mark.parametrize(
    ("release", "how"),
    [
        ("shop@2.14.0+7", "tag v2.14.0"),
        ("v2.14.0", "tag v2.14.0"),
        ("SHORT", "commit"),
        ("SHA", "commit"),
        ("shop@SHA", "commit"),
    ],
)
async def test_a_release_is_found_under_its_many_names(shop, opened, release, how):
    name = release.replace("SHORT", shop.bad[:8]).replace("SHA", shop.bad)
    path, _, _ = await mapped(opened, crash(release=name))
    assert path.release_commit == shop.bad and path.release_how.startswith(how)


async def test_a_configured_pattern_names_the_tag(shop, opened):
    shop.git("tag", "shop-rel-9", shop.bad)
    path, _, _ = await mapped(opened, crash(release="9"), release_pattern="shop-rel-{version}")
    assert path.release_commit == shop.bad


@pytest.mark.parametrize("release", ["9.9.9", "", "--exec=x", "deadbeef"])
async def test_without_the_release_nothing_is_confirmed(shop, opened, release):
    case = replace(CASE, signals=(replace(SIGNAL, first_release="", last_release=""),))
    event = crash(release=release, line=12, text=f"{FAILING} ")
    path, _, _ = await mapped(opened, event, case)
    assert path.release_commit == "" and (path.failing.line, path.failing.verdict) == (12, "probable")
    assert any("as a guess" in line for line in path.missing)


async def test_a_line_that_reads_otherwise_is_a_guess_and_one_that_moved_is_probable(shop, opened):
    path, _, _ = await mapped(opened, crash(text="    return something_else()"))
    assert path.failing.verdict == "guessed" and "reads otherwise" in path.failing.why
    path, _, _ = await mapped(opened, crash(line=7, text=FAILING.strip() + " "))
    assert (path.failing.verdict, path.failing.line) == ("probable", 9)
    path, _, _ = await mapped(opened, crash(text="  return [redacted:token], other[[redacted:x]"))
    assert path.failing.verdict == "guessed"
    path, _, _ = await mapped(opened, crash(text="  return amount, row[[redacted:name]]"))
    assert path.failing.verdict == "confirmed"


async def test_deployed_paths_find_their_file_by_their_end(shop, opened):
    path, _, _ = await mapped(opened, crash(path="deploy/current/app/pricing.py"))
    assert path.failing.path == "app/pricing.py" and path.failing.verdict == "confirmed"


async def test_stack_root_and_source_root_map_a_path(shop, opened):
    shop.commit("Move", {"python/app/pricing.py": PRICING}, remove=("app/pricing.py",), tag="v3")
    path, _, _ = await mapped(
        opened, crash(path="srv/lib/app/pricing.py", release="v3"), stack_root="srv/lib", source_root="python"
    )
    assert path.failing.path == "python/app/pricing.py" and "configured roots" in path.failing.why


async def test_two_files_that_fit_are_a_guess(shop, opened):
    shop.commit("Copy", {"app/pricing.py": PRICING, "old/app/pricing.py": PRICING}, tag="v4")
    path, _, _ = await mapped(opened, crash(path="x/app/pricing.py", release="v4"))
    assert path.failing.verdict == "guessed" and "2 files fit" in path.failing.why


async def test_a_fix_on_head_is_seen_with_its_commit(shop, opened):
    fixed = shop.read("app/pricing.py").replace('row["currency"]', 'row.get("currency") or default(sku)')
    fix = shop.commit("Take the default currency", {"app/pricing.py": fixed}, author="lena")
    path, _, _ = await mapped(opened)
    assert (path.failing.head_status, path.failing.head_commit.sha) == ("changed", fix)
    assert path.changed_since == f"{fix[:7]} by lena changed app/pricing.py:9"


async def test_a_rename_on_head_is_still_the_same_fault(shop, opened):
    renamed = shop.read("app/pricing.py").replace("row", "record").replace("records", "rows")
    shop.commit("Rename", {"app/pricing.py": renamed})
    path, _, note = await mapped(opened)
    assert path.failing.head_status == "changed" and path.changed_since == ""
    assert any(line.label == "HEAD" and "same fault" in line.text for line in note)


async def test_a_moved_file_is_followed(shop, opened):
    shop.commit("Move", {"app/money/prices.py": shop.read("app/pricing.py")}, remove=("app/pricing.py",))
    path, _, _ = await mapped(opened)
    assert (path.failing.head_path, path.failing.head_status) == ("app/money/prices.py", "moved")


async def test_a_deleted_line_and_a_deleted_file_are_gone(shop, opened):
    shop.commit("Cut", {"app/pricing.py": "x = 1\n"})
    path, _, _ = await mapped(opened)
    assert path.failing.head_status in ("gone", "changed") and path.changed_since
    shop.commit("Remove", remove=("app/pricing.py",))
    path, _, _ = await mapped(opened)
    assert path.failing.head_status == "gone" and "removed" in path.changed_since


async def test_without_a_window_blame_names_suspects(shop, opened):
    shop.git("tag", "-d", "v2.13.4")
    path, _, _ = await mapped(opened)
    assert path.suspects[0].commit.author == "mira" and not path.suspects[0].in_window
    assert any("by blame alone" in line for line in path.missing)


async def test_frames_outside_the_repository_are_not_ours(shop, opened):
    event = Event(
        "e",
        release="2.14.0",
        exceptions=(ExceptionInfo("E", "x", frames=(Frame("f", "lib.x", "lib/x.py", "/opt/lib/x.py", 3),)),),
    )
    path, _, _ = await mapped(opened, event, replace(CASE, fingerprint=None))
    assert path.failing is None and any("no frame of the trace" in line for line in path.missing)


async def test_an_event_without_frames_is_said(shop, opened):
    path, _, note = await mapped(opened, Event("e", message="boom", release="2.14.0"))
    assert path.frames == () and "no event with a stack trace" in path.missing
    assert note[0].label == "what"


async def test_a_shallow_checkout_is_named(shop, tmp_path, opened):
    clone = tmp_path / "shallow"
    shop.git("clone", "-q", "--depth", "1", f"file://{shop.path}", str(clone))
    settings = RepositorySettings(path=str(clone))
    repository = await open_repository(settings, tmp_path / "state2")
    bodies = [body async for body in codemap(CASE, (crash(),), repository, settings, now_us=NOW)]
    path = next(body.path for body in bodies if isinstance(body, CodeMapped))
    assert path.release_commit == "" and any("shallow" in line for line in path.missing)


async def test_a_huge_file_is_not_read(shop, opened):
    shop.commit("Data", {"app/pricing.py": "x = 1\n" * 900_000}, tag="v5")
    path, _, _ = await mapped(opened, crash(release="v5"))
    assert path.failing.verdict == "guessed" and "larger than 5 MB" in path.failing.why


async def test_without_a_repository_the_map_says_so(opened):
    bodies = [body async for body in codemap(CASE, (crash(),), None, None, now_us=NOW)]
    assert bodies[0].path.missing == ("no repository is configured for shop",)
    assert bodies[-1].lines[-1].label == "missing"


async def test_a_wrapped_error_shows_the_whole_way_in(shop, opened):
    cause = crash().exceptions[0]
    outer = Frame("handle", "app.api", "app/api.py", "/srv/app/api.py", 4, 0, True)
    here = cause.frames[1]
    raised = ExceptionInfo("PricingError", "x", frames=(outer, here))
    inner = replace(cause, frames=cause.frames[1:])
    path, _, _ = await mapped(opened, replace(crash(), exceptions=(inner, raised)))
    assert [frame.function for frame in path.frames] == ["handle", "prices_for", "price_for"]


async def test_what_a_diagnosis_names_stands_beside_the_trace_and_never_in_it(shop, opened):
    text = "`app.pricing.price_for` in app/pricing.py:9 fails; app/catalog.py:9 in stock may be stale"
    named = event_of_places("diagnosis:x1:e1", text, named_places(text), at_us=NOW, release="2.14.0")
    alone, _, _ = await mapped(opened)
    repository, settings = await opened()
    bodies = [body async for body in codemap(CASE, (crash(), named), repository, settings, now_us=NOW)]
    path = next(body.path for body in bodies if isinstance(body, CodeMapped))
    assert path.frames == alone.frames, "a trace is what happened; prose is not"
    told = {item.qualified_name: item.reasons for item in path.candidates}
    assert REASON in told["price_for"] and len(told["price_for"]) > 1, "named, and in the trace as well"
    assert REASON in told["stock"]
    assert REASON not in told["prices_for"]
    assert path.candidates[0].qualified_name == alone.candidates[0].qualified_name
