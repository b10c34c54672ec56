"""The HTTP client: credentials stay home, faults have names, calls end in time."""

from __future__ import annotations

import asyncio
import gzip
import time
from email.utils import formatdate

import httpx
import pytest

from rootcase.core.model.errors import AccessDenied, RateLimited, SourceError
from rootcase.core.signals.client import Client
from rootcase.core.signals.credentials import basic, bearer, keys
from rootcase.core.signals.faults import Forbidden, NotFound
from rootcase.core.signals.lanes import Lanes
from rootcase.core.signals.origin import is_metadata, origin, path_of
from rootcase.core.signals.pace import SENTRY, wait_s

TOKEN = "tok_0123456789abcdef"


@pytest.fixture
async def client(web):
    made = Client("Acme", web.url, {"Authorization": f"Bearer {TOKEN}"}, deadline_s=3.0)
    yield made
    await made.close()


def told(error: pytest.ExceptionInfo[SourceError]) -> str:
    text = f"{error.value} {error.value!r} {error.value.__cause__!r}"
    assert TOKEN not in text
    return text


async def test_an_answer_is_decoded_into_the_asked_type(web, client):
    web.on("/things/", [{"a": 1}])
    assert (await client.get("things/", list[dict[str, int]])).value == [{"a": 1}]
    assert web.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_a_path_prefix_of_a_self_hosted_service_is_kept(web):
    web.on("/tools/acme/things/", 1)
    client = Client("Acme", f"{web.url}/tools/acme/", {})
    assert (await client.get("things/", int)).value == 1
    await client.close()


async def test_a_redirect_within_the_origin_is_followed(web, client, reply):
    web.on("/a/", reply(status=302, headers={"Location": "/b/"}))
    web.on("/b/", 7)
    assert (await client.get("a/", int)).value == 7


async def test_a_redirect_to_another_origin_never_gets_the_token(web, client, reply, make_web):
    other = await make_web()
    other.on("/steal/", 1)
    web.on("/a/", reply(status=302, headers={"Location": f"{other.url}/steal/"}))
    with pytest.raises(AccessDenied) as error:
        await client.get("a/", int)
    assert other.asked == []
    assert "another address" in told(error)


async def test_a_redirect_that_changes_the_scheme_is_refused(web, client, reply):
    web.on("/a/", reply(status=301, headers={"Location": f"https://127.0.0.1:{web.port}/a/"}))
    with pytest.raises(AccessDenied):
        await client.get("a/", int)


async def test_a_redirected_write_is_refused_and_not_turned_into_a_read(web, client, reply):
    web.on("/a/", reply(status=302, headers={"Location": "/b/"}), method="POST")
    with pytest.raises(SourceError, match="redirects a write"):
        await client.send("POST", "a/", {}, object)
    assert web.paths() == ["/a/"]


async def test_redirects_in_a_circle_end(web, client, reply):
    web.on("/a/", reply(status=302, headers={"Location": "/a/"}))
    with pytest.raises(SourceError, match="circle"):
        await client.get("a/", int)


async def test_a_next_page_at_another_origin_is_refused(web, client, reply, make_web):
    other = await make_web()
    web.on("/a/", reply([1], headers={"Link": f'<{other.url}/a/?cursor=2>; rel="next"; results="true"'}))
    with pytest.raises(AccessDenied):
        async for _ in client.pages("a/", list[int]):
            pass
    assert other.asked == []


async def test_pages_end_where_the_service_says_there_are_no_results(web, client, reply):
    link = (
        '<{0}/a/?cursor=0>; rel="previous"; results="false", <{0}/a/?cursor={1}>; rel="next"; results="{2}"'
    )
    web.on(
        "/a/",
        reply([1], headers={"Link": link.format(web.url, 1, "true")}),
        reply([2], headers={"Link": link.format(web.url, 2, "false")}),
    )
    assert [page.value async for page in client.pages("a/", list[int])] == [[1], [2]]
    assert web.asked[1].all("cursor") == ["1"]


async def test_endless_paging_ends(web, client, reply):
    web.on("/a/", reply([1], headers={"Link": '</a/?cursor=same>; rel="next"; results="true"'}))
    assert len([page async for page in client.pages("a/", list[int], most=9)]) == 2
    numbers = iter(range(1000))
    web.on("/a/", lambda _: reply([1], headers={"Link": f'</a/?cursor={next(numbers)}>; rel="next"'}))
    pages = [page async for page in client.pages("a/", list[int], most=5)]
    assert len(pages) == 5
    assert pages[-1].next_url


async def test_a_read_that_fails_for_a_moment_is_tried_again(web, client, reply):
    web.on("/a/", reply(status=503), reply(hang_up=True), 3)
    assert (await client.get("a/", int)).value == 3
    assert len(web.asked) == 3


async def test_a_new_thing_is_never_sent_twice(web, client, reply):
    web.on("/a/", reply(status=503), 1, method="POST")
    with pytest.raises(SourceError):
        await client.send("POST", "a/", {"x": 1}, object)
    assert len(web.asked) == 1


async def test_a_short_wait_the_service_asks_for_is_kept(web, client, reply):
    web.on("/a/", reply(status=429, headers={"Retry-After": "1"}), 1)
    started = time.monotonic()
    assert (await client.get("a/", int)).value == 1
    assert time.monotonic() - started > 0.9


async def test_a_long_wait_is_handed_to_the_caller_at_once(web, client, reply):
    web.on("/a/", reply({"detail": "slow down"}, 429, {"Retry-After": "120"}))
    started = time.monotonic()
    with pytest.raises(RateLimited, match="slow down") as error:
        await client.get("a/", int)
    assert error.value.retry_after_s == 120
    assert time.monotonic() - started < 60  # not the 120 s that it was told
    assert len(web.asked) == 1


def test_the_wait_reads_each_of_the_ways_to_say_it():
    assert wait_s(httpx.Headers({"Retry-After": "7"}), SENTRY) == 7
    assert (
        wait_s(httpx.Headers({"Retry-After": formatdate(1_000_030, usegmt=True)}), SENTRY, now=1_000_000)
        == 30
    )
    assert wait_s(httpx.Headers({"Retry-After": "soon"}), SENTRY) == 0
    assert wait_s(httpx.Headers({"X-Sentry-Rate-Limit-Reset": "1000045"}), SENTRY, now=1_000_000) == 45
    busy = {"X-Sentry-Rate-Limit-Reset": "1000045", "X-Sentry-Rate-Limit-ConcurrentRemaining": "0"}
    assert wait_s(httpx.Headers(busy), SENTRY, now=1_000_000) == 1
    assert wait_s(httpx.Headers({"Retry-After": "9" * 4000}), SENTRY) == 86_400


async def test_refusals_have_types_and_never_quote_the_token(web, client, reply):
    for status, kind in ((401, AccessDenied), (403, Forbidden), (404, NotFound), (400, SourceError)):
        web.on("/a/", reply({"detail": f"bad {TOKEN}\x1b[2J"}, status))
        with pytest.raises(kind) as error:
            await client.get("a/", int)
        assert "\x1b" not in told(error)
        assert error.value.hint
    assert TOKEN not in repr(client)
    assert len(web.asked) == 4


async def test_the_services_own_words_reach_the_user_in_every_shape(web, client, reply):
    for body, words in (
        ({"detail": {"code": "sso", "message": "log in first"}}, "log in first"),
        ({"sort": ["is bad"]}, "is bad"),
        (["no issue"], "no issue"),
        ({"message": "nope"}, "nope"),
    ):
        web.on("/a/", reply(body, 400))
        with pytest.raises(SourceError, match=words):
            await client.get("a/", int)


async def test_a_web_page_instead_of_json_is_named_as_such(web, client, reply):
    web.on("/a/", reply("<html>log in</html>", headers={"Content-Type": "text/html; charset=utf-8"}))
    with pytest.raises(SourceError, match="text/html"):
        await client.get("a/", int)
    web.on("/a/", reply("<html>bad gateway</html>", 502, headers={"Content-Type": "text/html"}))
    with pytest.raises(SourceError, match="502"):
        await client.get("a/", int)


async def test_wrong_types_and_broken_json_say_where(web, client, reply):
    web.on("/a/", [1, "two"])
    with pytest.raises(SourceError, match=r"\$\[1\]"):
        await client.get("a/", list[int])
    web.on("/a/", reply(b'[1, "\xff'))
    with pytest.raises(SourceError, match="not understood"):
        await client.get("a/", list[int])


async def test_a_slow_drip_ends_at_the_deadline(web, reply):
    client = Client("Acme", web.url, {}, deadline_s=0.7)
    web.on("/a/", reply("[" + "1," * 200 + "1]", drip_s=0.05))
    started = time.monotonic()
    with pytest.raises(SourceError, match="did not finish"):
        await client.get("a/", object)
    assert time.monotonic() - started < 20
    await client.close()


async def test_a_packed_answer_is_unpacked_and_a_bomb_is_not(web, reply):
    client = Client("Acme", web.url, {}, max_bytes=1_000_000)
    packed = {"Content-Encoding": "gzip"}
    web.on("/a/", reply(gzip.compress(b"[1]"), headers=packed))
    assert (await client.get("a/", list[int])).value == [1]
    web.on("/a/", reply(gzip.compress(b" " * 50_000_000), headers=packed))
    with pytest.raises(SourceError, match="more than 1,000,000 bytes"):
        await client.get("a/", list[int])
    web.on("/a/", reply(b" " * 1_000_001))
    with pytest.raises(SourceError, match="more than"):
        await client.get("a/", list[int])
    web.on("/a/", reply(b"not gzip", headers=packed))
    with pytest.raises(SourceError, match="unpack"):
        await client.get("a/", list[int])
    await client.close()


async def test_nobody_listening_is_a_clear_fault():
    client = Client("Acme", "http://127.0.0.1:9", {}, attempts=1)
    with pytest.raises(SourceError, match="cannot be reached") as error:
        await client.get("a/", int)
    assert "VPN" in error.value.hint
    await client.close()


@pytest.mark.parametrize("url", ["ftp://x", "x", "https://user:pw@host", "http://", "https://h:99999999"])
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(SourceError) as error:
        Client("Acme", url, {})
    assert "pw" not in str(error.value)


async def test_no_more_calls_at_once_than_the_service_takes():
    lanes, gate, full = Lanes(2), asyncio.Event(), asyncio.Event()
    inside: list[int] = []
    most = 0

    async def call(number: int) -> None:
        nonlocal most
        async with lanes:
            inside.append(number)
            most = max(most, len(inside))
            if len(inside) == lanes.most:
                full.set()
            await gate.wait()
            inside.remove(number)

    calls = [asyncio.create_task(call(number)) for number in range(6)]
    await full.wait()
    calls[0].cancel()
    gate.set()
    await asyncio.gather(*calls, return_exceptions=True)
    assert (most, inside) == (2, [0])
    lanes.narrow()
    lanes.narrow()
    assert lanes.most == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://acme.example", "https://acme.example:443/x", True),
        ("http://acme.example:80", "http://ACME.example/", True),
        ("https://münchen.example", "https://xn--mnchen-3ya.example/", True),
        ("https://acme.example", "https://acme.example.", False),
        ("https://acme.example", "https://аcme.example", False),
        ("https://acme.example", "https://acme.example:8443", False),
        ("https://acme.example", "http://acme.example:443", False),
        ("https://acme.example", "https://api.acme.example", False),
        ("https://acme.example", "https://acme.example@evil.example", False),
        ("https://acme.example", "https://acme.example:443@evil.example", False),
    ],
)
def test_what_counts_as_the_same_origin(one, other, same):
    assert (origin(httpx.URL(one)) == origin(httpx.URL(other))) is same


@pytest.mark.parametrize(
    "host",
    ["169.254.169.254", "169.254.0.1", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "fe80::1",
     "fe80::1%eth0", "::ffff:169.254.169.254", "[fe80::1]", "fd00:ec2::254", "100.100.100.200",
     "metadata.google.internal", "METADATA.GOOGLE.INTERNAL."],
)  # fmt: skip
def test_a_metadata_address_is_known_in_every_spelling(host):
    assert is_metadata(host)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "10.1.2.3", "acme.example", "169.255.1.1", "1.2.3.4.5", "999.1", "::1", "0xzz", ""]
)
def test_a_host_in_the_users_own_network_is_none(host):
    assert not is_metadata(host)


def test_a_source_at_a_metadata_address_is_refused():
    with pytest.raises(AccessDenied, match="metadata") as error:
        Client("Acme", "http://169.254.169.254/", {})
    assert error.value.hint


def test_parts_of_a_path_stay_parts():
    assert path_of("a/b", "v1.0+x", "ä?") == "a%2Fb/v1.0%2Bx/%C3%A4%3F"
    for part in ("..", ".", ""):
        with pytest.raises(SourceError, match="cannot be part"):
            path_of("a", part)


async def test_bracketed_names_repeat_and_an_encoded_path_arrives_as_it_was(web, client):
    web.on("/things/group%2Fproject", 1)
    query = [("statuses[]", "triggered"), ("statuses[]", "acknowledged")]
    assert (await client.get(f"things/{path_of('group/project')}", int, query)).value == 1
    assert web.asked[0].all("statuses[]") == ["triggered", "acknowledged"]
    assert web.asked[0].path == "/things/group%2Fproject"


async def test_the_ways_to_prove_who_we_are_and_none_of_them_shows(web):
    web.on("/a/", 1)
    for credentials, header, value in (
        (bearer("tok_0123456789abcdef"), "authorization", "Bearer tok_0123456789abcdef"),
        (bearer("tok_0123456789abcdef", "GenieKey"), "authorization", "GenieKey tok_0123456789abcdef"),
        (bearer("tok_0123456789abcdef", "Token token="), "authorization", "Token token=tok_0123456789abcdef"),
        (basic("ada@example.com", "tok_0123456789abcdef"), "authorization",
         "Basic YWRhQGV4YW1wbGUuY29tOnRva18wMTIzNDU2Nzg5YWJjZGVm"),
        (keys({"DD-API-KEY": "tok_0123456789abcdef", "DD-APPLICATION-KEY": "b" * 20}), "dd-application-key", "b" * 20),
    ):  # fmt: skip
        made = Client("Acme", web.url, credentials, headers={"From": "ada@example.com"})
        await made.get("a/", int)
        assert (web.asked[-1].headers[header], web.asked[-1].headers["from"]) == (value, "ada@example.com")
        assert "tok_" not in repr(credentials) + repr(made)
        await made.close()


async def test_a_search_that_is_spelled_post_sends_its_body_and_reads_the_next_page(web, client, reply):
    web.on(
        "/search", reply(status=503), reply([1], headers={"Link": '</search?c=2>; rel="next"'}), method="POST"
    )
    answer = await client.search("search", {"query": "x"}, list[int], [("include", "issue")])
    assert (answer.value, answer.next_url) == ([1], f"{web.url}/search?c=2")
    assert [each.body for each in web.asked] == [b'{"query":"x"}'] * 2
    assert web.asked[1].all("include") == ["issue"]


async def test_a_write_is_not_lost_to_a_connection_that_the_service_is_about_to_close(monkeypatch):
    """The first answer says keep-alive and hangs up at the next request, as a server does whose time-out ran out."""
    monkeypatch.setenv("NO_PROXY", "*")
    got: list[str] = []

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next(
            (int(line.split(":")[1]) for line in head.split("\r\n") if line.lower().startswith("content-l")),
            0,
        )
        await reader.readexactly(length)
        got.append(head.split(" ", 1)[0])
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        await writer.drain()
        await reader.read(1)  # the connection is kept until somebody uses it again
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    client = Client("A service", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", {})
    try:
        await client.get("a", object)
        await client.send("POST", "b", {}, object)
        await client.send("POST", "c", {}, object)
    finally:
        await client.close()
        server.close()
    assert got == ["GET", "POST", "POST"]
