"""Code that the message was written from or names, and what stands beside the failing function."""

import pytest

from rootcase.core.codemap.leads_words import names, phrases
from rootcase.core.codemap.mapping import Mapper
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, ExceptionInfo, Frame


async def ranked(opened, checkout, kind, value, *frames):
    """Candidates of one event. frames: (path, line)."""
    told = tuple(
        Frame(
            "f",
            filename=path,
            line=line,
            in_app=True,
            context=((line, checkout.read(path).split("\n")[line - 1]),),
        )
        for path, line in frames
    )
    happened = Event("e1", exceptions=(ExceptionInfo(kind, value, frames=told),))
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    case = Case(key="C-1", title="x")
    path = await Mapper(case, (happened,), repository, settings, commit=head, head=head).map()
    return {item.qualified_name: item.reasons for item in path.candidates}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("'missing' is undefined", ("is undefined",)),
        ("{'a': ['Field may not be null.']}", ("Field may not be null",)),
        ("Could not guess format for <_io.Reader name='x'> at 3", ("Could not guess format for",)),
        ("integer out of range: 7", ("integer out of range",)),
        ("42", ()),
        ("'price'", ()),
        ("a" * 5000, ()),
    ],
)
def test_fixed_words_are_what_stands_between_the_values(value, found):
    assert phrases(value) == found


def test_a_long_text_is_looked_for_by_its_start():
    found = phrases("the quick brown fox " * 20)
    assert found == ("the quick brown fox the quick brown fox the",)


def test_names_are_quoted_or_written_like_one():
    assert names('Unknown option "SPLIT_ALL" of StyleTable, see docs', "E") == ("SPLIT_ALL", "StyleTable")
    assert names("nothing here to find", "E") == ()
    assert names("'len' and 'a b' and ValueError", "ValueError") == ()


async def test_the_function_that_words_the_message_is_found_where_the_trace_lost_it(checkout, opened):
    engine = "def render(t):\n    return t.run()\n"
    missing = 'class Missing:\n    def told(self):\n        return f"{self.name!r} has no value"\n'
    checkout.commit("Start", {"engine.py": engine, "lib/missing.py": missing})
    found = await ranked(opened, checkout, "app.Undefined", "'total' has no value", ("engine.py", 2))
    assert 'says "has no value"' in found["Missing.told"][0]


async def test_signs_of_a_message_are_looked_for_as_they_stand(checkout, opened):
    said = "def g():\n    return 'is it? no, *never* again.'\n"
    checkout.commit("Start", {"a.py": "def f(x):\n    return x()\n", "b.py": said})
    found = await ranked(opened, checkout, "E", "is it? no, *never* again.", ("a.py", 2))
    assert 'says "is it? no, *never* again"' in found["g"]
    for value in (
        "i. it. no. .never. again",
        "$(touch /tmp/x) `id` and more",
        "-e --open-files-in-pager=id now",
        "* + ? ^ $",
    ):
        assert set(await ranked(opened, checkout, "E", value, ("a.py", 2))) == {"f"}


async def test_words_that_stand_everywhere_point_nowhere(checkout, opened):
    files = {f"m{n}.py": f'def g{n}():\n    raise E("value is not valid")\n' for n in range(20)}
    checkout.commit("Start", {"a.py": "def f(x):\n    return x()\n", **files})
    assert set(await ranked(opened, checkout, "E", "value is not valid", ("a.py", 2))) == {"f"}


async def test_the_table_that_lacks_an_option_is_where_the_module_sets_it(checkout, opened):
    code = (
        "OPTIONS = {'indent': int}\n\n\ndef parse(name, value):\n    if name not in OPTIONS:\n"
        "        raise StyleError(f'Unknown option {name}')\n    return OPTIONS[name](value)\n"
    )
    checkout.commit("Start", {"style.py": code})
    found = await ranked(opened, checkout, "StyleError", "Unknown option width", ("style.py", 6))
    assert "<module>" in found


async def test_a_name_of_the_module_leads_to_the_function_that_sets_it(checkout, opened):
    code = (
        "_style = None\n\n\ndef use(style):\n    global _style\n    _style = dict(style)\n\n\n"
        "def get(name):\n    return _style[name]\n"
    )
    checkout.commit("Start", {"style.py": code})
    found = await ranked(opened, checkout, "KeyError", "'width'", ("style.py", 10))
    assert "sets _style" in found["use"]


async def test_the_constructor_that_sets_the_none_is_found(checkout, opened):
    data = "class Data:\n    def __init__(self, node):\n        self.left = None\n        self.node = node\n"
    use = "def handle(data):\n    return data.left.name\n"
    checkout.commit("Start", {"data.py": data, "use.py": use})
    found = await ranked(
        opened, checkout, "AttributeError", "'NoneType' object has no attribute 'name'", ("use.py", 2)
    )
    assert "sets left" in found["Data.__init__"]


async def test_the_like_of_the_failing_function_is_a_candidate(checkout, opened):
    code = (
        "class Visitor:\n    def visit_rule_param(self, node):\n        return {node: 1}\n\n"
        "    def visit_rule_params(self, found):\n        for name, value in found:\n            yield name\n\n"
        "    def visit_other(self, node):\n        return node\n\n\n"
        "def encode(x):\n    return x[0]\n\n\ndef decode(x):\n    return x\n\n\ndef reduce(x):\n    return x\n"
    )
    checkout.commit("Start", {"v.py": code})
    found = await ranked(opened, checkout, "ValueError", "not enough values to unpack", ("v.py", 6))
    assert "is the like of visit_rule_params" in found["Visitor.visit_rule_param"]
    assert "Visitor.visit_other" not in found
    found = await ranked(opened, checkout, "IndexError", "list index out of range", ("v.py", 14))
    assert "decode" in found and "reduce" not in found
