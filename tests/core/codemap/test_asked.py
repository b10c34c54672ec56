"""Whom the ranking asks when code only answers: look-ups, values of the wrong type, and refusals on purpose."""

import pytest

from rootcase.core.codemap.mapping import Mapper
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, ExceptionInfo
from tests.core.codemap.crashes import frame, ranked

FONT = {
    "sfnt.py": """class Reader:
    def __getitem__(self, tag):
        entry = self.tables[Tag(tag)]
        data = entry.load(self.file)
        if self.checks:
            total = checksum(data)
            if total != entry.total:
                warn(tag)
        return data
""",
    "font.py": """class Font:
    def __getitem__(self, tag):
        tag = Tag(tag)
        table = self.loaded.get(tag)
        if table is None:
            table = self._read(tag)
        return table

    def _read(self, tag):
        data = self.reader[tag]
        return decode(tag, data)
""",
    "pack.py": """def compact(font, level):
    table = font["GPOS"]
    for lookup in table.lookups:
        shrink(lookup, level)
    return font
""",
}


async def test_a_key_that_look_ups_lack_is_asked_of_who_named_it(checkout, opened):
    places = [
        ("pack.py", 'font["GPOS"]'), ("font.py", "self._read(tag)"), ("font.py", "self.reader[tag]"),
        ("sfnt.py", "self.tables["),
    ]  # fmt: skip
    found = await ranked(checkout, opened, FONT, places, "KeyError", "'GPOS'")
    assert next(iter(found)) == "compact"
    assert "it works with what it was asked for" in found["Reader.__getitem__"][0]


async def test_a_key_that_a_function_makes_itself_is_its_own(checkout, opened):
    code = """def total(rates, order):
    return price(rates, order)


def price(rates, order):
    code = order.currency.upper()
    amount = order.amount
    return amount * rates[code]
"""
    places = [("shop.py", "price(rates"), ("shop.py", "rates[code]")]
    found = await ranked(checkout, opened, {"shop.py": code}, places, "KeyError", "'GBP'")
    assert next(iter(found)) == "price"


FINDER = {
    "finder.py": """class Finder:
    def __init__(self, least):
        self.least = least

    def run(self, data):
        rows = prepare(data)
        return detect(rows, self.least)
""",
    "detect.py": """def detect(rows, least):
    out = []
    if least <= 0:
        raise ValueError("at least one")
    for row in rows:
        size = row.width * row.height
        if size > least:
            row.size = size
            out.append(row)
    out.sort(key=by_size)
    return out
""",
}


async def test_a_value_of_the_wrong_type_is_asked_of_who_made_it(checkout, opened):
    places = [("finder.py", "detect(rows, self.least)"), ("detect.py", "if least <= 0")]
    told = "'<=' not supported between instances of 'tuple' and 'int'"
    found = await ranked(checkout, opened, FINDER, places, "TypeError", told)
    assert next(iter(found)) == "Finder.run"
    assert "it only works on what it was given" in found["detect"][0]


REFUSING = {
    "query.py": """class Query:
    def last(self):
        if not self.nodes:
            raise NoMatches(f"nothing matches {self.text}")
        return self.nodes[-1]
""",
    "view.py": """from query import Query


class View:
    def pop(self, index=None):
        found = Query("Item").last()
        found.remove()
        self.index = None
        return found
""",
}


async def test_what_another_files_code_refused_is_the_callers(checkout, opened):
    places = [("view.py", ".last()"), ("query.py", "raise NoMatches")]
    found = await ranked(checkout, opened, REFUSING, places, "NoMatches", "nothing matches Item")
    assert next(iter(found)) == "View.pop"
    assert "asked another file's code, which refused" in found["View.pop"]
    both = {"view.py": REFUSING["query.py"] + "\n\n" + REFUSING["view.py"].split("\n\n\n")[1]}
    places = [("view.py", ".last()"), ("view.py", "raise NoMatches")]
    found = await ranked(checkout, opened, both, places, "NoMatches", "nothing matches Item")
    assert not any("which refused" in reason for reasons in found.values() for reason in reasons)


WRAPPERS = """def grow(self, distance):
    return spread(self, distance)


def spread(this, distance):
    found = this.array
    extra = align(found, distance)
    return widen(found, extra)


def widen(found, extra):
    data = compute(found, extra)
    return wrapped(data)


def wrapped(data):
    if not data.ok:
        raise Refused("no array")
    return data
"""


@pytest.mark.parametrize("more", [0, 3])
async def test_an_entry_that_only_calls_on_is_no_fault_by_its_place(checkout, opened, more):
    body = "".join(f"    step_{n}(distance)\n" for n in range(more))
    code = WRAPPERS.replace("distance):\n    return spread", f"distance):\n{body}    return spread")
    places = [
        ("geo.py", part) for part in ("return spread(", "return widen(", "return wrapped(", "raise Refused")
    ]
    checkout.commit("Before", {"other.py": ""})
    found = list(await ranked(checkout, opened, {"geo.py": code}, places, "Refused", "no array"))
    assert (found.index("grow") < found.index("spread")) == bool(more)


async def test_the_entry_is_where_the_trace_came_in_even_if_it_is_called_again(checkout, opened):
    code = """def merged(left, by):
    left = prepared(left)
    if by:
        rows = left.rows
        return pieces(rows, by)
    return joined(left)


def pieces(rows, by):
    return [merged(row, None) for row in rows]


def joined(left):
    return indexed(left.keys)


def indexed(keys):
    if keys is None:
        raise Refused("no keys")
    return keys
"""
    parts = ("return pieces(", "return [merged(", "return joined(", "return indexed(", "raise Refused")
    places = [("merge.py", part) for part in parts]
    found = await ranked(checkout, opened, {"merge.py": code}, places, "Refused", "no keys")
    ways = [name for name, reasons in found.items() if "the way into the trace" in reasons]
    assert ways == ["merged"]


async def test_a_subscript_that_broke_is_no_call_that_was_handed_on(checkout, opened):
    code = """def joined(nodes, context=None, **kwargs):
    for prefix in nodes[0].parts(context, **kwargs):
        for suffix in joined(nodes[1:], context, **kwargs):
            yield prefix + suffix


def texts(nodes, context=None, **kwargs):
    return list(joined(nodes, context, **kwargs))
"""
    places = [("nodes.py", "return list(joined"), ("nodes.py", "nodes[0]")]
    found = await ranked(
        checkout, opened, {"nodes.py": code}, places, "IndexError", "list index out of range"
    )
    assert next(iter(found)) == "joined" and "hands the call on" not in found["joined"][0]


SAYING = {
    "errors.py": """class Unsupported(Exception):
    def __init__(self, options):
        super().__init__(f"settings that it does not support: {options}")
""",
    "settings.py": """from errors import Unsupported


def load(options):
    if options.strange:
        raise Unsupported(options.strange)
    return options


def reload(options):
    raise ValueError("the options cannot be loaded again")


def store(options):
    raise ValueError("the options cannot be loaded again")
""",
}


async def test_an_errors_own_class_only_words_it(checkout, opened):
    told = "settings that it does not support: ['a']"
    found = await ranked(
        checkout, opened, SAYING, [("settings.py", "raise Unsupported")], "errors.Unsupported", told
    )
    assert next(iter(found)) == "load"
    assert not any(reason.startswith("says") for reason in found.get("Unsupported.__init__", ()))


async def test_words_that_the_trace_says_itself_are_not_looked_for_elsewhere(checkout, opened):
    places = [("settings.py", "cannot be loaded again")]
    found = await ranked(checkout, opened, SAYING, places, "ValueError", "the options cannot be loaded again")
    assert next(iter(found)) == "reload" and "store" not in found


async def test_a_constructor_above_is_where_a_family_lacks_an_attribute(checkout, opened):
    files = {
        "data.py": """class Base:
    def __init__(self, label):
        self.label = label


class Indexed(Base):
    def __init__(self, label, index):
        super().__init__(label)
        self.index = index
""",
        "state.py": """def current(layers):
    return [layer.uuid for layer in layers]
""",
    }
    found = await ranked(
        checkout, opened, files, [("state.py", "layer.uuid")],
        "AttributeError", "'Indexed' object has no attribute 'uuid'",
    )  # fmt: skip
    assert "makes Indexed without uuid" in found["Base.__init__"]


async def test_a_name_is_looked_for_where_its_file_imports_it_from(checkout, opened):
    rates = "RATES = {'EUR': 1}\n"
    files = {
        "shop/__init__.py": "", "other/__init__.py": "",
        "other/base.py": rates,
        "shop/base.py": rates,
        "shop/cart.py": "from .base import RATES\n\n\ndef price(code):\n    return RATES[code]\n",
    }  # fmt: skip
    checkout.commit("Start", files)
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    shown = (frame(files, "shop/cart.py", "RATES[code]"),)
    happened = Event("e1", exceptions=(ExceptionInfo("KeyError", "'GBP'", frames=shown),))
    case = Case(key="C-1", title="x")
    path = await Mapper(case, (happened,), repository, settings, commit=head, head=head).map()
    tables = [item.path for item in path.candidates if item.qualified_name == "<module>"]
    assert tables == ["shop/base.py"]


async def test_a_helper_that_raises_for_another_is_judged_so_in_a_chain_as_well(checkout, opened):
    code = """def _unknown(name):
    raise UnknownName(name)


def replaced(text, known):
    found = parts(text)
    for part in found:
        if part not in known:
            _unknown(part)
    return found


def shown(screens):
    try:
        return screens[-1]
    except IndexError:
        raise Empty("no screens") from None
"""
    files = {"css.py": code}
    checkout.commit("Start", files)
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    inner = (frame(files, "css.py", "_unknown(part)"), frame(files, "css.py", "raise UnknownName"))
    outer = (frame(files, "css.py", "raise Empty"),)
    happened = Event(
        "e1",
        exceptions=(
            ExceptionInfo("UnknownName", "x", frames=inner),
            ExceptionInfo("Empty", "y", frames=outer),
        ),
    )
    case = Case(key="C-1", title="x")
    path = await Mapper(case, (happened,), repository, settings, commit=head, head=head).map()
    names = [item.qualified_name for item in path.candidates]
    assert names.index("replaced") < names.index("_unknown")
