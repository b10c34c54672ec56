"""Who handed the value that failed down the trace, who made it, and who left it out."""

import pytest

from rootcase.core.codemap.frames import Located
from rootcase.core.codemap.handing import followed
from rootcase.core.codemap.scopes import source_of
from rootcase.core.codemap.steps import steps_of
from rootcase.core.codemap.telling import telling

CODE = """def fail(url):
    return url.scheme

def plain(url, **more):
    return fail(url)

def by_name(*args, **kwargs):
    return plain(*args, **kwargs)

class Request:
    def replace(self, *args, **kwargs):
        cls = type(self)
        return cls(*args, **kwargs)

    def __init__(self, url, method="GET"):
        self.link = url
        fail(self.link)

def redirect(request, target):
    return request.replace(url=target, method="HEAD")

def process(request, response):
    found = parse(response)
    return redirect(request, found)

def direct(request):
    return redirect(request, parse(request))

def lenient(config=None):
    return config["key"]

def forgets():
    return lenient()

def hands(config):
    return lenient(config)
"""


def at(*lines, kind="AttributeError", value="'str' object has no attribute 'scheme'"):
    """(function, role) of what is above the innermost. lines: of CODE, outermost first."""
    source = source_of(CODE)
    own = [
        Located("confirmed", "", "app.py", line, None, CODE)
        for line in (next(n for n, row in enumerate(CODE.split("\n"), 1) if part in row) for part in lines)
    ]
    assert source is not None
    return [(hand.step.name, hand.role) for hand in followed(steps_of(own), telling(kind, value))]


def test_a_value_is_followed_through_arguments_that_nobody_names():
    roles = at(
        "return redirect(request, found)", "request.replace", "return cls(", "fail(self.link)", "url.scheme"
    )
    assert roles == [
        ("Request.__init__", "passes"), ("Request.replace", "passes"), ("redirect", "passes"), ("process", "makes"),
    ]  # fmt: skip


def test_arguments_by_place_go_through_a_wrapper():
    assert at("plain(*args", "return fail(url)", "url.scheme") == [("plain", "passes"), ("by_name", "passes")]


def test_a_call_in_the_argument_makes_the_value():
    roles = at("parse(request))", "request.replace", "return cls(", "fail(self.link)", "url.scheme")
    assert roles[-1] == ("direct", "makes")


@pytest.mark.parametrize(
    ("line", "role"), [("return lenient()", "omits"), ("return lenient(config)", "passes")]
)
def test_a_default_stands_in_for_what_a_caller_left_out(line, role):
    assert [found for _, found in at(line, 'config["key"]', kind="KeyError", value="'key'")] == [role]


def test_without_a_trace_there_is_nothing_to_follow():
    assert followed((), telling("KeyError", "'x'")) == ()
