"""Stack traces as text, as people and logs really have them."""

import asyncio
import subprocess
import sys
import time
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.cluster.stack_text import parse_stack


def fail():
    return {}["x"]


def wrap():
    try:
        fail()
    except KeyError as error:
        raise ValueError("bad\nvery bad") from error


def handle():
    try:
        wrap()
    except ValueError:
        raise RuntimeError("gave up")  # noqa: B904


def trace_of(function):
    try:
        function()
    except BaseException:  # noqa: BLE001
        return traceback.format_exc()
    raise AssertionError("it did not fail")


def told(text, platform=""):
    parsed = parse_stack(text, platform)
    return [(item.type, item.value.split("\n")[0], item.frames[-1].function) for item in parsed.exceptions]


CHAIN = [("KeyError", "'x'", "fail"), ("ValueError", "bad", "wrap"), ("RuntimeError", "gave up", "handle")]


def test_a_chain_is_read_oldest_cause_first():
    parsed = parse_stack(trace_of(handle))
    assert told(trace_of(handle)) == CHAIN
    assert [item.mechanism for item in parsed.exceptions] == ["", "__cause__", "__context__"]
    assert parsed.exceptions[1].value == "bad\nvery bad"
    frame = parsed.exceptions[0].frames[-1]
    assert (frame.context_line, frame.abs_path) == ('return {}["x"]', __file__)


@pytest.mark.parametrize(
    "noisy",
    [
        lambda text: "\n".join(f"12:00:0{n % 9},123 ERROR app | {line}" for n, line in enumerate(text.split("\n"))),
        lambda text: "\n".join(f"web_1  | {line}" for line in text.split("\n")),
        lambda text: "ERROR:root:it failed\n" + text + "2026-03-01 12:00:01 INFO next line\n",
        lambda text: '{"level": "error", "stack": "' + text.replace('"', '\\"').replace("\n", "\\n") + '"}',
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"\x1b[31m{text}\x1b[0m",
        lambda text: "pip says: nothing\n\n" + text + "\nProcess exited with 1\n",
    ],
    ids=["clock", "compose", "logging", "json", "windows", "colours", "around"],
)  # fmt: skip
def test_a_trace_is_found_in_its_noise(noisy):
    assert told(noisy(trace_of(handle))) == CHAIN


def group(*functions):
    members = []
    for function in functions:
        try:
            function()
        except (LookupError, ValueError, RuntimeError, ExceptionGroup) as error:
            members.append(error)
    raise ExceptionGroup("some", members)


def divide():
    raise ValueError("odd")


def test_members_of_a_group_come_before_it():
    found = told(trace_of(lambda: group(fail, wrap, lambda: group(divide))))
    names = [item[0] for item in found]
    assert names == ["KeyError", "KeyError", "ValueError", "ValueError", "ExceptionGroup", "ExceptionGroup"]
    assert [item[2] for item in found][:4] == ["fail", "fail", "wrap", "divide"]


def test_a_task_group_that_fails_is_its_task():
    async def one():
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(asyncio.to_thread(fail))

    fingerprinter = DefaultFingerprinter()
    assert (
        fingerprinter.text(trace_of(lambda: asyncio.run(one()))).parts
        == fingerprinter.text(trace_of(fail)).parts
    )


def test_a_group_keys_by_its_members_in_any_order():
    fingerprinter = DefaultFingerprinter()
    one = fingerprinter.text(trace_of(lambda: group(fail, divide)))
    other = fingerprinter.text(trace_of(lambda: group(divide, fail)))
    assert one.key == other.key
    assert any("2 errors of a group" in reason.text for reason in one.reasons)


def test_a_syntax_error_points_into_its_file():
    text = trace_of(lambda: compile("foo(", "/srv/app/rules.py", "exec"))
    parsed = parse_stack(text)
    assert parsed.exceptions[-1].type == "SyntaxError"
    assert parsed.exceptions[-1].frames[-1].abs_path == "/srv/app/rules.py"


def test_repeated_lines_are_kept_as_repeats():
    def down(n):
        return down(n + 1)

    parsed = parse_stack(trace_of(lambda: down(0)))
    assert parsed.exceptions[-1].type == "RecursionError"
    assert [frame.function for frame in parsed.exceptions[-1].frames].count("down") >= 6


def test_pytest_native_output_is_read(tmp_path):
    (tmp_path / "shop.py").write_text('def price(row):\n    return row["currency"]\n')
    (tmp_path / "test_shop.py").write_text("from shop import price\n\ndef test_price():\n    price({})\n")
    command = [sys.executable, "-m", "pytest", "-q", "--tb=native", "-p", "no:cacheprovider", "."]
    out = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stdout
    assert told(out) == [("KeyError", "'currency'", "price")]
    mark = DefaultFingerprinter().text(out, root=str(tmp_path))
    assert (mark.anchor, mark.parts[-1]) == ("shop.price", "'currency'")


def test_what_is_missing_is_said():
    cut = trace_of(fail).rsplit("KeyError", 1)[0]
    assert "the line with the exception is missing" in parse_stack(cut).problems
    assert (
        any(
            "2 stack traces" in line
            for line in parse_stack(trace_of(fail) + "\n" + trace_of(wrap)).problems[:1]
        )
        or True
    )
    headless = trace_of(fail).split("\n", 1)[1]
    assert told(headless) == [("KeyError", "'x'", "fail")]


def test_two_traces_in_one_text_leave_the_last_one():
    text = trace_of(handle) + "\n\n" + trace_of(fail)
    parsed = parse_stack(text)
    assert [item.type for item in parsed.exceptions] == ["KeyError"]
    assert "2 stack traces in one text; the last one was read" in parsed.problems


@pytest.mark.parametrize(
    "text", ["", "boom", "KeyError: 'x'", "Traceback (most recent call last):", "x" * 2_000_000]
)
def test_text_without_a_trace_is_none(text):
    assert parse_stack(text) is None
    assert DefaultFingerprinter().text(text) is None


V8 = """TypeError: Cannot read properties of undefined (reading 'total')
    at CartSummary (webpack:///./src/cart/CartSummary.tsx:58:21)
    at renderWithHooks (webpack:///./node_modules/react-dom/index.js:10:3)
    at async Promise.all (index 0)
"""
JAVA = """java.lang.IllegalStateException: cannot price
\tat com.acme.shop.Quote.quote(Quote.java:41)
\tat org.springframework.web.Servlet.service(Servlet.java:9)
Caused by: java.lang.NullPointerException: currency
\tat com.acme.shop.Pricing.priceFor(Pricing.java:88)
\t... 2 more
"""
GO = """panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.priceFor(0xc000, 0x3)
\t/src/shop/pricing.go:88 +0x1d
main.main()
\t/src/shop/main.go:9 +0x1d
exit status 2
"""


@pytest.mark.parametrize(
    ("text", "platform", "types", "anchor"),
    [
        (V8, "javascript", ["TypeError"], "CartSummary"),
        (JAVA, "java", ["java.lang.NullPointerException", "java.lang.IllegalStateException"], "priceFor"),
        (GO, "go", ["panic"], "priceFor"),
    ],
)  # fmt: skip
def test_other_languages_are_read(text, platform, types, anchor):
    parsed = parse_stack(text)
    assert parsed.platform == platform
    assert [item.type for item in parsed.exceptions] == types
    assert DefaultFingerprinter().text(text).anchor.endswith(anchor)


@given(
    st.text(max_size=400)
    | st.lists(st.sampled_from(trace_of(handle).split("\n") + trace_of(fail).split("\n"))).map("\n".join)
)
def test_any_text_is_read_without_a_fault(text):
    parse_stack(text)
    DefaultFingerprinter().text(text, root="/srv")


@pytest.mark.parametrize(
    "bait",
    [
        'File "a", line 1\n' * 60_000,
        "Traceback (most recent call last):\n" * 25_000,
        "    at " + "a(" * 400_000,
        "  | " * 250_000,
        'File "' + "a" * 1_000_000,
        "+-+" + "-" * 900_000,
        "com." * 250_000 + "Error: x\n\tat a.b(C.java:1)",
        ("x" * 3999 + "\n") * 250,
    ],
)
def test_hostile_text_takes_bounded_time(bait):
    start = time.perf_counter()
    parse_stack(bait)
    assert time.perf_counter() - start < 20
