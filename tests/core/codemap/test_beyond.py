"""Functions and files beyond the trace: what a message says of a class, who sets a state, what is imported."""

import pytest

from rootcase.core.codemap.files import ranked_files
from tests.core.codemap.crashes import mapped, ranked

VALIDATED = {
    "checks.py": """def check(rules, given, name):
    for key, value in given.items():
        if not any(rule(value) for rule in rules[key]):
            raise Unfit(f"The {key!r} parameter of {name} is unfit. Got {value!r} instead.")
""",
    "base.py": """from checks import check


class Model:
    rules = {}

    def fit(self):
        check(self.rules, vars(self), type(self).__name__)
""",
    "models.py": """from base import Model


class TreeModel(Model):
    rules = {"depth": [above_zero], "leaves": [above_zero]}


class ForestModel(TreeModel):
    shape = "forest"


class LineModel(Model):
    rules = {"slope": [is_number]}
""",
}
VALIDATING = [("base.py", "check(self.rules"), ("checks.py", "raise Unfit")]


async def test_a_class_whose_body_says_what_the_message_says_of_it_comes_first(checkout, opened):
    told = "The 'slope' parameter of LineModel is unfit. Got 'x' instead."
    found = await ranked(checkout, opened, VALIDATED, VALIDATING, "Unfit", told)
    assert next(iter(found)) == "LineModel"
    assert found["LineModel"][0] == "says what slope of LineModel is"


async def test_what_a_class_is_made_from_says_it_as_well(checkout, opened):
    told = "The 'depth' parameter of ForestModel is unfit. Got 'x' instead."
    found = await ranked(checkout, opened, VALIDATED, VALIDATING, "Unfit", told)
    assert next(iter(found)) == "TreeModel"
    assert found["TreeModel"][0] == "says what depth of ForestModel is"


async def test_a_class_that_is_only_named_says_nothing(checkout, opened):
    told = "The 'colour' parameter of LineModel is unfit. Got 'x' instead."
    found = await ranked(checkout, opened, VALIDATED, VALIDATING, "Unfit", told)
    assert not any("says what" in reason for reasons in found.values() for reason in reasons)


POOL = {
    "pool.py": """class Pool:
    def __init__(self, size):
        self.size = size
        self.closed = False

    def acquire(self):
        if self.closed:
            raise RuntimeError("pool is closed")
        return self.free.pop()

    def close(self):
        for item in self.free:
            item.close()
        self.closed = True

    def resize(self, size):
        if size < self.size:
            self.close()
        self.size = size

    def count(self):
        return len(self.free)
""",
}


async def test_a_state_that_is_refused_may_have_been_set_for_another_method(checkout, opened):
    places = [("pool.py", "raise RuntimeError")]
    found = await ranked(checkout, opened, POOL, places, "RuntimeError", "pool is closed")
    assert found["Pool.resize"] == ("sets self.closed by close",)
    assert "Pool.count" not in found


LAZY = {
    "app.py": """class App:
    def __init__(self):
        self._conf = Settings()

    def load(self):
        self._conf = read_settings()

    def change_source(self, source):
        self._conf = None
        self.source = source

    def add(self, values):
        return self._conf.add(values)
""",
}


async def test_what_sets_none_is_likelier_than_what_sets_a_value(checkout, opened):
    places = [("app.py", "self._conf.add")]
    value = "'NoneType' object has no attribute 'add'"
    found = list(await ranked(checkout, opened, LAZY, places, "AttributeError", value))
    assert found.index("App.change_source") < found.index("App.load")


NESTED = {
    "make.py": """def create(rules):
    class Validator:
        rules = rules

        def evolve(self, **changes):
            return self.__class__(**changes)

    return Validator
""",
    "protocol.py": """class Validator(Protocol):
    def __init__(self, schema):
        self.schema = schema
""",
}


async def test_a_class_inside_a_function_is_no_other_class_of_its_name(checkout, opened):
    value = "create.<locals>.Validator.__init__() got an unexpected keyword argument 'extra'"
    found = await ranked(
        checkout, opened, NESTED, [("make.py", "self.__class__(**changes)")], "TypeError", value
    )
    assert next(iter(found)) == "create.Validator.evolve"
    assert "Validator.__init__" not in found


RECORDS = {
    "records.py": """class Mapper:
    table = None
    parent: object = None
    order = ()
    lazy = True

    def __init__(self, table):
        self.table = table
""",
    "paths.py": """def chop(path, mapper):
    if path.first.key == mapper.name:
        return path.rest
    return path
""",
}


async def test_a_class_with_a_constructor_does_not_declare_what_its_objects_have(checkout, opened):
    value = "'Mapper' object has no attribute 'key'"
    found = await ranked(checkout, opened, RECORDS, [("paths.py", "path.first.key")], "AttributeError", value)
    assert not any("declares" in reason for reasons in found.values() for reason in reasons)


TYPED = {
    "orders.py": """from stock import Stock


class Order:
    def __init__(self, stock: Stock):
        self.stock = stock

    def take(self, row, count: int):
        left = self.stock.remaining(row)
        return left[0] - count


def reserve(store: "Store", row):
    left = store.remaining(row)
    return left[0]
""",
    "stock.py": """class Stock:
    def remaining(self, row):
        return row.counts

    def other(self):
        return None


class Store:
    def remaining(self, row):
        return row.kept
""",
}


async def test_an_attribute_is_what_its_annotation_says(checkout, opened):
    places = [("orders.py", "left[0] - count")]
    value = "'NoneType' object is not subscriptable"
    found = await ranked(checkout, opened, TYPED, places, "TypeError", value)
    assert "Stock.remaining" in found
    assert "Store.remaining" not in found


async def test_a_parameter_is_what_its_annotation_says(checkout, opened):
    places = [("orders.py", "return left[0]\n")] if False else [("orders.py", "    return left[0]")]
    value = "'NoneType' object is not subscriptable"
    files = TYPED | {"orders.py": TYPED["orders.py"].replace("return left[0] - count", "return left")}
    found = await ranked(checkout, opened, files, places, "TypeError", value)
    assert "Store.remaining" in found
    assert "Stock.remaining" not in found


RELATIVE = {
    "shop/__init__.py": "",
    "shop/errors.py": """def refuse(row):
    return row.reason
""",
    "shop/web/__init__.py": "",
    "shop/web/errors.py": """def refuse(row):
    return row.page
""",
    "shop/web/views.py": """from . import errors


def show(row):
    said = errors.refuse(row)
    return said.upper()
""",
}


async def test_a_module_is_imported_from_beside_its_importer(checkout, opened):
    places = [("shop/web/views.py", "said.upper()")]
    value = "'NoneType' object has no attribute 'upper'"
    path = await mapped(checkout, opened, RELATIVE, places, "AttributeError", value)
    given = [item.path for item in path.candidates if item.qualified_name == "refuse"]
    assert given == ["shop/web/errors.py"]


LAYERS = {
    "tool/__init__.py": "",
    "tool/main.py": """from tool import lines
from tool.words import split
import json


def same(before, after):
    if before != after:
        raise AssertionError("INTERNAL ERROR: not the same")
""",
    "tool/lines.py": "WIDTH = 80\n" + "# A long file.\n" * 40,
    "tool/words.py": "def split(text):\n    return text.split()\n",
    "tool/far.py": "from tool import lines\n" + "# Longer.\n" * 200,
}


async def test_files_that_the_trace_imports_stand_last_the_larger_first(checkout, opened):
    places = [("tool/main.py", "raise AssertionError")]
    path = await mapped(checkout, opened, LAYERS, places, "AssertionError", "INTERNAL ERROR: not the same")
    files = ranked_files(path)
    assert [item.path for item in files] == ["tool/main.py", "tool/lines.py", "tool/words.py"]
    assert files[1].reasons == ("is imported by the trace's files",)
    assert [item.qualified_name for item in path.candidates] == ["same"]


TABLE = {
    "listing.py": """class Listing:
    MARKS = {"run": "R", "up-to-date": "U"}

    def mark(self, state):
        return self.MARKS[state]

    def show(self, task):
        return self.mark(task.state)
""",
}


async def test_a_table_in_a_class_lacks_a_key(checkout, opened):
    places = [("listing.py", "self.mark(task.state)"), ("listing.py", "self.MARKS[state]")]
    found = await ranked(checkout, opened, TABLE, places, "KeyError", "'error'")
    assert found["Listing"] == ("sets MARKS in its body",)
    assert list(found).index("Listing") < 3


TAGS = {
    "tags.py": """class Reader:
    def __init__(self):
        self.heights = []

    def handle_starttag(self, tag):
        if tag in BLOCKS:
            self.heights.append(self.height)

    def handle_endtag(self, tag):
        if tag in BLOCKS or tag in LISTS:
            self.heights.pop()

    def handle_text(self, text):
        self.written += text

    def reset(self):
        del self.heights[:]
""",
}


async def test_what_changes_the_same_thing_in_place_may_have_left_something_out(checkout, opened):
    places = [("tags.py", "self.heights.pop()")]
    found = await ranked(checkout, opened, TAGS, places, "IndexError", "pop from empty list")
    assert found["Reader.handle_starttag"] == ("is the like of handle_endtag", "changes self.heights")
    assert found["Reader.reset"] == ("changes self.heights",)
    assert "Reader.handle_text" not in found


RATIO = {
    "ratio.py": """def ratio(a, b):
    return a / b
""",
    "limits.py": """def limit(rows):
    if not rows:
        raise Empty("integer division by zero would follow")
    return len(rows)
""",
}


async def test_what_python_says_itself_is_not_looked_for_in_the_code(checkout, opened):
    places = [("ratio.py", "a / b")]
    value = "integer division by zero"
    found = await ranked(checkout, opened, RATIO, places, "ZeroDivisionError", value)
    assert list(found) == ["ratio"]


TREES = {
    "base.py": """class Node:
    parts = ()

    def to_tree(self):
        return [getattr(self, name).to_tree() for name in self.parts]


class Other:
    def to_tree(self):
        return []
""",
    "chart.py": """from base import Node


class Shape(Node):
    parts = ("line",)


class Line(Shape):
    parts = ("name", "width")


class Unlike:
    parts = ()
""",
}


@pytest.mark.parametrize(
    "printed", ["<chart.Line object at 0x7f2b>", "<chart.Line object>\nname: 'x'", "Line(name='x', width=2)"]
)
async def test_the_class_that_an_object_was_of_is_where_to_look(checkout, opened, printed):
    places = [("base.py", "getattr(self, name)")]
    value = "'str' object has no attribute 'to_tree'"
    found = await ranked(
        checkout, opened, TREES, places, "AttributeError", value, (("name", "'x'"), ("self", printed))
    )
    assert found["Line"] == ("is what self was in Node.to_tree",)
    assert "Shape" not in found


async def test_the_class_of_a_class_method_is_told_by_cls(checkout, opened):
    places = [("base.py", "getattr(self, name)")]
    value = "'str' object has no attribute 'to_tree'"
    variables = (("cls", "<class 'chart.Line'>"),)
    found = await ranked(checkout, opened, TREES, places, "AttributeError", value, variables)
    assert found["Line"] == ("is what self was in Node.to_tree",)


@pytest.mark.parametrize(
    "printed",
    ["<chart.Unlike object at 0x7f2b>", "<base.Node object at 0x7f2b>", "Line", "[Line(name='x')]", ""],
)
async def test_an_object_of_no_class_below_says_nothing(checkout, opened, printed):
    places = [("base.py", "getattr(self, name)")]
    value = "'str' object has no attribute 'to_tree'"
    found = await ranked(checkout, opened, TREES, places, "AttributeError", value, (("self", printed),))
    assert not any("is what self was" in reason for reasons in found.values() for reason in reasons)
