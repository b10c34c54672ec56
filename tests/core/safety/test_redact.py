"""Secrets leave no sink, expressions that only name them stay readable."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.events import Breadcrumb, Event, ExceptionInfo, Frame, Request
from rootcase.core.safety.redact import Redactor

SECRETS = [
    "ghp_" + "aB3" * 12,
    "github_pat_" + "11A" * 20,
    "glpat-" + "x7Y_" * 5,
    "xoxb-" + "1234567890-abcdef",
    "AKIA" + "ABCD1234EFGH5678",
    "sk_live_" + "4eC39HqLyjWDarjtT1",
    "sntrys_" + "eyJpYXQiOjE3" * 3,
    "sk-proj-" + "abcDEF123456ghiJKL789",
    "sk-ant-api03-" + "abcDEF123456ghiJKL789",
    "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjMifQ." + "c2lnbmF0dXJl",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + "A" * 64 + "\n-----END RSA PRIVATE KEY-----",
    "jo.doe+x@mail.example.org",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "378282246310005",
    "DE89 3704 0044 0532 0130 00",
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "before {} after", "key={};", '"{}"', "({})", "a\n{}\nb"])
def test_a_secret_of_a_known_shape_is_taken_out(secret, around):
    redactor = Redactor()
    seen = redactor.text(around.format(secret))
    assert secret not in seen
    assert secret[-8:] not in seen
    assert "[redacted:" in seen
    assert sum(redactor.count.values()) >= 1


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password=hunter2", "hunter2"),
        ("DB_PASSWORD=correcthorse", "correcthorse"),
        ("password: correcthorsebattery", "correcthorsebattery"),
        ("{'passwd': 'pw!'}", "pw!"),
        ('{"api_key": "abcd1234efgh"}', "abcd1234efgh"),
        (r"{\"client_secret\": \"abcd1234efgh\"}", "abcd1234efgh"),
        ("https://x.example/cb?access_token=9f8e7d6c5b&next=/", "9f8e7d6c5b"),
        ("postgres://app:s3cr3t@db/app", "s3cr3t"),
        ("https://0123456789abcdef0123456789abcdef@o1.ingest.example/2", "0123456789abcdef0123456789abcdef"),
        ("Authorization: Bearer abcdef.ghijkl", "abcdef.ghijkl"),
        ("authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("('Authorization', 'Token 00aa11bb22cc')", "00aa11bb22cc"),
        ("curl -H 'bearer 0123456789abcdef'", "0123456789abcdef"),
        ("Cookie: sid=31d4d96e407aad42; theme=dark", "31d4d96e407aad42"),
        ("Set-Cookie: session=zzzzyyyyxxxx; Path=/", "zzzzyyyyxxxx"),
        ("secret_key => q9w8e7r6t5", "q9w8e7r6t5"),
    ],
)
def test_a_secret_named_by_what_stands_before_it_is_taken_out(text, secret):
    assert secret not in Redactor().text(text)


@pytest.mark.parametrize(
    "text",
    [
        "def login(password: str, token: Token | None = None) -> None:",
        "password: Optional[str] = None",
        "login(password=password)",
        "token = get_token()",
        "token=settings.API_TOKEN",
        "token = fresh_token",
        "token=fetch9x(1)",
        "card 4111 1111 1111 1112",
        "if token == 'EOF':",
        "max_tokens=1000",
        "token_count: 512345",
        'os.environ["API_TOKEN"]',
        "password=${DB_PASSWORD}",
        "at 1795227486997580 ms 1795227486997",
        "commit 4111111111111111deadbeef4111111111111111",
        "git@github.com:acme/shop.git",
        "http://127.0.0.1:8000/a@b",
        "basic understanding of the bearer",
        "1.2.3.4.5.6.7.8.9.0.1.2.3.4",
        "[redacted:token] password=[redacted:password]",
        "The token expired; password wrong",
    ],
)
def test_code_and_numbers_that_only_look_like_secrets_stay(text):
    redactor = Redactor()
    assert redactor.text(text) == text
    assert redactor.summary() == ""


def test_secrets_of_the_environment_are_known_by_value_in_any_spelling():
    environment = {
        "SENTRY_AUTH_TOKEN": 'p&ss"w/rd with blanks',
        "SSH_AUTH_SOCK": "/run/agent.sock",
        "MY_TOKEN": "short",
        "HOME": "/home/somebody",
    }
    redactor = Redactor.of_environment(environment)
    for text in (
        'sent p&ss"w/rd with blanks!',
        "?t=p%26ss%22w%2Frd%20with%20blanks",
        '{"v": "p&ss\\"w/rd with blanks"}',
        "basic cCZzcyJ3L3JkIHdpdGggYmxhbmtz",
    ):
        assert "[redacted:" in redactor.text(text), text
    kept = "a short walk in /home/somebody to /run/agent.sock"
    assert redactor.text(kept) == kept
    assert "p&ss" not in repr(redactor)


def test_a_longer_secret_wins_over_one_that_it_contains():
    assert Redactor(["abcdefgh", "abcdefgh-ijkl"]).text("x abcdefgh-ijkl y") == "x [redacted:secret] y"


def test_the_summary_says_in_words_what_was_taken_out():
    redactor = Redactor()
    redactor.text("ghp_" + "a1" * 18 + " and ghp_" + "b2" * 18 + " of jo@example.org")
    assert redactor.summary() == "2 tokens, 1 mail address"


@given(st.text(max_size=300))
def test_redacting_twice_takes_out_nothing_more(text):
    once = Redactor().text(text)
    assert Redactor().text(once) == once


@pytest.mark.parametrize(
    "piece",
    ["a", "1", "1 ", "1-", "-eyJ", "eyJaaaaaaaaa.", "a@", "@", "://", "://a:", "token", "token=", "bearer ",
     "cookie: a=", "GB82 ", "-----BEGIN PRIVATE KEY-----", "password = ", "sk-", "authorization: ", "a.", "a@a.",
     '"password', "gh_ xox AKIA sk- "],
)  # fmt: skip
def test_a_megabyte_of_near_misses_is_quick(piece):
    text = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    Redactor(["a-secret-by-value"]).text(text)
    assert time.perf_counter() - started < 30


def test_every_string_of_an_event_is_cleaned_and_redacted():
    poison = "\x1b[2J jo@example.org"
    event = Event(
        id="1", message=poison, user=poison, transaction=poison, problems=(poison,), server=poison,
        exceptions=(
            ExceptionInfo(
                type="E\x1b", value=poison,
                frames=(
                    Frame(
                        function="f\x07", context=((3, poison),), filename="a.py", line=3,
                        variables=(("password", "hunter2"), ("amount", "12"), ("Session_ID", "abc"), ("x", poison)),
                    ),
                ),
            ),
        ),
        breadcrumbs=(Breadcrumb(message=poison, data=(("api_key", "zzz"), ("url", poison))),),
        request=Request(
            url=poison, body=poison, query=(("token", "t"), ("page", "2")),
            headers=(("Authorization", "Bearer x"), ("Cookie", "a=b"), ("Accept", "*/*")),
        ),
        tags=(("mail", poison),), contexts=(("trace", poison),),
    )  # fmt: skip
    redactor = Redactor()
    seen = redactor.event(event)
    assert "example.org" not in repr(seen)
    assert "\x1b" not in repr(seen).replace("\\x1b", "\x1b")
    variables = dict(seen.exceptions[0].frames[0].variables)
    assert variables["password"] == variables["Session_ID"] == "[redacted:hidden]"
    assert variables["amount"] == "12"
    assert seen.request is not None
    assert dict(seen.request.headers) == {
        "Authorization": "[redacted:hidden]", "Cookie": "[redacted:hidden]", "Accept": "*/*",
    }  # fmt: skip
    assert dict(seen.request.query) == {"token": "[redacted:hidden]", "page": "2"}
    assert seen.exceptions[0].frames[0].context[0][0] == 3
    assert redactor.event(seen) == seen
    assert "variables hidden by their names" in redactor.summary()


def test_a_release_that_looks_like_a_mail_address_stays_and_a_secret_in_it_does_not():
    redactor = Redactor(["s3cret-token-value"])
    assert redactor.event(Event("1", release="shop@1.4.beta")).release == "shop@1.4.beta"
    assert redactor.event(Event("1", release="shop-s3cret-token-value")).release == "shop-[redacted:secret]"


def test_a_secret_that_is_learned_later_is_taken_out_from_then_on():
    redactor = Redactor(["s3cret-token-value"])
    assert redactor.text("a late-token-value") == "a late-token-value"
    redactor.learn("late-token-value")
    redactor.learn("short")
    assert redactor.text("a late-token-value, s3cret-token-value, short") == (
        "a [redacted:secret], [redacted:secret], short"
    )
