"""One bug is one fingerprint, two bugs are two, wherever and however they were seen."""

import subprocess
import sys
import textwrap
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame

F = DefaultFingerprinter()


def frame(function, path, line, code, *, module=None, abs_path=None, in_app=True, variables=()):
    name = path.removesuffix(".py").replace("/", ".") if module is None else module
    full = f"/srv/shop/{path}" if abs_path is None else abs_path
    return Frame(function, name, path, full, line, 0, in_app, ((line, code),) if code else (), variables)


def crash(kind, value, *frames, before=(), **event):
    return Event("e", exceptions=(*before, ExceptionInfo(kind, value, frames=frames)), **event)


QUOTE = frame("quote", "app/quote.py", 41, "return total(prices_for(cart))")
PRICE = frame("price_for", "app/pricing.py", 88, 'return Money(amount, row["currency"])')
PRODUCTION = crash("KeyError", "'currency'", QUOTE, PRICE)


def test_a_production_crash_and_its_reproduction_in_a_worktree_are_one(tmp_path):
    text = f'''Traceback (most recent call last):
  File "{tmp_path}/tests/test_pricing.py", line 9, in test_price
    price_for("A-1", rows, region)
  File "{tmp_path}/app/pricing.py", line 93, in price_for
    return Money(amount, row["currency"])
                         ~~~^^^^^^^^^^^^
KeyError: 'currency'
'''
    found = F.text(text, root=str(tmp_path))
    assert found is not None and found.key == F.event(PRODUCTION).key
    assert found.anchor == "app.pricing.price_for"
    other = F.text(text.replace("'currency'", "'sku'").replace('"currency"', '"sku"'), root=str(tmp_path))
    assert other.key != found.key


@pytest.mark.parametrize("layout", ["", "src/"])
@pytest.mark.parametrize("package", [True, False])
def test_a_real_crash_has_the_same_key_deployed_and_in_a_worktree(tmp_path, layout, package):
    code = 'def price_for(row):\n    return row["amount"], row["currency"]\n'
    deployed = tmp_path / "srv" / "shop"
    worktree = tmp_path / "worktrees" / "C-1"
    for folder in (deployed, worktree / layout):
        (folder / "app").mkdir(parents=True)
        (folder / "app" / "pricing.py").write_text(code)
        if package:
            (folder / "app" / "__init__.py").write_text("")
    test = worktree / "tests" / "test_pricing.py"
    test.parent.mkdir()
    test.write_text(
        "from app.pricing import price_for\n\ndef test_it():\n    price_for({'amount': 1})\n\ntest_it()\n"
    )

    def run(command, folder):
        environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        return done.stderr

    crashed = run(
        [sys.executable, "-c", "from app.pricing import price_for; price_for({'amount': 1})"], deployed
    )
    line = 'return row["amount"], row["currency"]'
    event = crash(
        "KeyError",
        "'currency'",
        frame("price_for", "app/pricing.py", 2, line, abs_path=f"{deployed}/app/pricing.py"),
    )
    red = run([sys.executable, str(test)], worktree / layout)
    assert "KeyError" in crashed and "KeyError" in red
    assert F.text(red, root=str(worktree)).key == F.event(event).key
    assert F.text(crashed, root=str(deployed)).key == F.event(event).key


def test_a_module_run_with_dash_m_is_named_by_its_file():
    helper = frame("load", "app/load.py", 3, "x")
    main = frame("main", "cli.py", 8, 'go(args["x"])', module="__main__", abs_path="/srv/shop/app/cli.py")
    event = Event("e", exceptions=(ExceptionInfo("KeyError", "'x'", frames=(helper, main)),))
    assert F.event(event).anchor == "app.cli.main"


def test_a_package_below_the_worktree_is_named_from_where_it_is_imported(tmp_path):
    package = tmp_path / "services" / "api" / "app"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    text = f'Traceback (most recent call last):\n  File "{package}/pricing.py", line 1, in price_for\n'
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    assert F.text(text, root=str(tmp_path)).key == F.event(PRODUCTION).key


def test_a_script_that_crashed_elsewhere_is_the_same_file_in_a_worktree(tmp_path):
    place = "/tmp/pytest-0/test_it0/repo/report.py"
    main = frame("total", "report.py", 2, 'return row["sum"]', module="__main__", abs_path=place)
    mark = F.event(crash("KeyError", "'sum'", main))
    for folder in ("", "tools/"):
        text = (
            f'Traceback (most recent call last):\n  File "{tmp_path}/{folder}report.py", line 9, in total\n'
        )
        text += "    return row[\"sum\"]\nKeyError: 'sum'\n"
        assert DefaultFingerprinter(known=(mark,)).text(text, root=str(tmp_path)).key == mark.key
        assert folder or F.text(text, root=str(tmp_path)).key == mark.key


def test_stack_root_and_source_root_name_the_same_code(tmp_path):
    settings = Settings(
        repositories=(RepositorySettings(path="x", stack_root="app/", source_root="python/"),)
    )
    fingerprinter = DefaultFingerprinter(settings)
    text = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/python/pricing.py", line 1, in price_for\n'
    )
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    assert fingerprinter.text(text, root=str(tmp_path)).key == fingerprinter.event(PRODUCTION).key


def test_a_known_case_names_the_file_of_a_monorepo_worktree(tmp_path):
    text = "Traceback (most recent call last):\n"
    text += f'  File "{tmp_path}/services/api/app/pricing.py", line 1, in price_for\n'
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    known = F.event(PRODUCTION)
    assert F.text(text, root=str(tmp_path)).key != known.key
    assert DefaultFingerprinter(known=(known,)).text(text, root=str(tmp_path)).key == known.key


def test_entry_point_line_and_release_do_not_matter():
    other = crash(
        "KeyError", "'currency'", frame("refresh", "app/jobs.py", 7, "price_for(s)"), PRICE, release="2"
    )
    moved = crash(
        "KeyError", "'currency'", QUOTE, frame("price_for", "app/pricing.py", 99, '  x = row["currency"]')
    )
    assert len({F.event(event).key for event in (PRODUCTION, other, moved)}) == 1


def test_two_keys_of_one_function_are_two_and_the_reasons_say_so():
    other = crash("KeyError", "'sku'", QUOTE, frame("price_for", "app/pricing.py", 85, 'row["sku"]'))
    mark = F.event(PRODUCTION)
    assert F.event(other).key != mark.key
    words = [reason.text for reason in mark.reasons if reason.joins]
    assert "same innermost frame: pricing.price_for" in words
    assert "same error and key, KeyError 'currency'" in words
    assert any("another key" in reason.text for reason in mark.reasons if not reason.joins)


def test_a_key_that_comes_from_the_data_does_not_split():
    events = [
        crash("KeyError", f"'{k}'", frame("find", "app/x.py", 3, "return rows[sku]"))
        for k in ("SE", "DK", "A-1")
    ]
    assert len({F.event(event).key for event in events}) == 1


def test_a_shared_helper_is_told_apart_by_what_its_caller_asks_for():
    helper = frame("require", "app/fields.py", 4, "raise MissingField(name)")
    price = crash(
        "MissingField", "currency", frame("price", "app/a.py", 3, 'require(row, "currency")'), helper
    )
    stock = crash("MissingField", "stock", frame("stock", "app/b.py", 9, 'require(row, "stock")'), helper)
    assert F.event(price).key != F.event(stock).key


def test_words_that_the_raising_line_does_not_spell_out_are_data():
    line = 'raise UnknownRegion(f"no region {name} in {country}")'
    events = [
        crash("UnknownRegion", f"no region {name} in {place}", frame("find", "app/r.py", 3, line))
        for name, place in (("North", "Sweden"), ("South Shore", "Old Norway"))
    ]
    assert len({F.event(event).key for event in events}) == 1
    other = crash(
        "UnknownRegion",
        "region is closed",
        frame("find", "app/r.py", 9, 'raise UnknownRegion("region is closed")'),
    )
    assert F.event(other).key != F.event(events[0]).key


def test_in_app_alone_makes_no_frame_ours():
    lies = frame(
        "call",
        "django/core/base.py",
        5,
        "x",
        abs_path="/usr/lib/python3.11/site-packages/django/core/base.py",
    )
    decoder = frame("decode", "json/decoder.py", 5, "x", abs_path="/usr/lib/python3.11/json/decoder.py")
    mark = F.event(
        crash(
            "ValueError", "x", frame("load", "app/load.py", 1, "json.loads(x)", in_app=False), lies, decoder
        )
    )
    assert mark.anchor == "app.load.load"


def test_a_test_file_is_never_the_anchor_of_a_production_case():
    test = frame("test_x", "tests/test_x.py", 3, 'assert row["currency"]')
    assert F.event(crash("KeyError", "'currency'", QUOTE, test)).anchor == "app.quote.quote"


def test_the_innermost_cause_decides_and_a_translation_does_not_split():
    line = 'raise PricingError(f"cannot price {sku}")'
    here = frame("quote", "app/quote.py", 44, line)
    wrapped = crash("PricingError", "cannot price A-1", here, before=(PRODUCTION.exceptions[0],))
    mark = F.event(wrapped)
    assert mark.key == F.event(PRODUCTION).key
    assert any("cause of the chain" in reason.text for reason in mark.reasons)


def test_what_breaks_while_another_error_is_handled_is_its_own_fault():
    cache = ExceptionInfo(
        "ConnectionError",
        "Error 111 connecting to redis:6379.",
        frames=(frame("get", "app/c.py", 3, "r.get(k)"),),
    )
    event = crash("KeyError", "'currency'", QUOTE, PRICE, before=(cache,))
    assert F.event(event).key == F.event(PRODUCTION).key


def test_a_cause_in_a_library_borrows_our_frames():
    lib = frame(
        "decode",
        "json/decoder.py",
        355,
        "raise JSONDecodeError(x)",
        abs_path="/usr/lib/python3.11/json/decoder.py",
    )
    bad = ExceptionInfo(
        "json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)", frames=(lib,)
    )
    event = crash(
        "BadReply",
        "not JSON",
        frame("parse", "app/reply.py", 3, 'raise BadReply("not JSON") from e'),
        before=(bad,),
    )
    mark = F.event(event)
    assert (mark.type, mark.anchor) == ("JSONDecodeError", "app.reply.parse")


def test_an_outage_is_one_however_many_call_sites_and_error_types():
    url = "https://api.payfast.example/v1/charge"
    sites = [frame(f"call{n}", f"app/site{n}.py", n + 1, "client.post(url)") for n in range(4)]
    pool = "HTTPSConnectionPool(host='api.payfast.example', port=443): Max retries exceeded"
    library = "/usr/lib/site-packages/httpx/c.py"
    inside = frame(
        "post", "httpx/c.py", 1, "x", in_app=False, abs_path=library, variables=(("url", f"URL('{url}')"),)
    )
    socket = frame("connect", "socket.py", 1, "x", abs_path="/usr/lib/python3.11/socket.py")
    wrapping = frame("charge", "app/pay.py", 9, "raise UpstreamUnavailable(host) from e")
    timed_out = ExceptionInfo("TimeoutError", "timed out", frames=(sites[1], socket))
    request = Breadcrumb(category="httplib", data=(("url", url),))
    events = [
        crash("ConnectTimeout", "timed out", sites[0], inside),
        crash("MaxRetryError", pool, sites[1]),
        crash("ClientConnectorError", "Cannot connect to host api.payfast.example:443 ssl:default", sites[2]),
        crash("ConnectError", "[Errno 111] Connection refused", sites[3], breadcrumbs=(request,)),
        crash("HTTPStatusError", f"Server error '503 Service Unavailable' for url '{url}'", sites[0]),
        crash("UpstreamUnavailable", "api.payfast.example did not answer", wrapping, before=(timed_out,)),
    ]
    marks = [F.event(event) for event in events]
    assert {mark.kind for mark in marks} == {"outage"}
    assert {mark.host for mark in marks} == {"api.payfast.example"}
    assert len({mark.key for mark in marks}) == 1
    other = F.event(crash("ConnectError", "failed: https://rates.fxhub.example/x", sites[0]))
    assert other.key != marks[0].key


def test_slow_endpoints_of_one_host_stay_apart():
    site = frame("call", "app/x.py", 1, "get()")
    slow = [crash("ReadTimeout", f"timed out: https://api.x.example/{path}", site) for path in ("a", "b")]
    assert F.event(slow[0]).key != F.event(slow[1]).key


def test_a_lock_that_times_out_is_no_outage():
    mark = F.event(
        crash("TimeoutError", "", frame("take", "app/lock.py", 3, "await asyncio.wait_for(lock, 5)"))
    )
    assert mark.kind == "exception"


@pytest.mark.parametrize(
    ("kind", "value", "category"),
    [
        ("OSError", "[Errno 28] No space left on device: '/var/x'", "disk full"),
        ("OperationalError", "no such column: orders.currency", "missing column"),
        ("ProgrammingError", 'relation "orders" does not exist\nLINE 1: SELECT', "missing table"),
        ("TimeoutError", "QueuePool limit of size 5 overflow 10 reached", "connection pool exhausted"),
        ("SSLCertVerificationError", "certificate verify failed: certificate has expired", "expired certificate"),
    ],
)  # fmt: skip
def test_trouble_around_the_code_is_keyed_by_what_is_wrong(kind, value, category):
    marks = [F.event(crash(kind, value, frame(f"f{n}", f"app/m{n}.py", n + 1, "go()"))) for n in range(2)]
    assert marks[0].kind == "environment" and marks[0].parts[0] == category
    assert marks[0].key == marks[1].key


def test_a_variable_missing_from_the_environment_is_configuration():
    lookup = frame("__getitem__", "<frozen os>", 679, "", module="os", abs_path="")
    mark = F.event(
        crash("KeyError", "'PAYFAST_KEY'", frame("load", "app/s.py", 3, "os.environ[name]"), lookup)
    )
    assert mark.parts == ("missing configuration", "PAYFAST_KEY")


def test_recursion_is_one_wherever_the_limit_was_hit():
    pair = [frame("even", "app/r.py", 3, "odd(n)"), frame("odd", "app/r.py", 7, "even(n)")]
    leaf = frame("check", "app/r.py", 9, "isinstance(n, int)")
    deep = [crash("RecursionError", "maximum recursion depth exceeded", QUOTE, *(pair * n), *tail)
            for n, tail in ((300, ()), (499, (pair[0],)), (200, (pair[0], leaf)))]  # fmt: skip
    assert len({F.event(event).key for event in deep}) == 1


def test_an_exception_group_is_its_member_in_event_and_text():
    group = ExceptionInfo(
        "ExceptionGroup", "unhandled errors in a TaskGroup (1 sub-exception)", frames=(QUOTE,)
    )
    event = Event("e", exceptions=(PRODUCTION.exceptions[0], group))
    assert F.event(event).key == F.event(PRODUCTION).key


def test_messages_without_a_trace_differ_by_words_and_not_by_values():
    def says(message):
        return F.event(Event(message, message=message, logger="worker")).key

    assert says("job 8123 failed after 3.2 s for mia@example.com") == says(
        "job 99 failed after 12 s for bo@example.org"
    )
    assert says("job 8123 failed") != says("queue 8123 is full")


def test_an_event_that_says_nothing_is_a_cluster_of_its_own():
    assert F.event(Event("a")).key != F.event(Event("b")).key
    assert F.event(Event("a")).kind == "unknown"


@pytest.mark.parametrize(
    "event",
    [
        Event("deep", exceptions=(ExceptionInfo("E", "x", frames=(PRICE,) * 10_000),)),
        Event("long", message="a'" * 500_000),
        Event("bait", exceptions=(ExceptionInfo("ValueError", "aA1-" * 250_000, frames=(PRICE,)),)),
        Event("hosts", exceptions=(ExceptionInfo("ConnectionError", "a." * 500_000, frames=(PRICE,)),)),
        Event("chain", exceptions=tuple(ExceptionInfo("E", str(n), frames=(PRICE,)) for n in range(5_000))),
        crash("E", "x" * 99, frame("f", "a.py", 1, "raise E('" + "\\" * 100_000)),
    ],
    ids=lambda event: event.id,
)  # fmt: skip
def test_hostile_events_take_bounded_time(event):
    start = time.perf_counter()
    assert len(F.event(event).key) == 32
    assert time.perf_counter() - start < 15


WILD = st.text(max_size=40)
FRAMES = st.builds(
    Frame, WILD, WILD, WILD, WILD, st.integers(-5, 10**6), st.just(0), st.sampled_from([None, True, False]),
    st.lists(st.tuples(st.integers(0, 9), WILD), max_size=3).map(tuple),
    st.lists(st.tuples(WILD, WILD), max_size=2).map(tuple),
)  # fmt: skip
KINDS = (
    st.sampled_from(["KeyError", "TypeError", "ConnectionError", "ExceptionGroup", "", "RecursionError"])
    | WILD
)
EXCEPTIONS = st.builds(ExceptionInfo, KINDS, WILD, frames=st.lists(FRAMES, max_size=5).map(tuple))


@given(st.lists(EXCEPTIONS, max_size=4).map(tuple), WILD)
def test_any_event_gets_a_fingerprint(exceptions, message):
    event = Event("e", message=message, exceptions=exceptions)
    assert F.event(event) == F.event(event)


def test_a_raised_chain_reads_the_same_from_text_and_from_frames(tmp_path):
    (tmp_path / "shop.py").write_text(
        textwrap.dedent(
            """
            class PricingError(Exception): pass
            def price(row):
                return row["currency"]
            def quote(row):
                try:
                    return price(row)
                except KeyError as e:
                    raise PricingError("cannot quote") from e
            """
        )
    )
    sys.path.insert(0, str(tmp_path))
    try:
        import shop  # type: ignore[import-not-found]

        shop.quote({})
    except shop.PricingError:
        text = traceback.format_exc()
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("shop", None)
    event = crash("KeyError", "'currency'", frame("price", "shop.py", 4, 'return row["currency"]'))
    assert F.text(text, root=str(tmp_path)).key == F.event(event).key
