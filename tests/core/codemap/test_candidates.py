"""Candidates where Python's own rules do not help, and bounds on what hostile or odd code may cost."""

import pytest

from rootcase.core.codemap.candidates import gather, with_history
from rootcase.core.codemap.index import CodeIndex
from rootcase.core.codemap.mapping import Mapper
from rootcase.core.codemap.telling import telling
from rootcase.core.model.case import Case
from rootcase.core.model.code import Candidate, Commit, Suspect
from rootcase.core.model.events import Event, ExceptionInfo, Frame
from rootcase.core.model.signals import Signal

CART = """import { priceOf } from './price';

export function total(cart) {
  let sum = 0;
  for (const line of cart.lines) {
    sum += priceOf(line).amount;
  }
  return sum;
}
"""
PRICE = """export function priceOf(line) {
  if (line.free) return undefined;
  return { amount: line.amount };
}
"""


def event(*frames, kind="TypeError", value="x"):
    return Event("e1", exceptions=(ExceptionInfo(kind, value, frames=tuple(frames)),))


async def mapped(opened, checkout, happened, signals=()):
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    case = Case(key="C-1", title="x", signals=signals)
    return await Mapper(case, (happened,), repository, settings, commit=head, head=head).map()


async def test_another_language_has_its_callees_and_suspects_too(checkout, opened):
    checkout.commit("Cart", {"src/cart.js": CART}, author="mira")
    price = checkout.commit("Free lines", {"src/price.js": PRICE}, author="omar")
    line = "    sum += priceOf(line).amount;"
    happened = event(
        Frame("total", filename="src/cart.js", line=6, in_app=True, context=((6, line),)),
        value="Cannot read properties of undefined (reading 'amount')",
    )
    path = await mapped(opened, checkout, happened)
    assert [item.qualified_name for item in path.candidates][:2] == ["total", "priceOf"]
    assert price in [suspect.commit.sha for suspect in path.suspects]


async def test_configuration_and_dependencies_of_the_window_are_shown_with_their_kind(checkout, opened):
    checkout.commit("Start", {"app.py": "def run(x):\n    return x.name\n"}, tag="v1.0")
    checkout.commit("Bump", {"requirements.txt": "django==5.1.2\n"}, author="omar")
    checkout.commit("Pool", {"config/db.yaml": "pool: 1\n"}, author="ravi")
    checkout.commit("Test", {"tests/test_a.py": "x = 1\n"}, tag="v1.1")
    happened = event(
        Frame("run", filename="app.py", line=2, in_app=True, context=((2, "    return x.name"),)),
        kind="AttributeError", value="'NoneType' object has no attribute 'name'",
    )  # fmt: skip
    path = await mapped(opened, checkout, happened, (Signal("s", "1", first_release="v1.1"),))
    kinds = {suspect.commit.subject: suspect.kind for suspect in path.suspects if suspect.in_window}
    assert kinds == {"Bump": "dependency", "Pool": "configuration", "Test": "tests"}
    assert "a dependency file" in next(s for s in path.suspects if s.kind == "dependency").reasons[0]


async def test_a_window_that_only_tags_guess_does_not_hide_the_old_commit(checkout, opened):
    old = checkout.commit("Start", {"app.py": "def run(x):\n    return x.name\n"}, author="mira", tag="v1.0")
    checkout.commit(
        "More", {"app.py": "def run(x):\n    return x.name\n\n\ndef go(x):\n    return run(x)\n"}, tag="v1.1"
    )
    happened = event(
        Frame("run", filename="app.py", line=2, in_app=True, context=((2, "    return x.name"),)),
        kind="AttributeError", value="'NoneType' object has no attribute 'name'",
    )  # fmt: skip
    path = await mapped(opened, checkout, happened)
    assert path.suspects[0].commit.sha == old and not path.suspects[0].in_window


async def test_tests_in_the_trace_are_no_candidates(checkout, opened):
    test = "from app import run\n\n\ndef test_run():\n    run(None)\n"
    checkout.commit("Start", {"app.py": "def run(x):\n    return x.name\n", "tests/test_app.py": test})
    happened = event(
        Frame("test_run", filename="tests/test_app.py", line=5, in_app=True, context=((5, "    run(None)"),)),
        Frame("run", filename="app.py", line=2, in_app=True, context=((2, "    return x.name"),)),
    )
    path = await mapped(opened, checkout, happened)
    assert [item.path for item in path.candidates] == ["app.py"]


async def test_broken_deep_and_huge_code_is_read_as_far_as_it_goes(checkout, opened):
    deep = "def f(x):\n    return " + "(" * 3000 + "x" + ")" * 3000 + "\n"
    broken = "def g(:\n    f(((\n  class\n"
    table = "TABLE = {\n" + "".join(f"    {n}: 'x',\n" for n in range(30_000)) + "}\n"
    checkout.commit(
        "Odd", {"deep.py": deep, "broken.py": broken, "table.py": table + "def h(k):\n    return TABLE[k]\n"}
    )
    frames = [
        Frame("f", filename="deep.py", line=2, in_app=True),
        Frame("g", filename="broken.py", line=2, in_app=True),
        Frame("h", filename="table.py", line=30_004, in_app=True),
    ]
    path = await mapped(opened, checkout, event(*frames, kind="KeyError", value="'x'"))
    names = [item.qualified_name for item in path.candidates]
    assert names[0] == "h" and "<module>" in names


async def test_without_frames_of_ours_there_is_nothing_to_rank(checkout, opened):
    checkout.commit("Start", {"app.py": "x = 1\n"})
    repository, _ = await opened()
    assert (await gather(CodeIndex(repository), checkout.git("rev-parse", "HEAD"), [], None)).ranked == ()


def test_a_function_that_the_window_changed_comes_up():
    commit = Commit("a" * 40, "omar", "o@x", 0, "Change", ("b.py",))
    found = (Candidate("a.py", "f", 1, 0.5, ("x",)), Candidate("b.py", "g", 1, 0.3, ("y",)))
    raised = with_history(found, [Suspect(commit, 0.9, ("touches g",), in_window=True)])
    assert raised[0].qualified_name == "g" and raised[0].reasons[-1] == "changed by aaaaaaa in the release"
    assert with_history(found, [Suspect(commit, 0.9, ("touches g",))]) == found
    guessed = with_history(found, [Suspect(commit, 0.9, ("touches g",), in_window=True)], known=False)
    assert [item.qualified_name for item in guessed] == ["f", "g"]


@pytest.mark.parametrize(
    ("kind", "value", "told"),
    [
        ("AttributeError", "'Cart' object has no attribute 'lines'", ("attribute", "Cart", "lines")),
        ("AttributeError", "'NoneType' object has no attribute 'x'", ("none", "NoneType", "x")),
        ("TypeError", "'NoneType' object is not subscriptable", ("none", "NoneType", "")),
        ("TypeError", "f() got an unexpected keyword argument 'a'", ("keyword", "f", "a")),
        (
            "TypeError",
            "Cart.add() missing 1 required positional argument: 'b'",
            ("arguments", "Cart.add", ""),
        ),
        ("TypeError", "f() takes 1 positional argument but 2 were given", ("arguments", "f", "")),
        ("KeyError", "'currency'", ("key", "", "currency")),
        ("KeyError", "u'currency'", ("key", "", "currency")),
        ("NameError", "name 'foo' is not defined", ("name", "", "foo")),
        ("ImportError", "cannot import name 'a' from 'b.c' (/x)", ("module", "b.c", "a")),
        ("AttributeError", "module 'b' has no attribute 'a'", ("module", "b", "a")),
        ("NotImplementedError", "", ("abstract", "", "")),
        ("ValueError", "no", ("other", "", "")),
        ("TypeError", 'can only concatenate str (not "bytes") to str', ("operand", "", "")),
        ("TypeError", "'int' object is not iterable", ("operand", "", "")),
    ],
)
def test_what_the_words_say(kind, value, told):
    said = telling(kind, value)
    assert (said.kind, said.owner, said.name) == told


NUMBERS = """class Parser:
    def value(self, raw):
        self.mark()
        item = self.number(raw)
        if item is not None:
            return item
        raise self.error(raw)

    def mark(self):
        self.at = 1

    def number(self, raw):
        if raw.startswith("0"):
            return None
        return int(raw)

    def error(self, raw):
        return ValueError(f"no number: {raw}")
"""


async def test_a_raise_leads_to_what_the_check_before_it_asked(checkout, opened):
    checkout.commit("Numbers", {"numbers_.py": NUMBERS})
    line = "        raise self.error(raw)"
    frame = Frame("value", filename="numbers_.py", line=7, in_app=True, context=((7, line),))
    path = await mapped(opened, checkout, event(frame, kind="ValueError", value="no number: 0E1"))
    beyond = [item.qualified_name for item in path.candidates if item.qualified_name != "Parser.value"]
    assert beyond[0] == "Parser.number"


ITEMS = """class Item:
    def __init__(self, trivia):
        self._trivia = trivia

    @property
    def trivia(self):
        return self._trivia


class Null(Item):
    def __init__(self):
        pass
"""


async def test_an_object_made_without_an_attribute_leads_to_what_makes_it(checkout, opened):
    checkout.commit("Items", {"items.py": ITEMS})
    frame = Frame(
        "trivia", filename="items.py", line=7, in_app=True, context=((7, "        return self._trivia"),)
    )
    words = "'Null' object has no attribute '_trivia'"
    path = await mapped(opened, checkout, event(frame, kind="AttributeError", value=words))
    assert path.candidates[0].qualified_name == "Null.__init__"
