"""Where a value that failed came from, and whom the ranking asks for it: the function, its caller, or its class."""

import pytest

from rootcase.core.codemap.mapping import Mapper
from rootcase.core.codemap.provenance import culprit_of, provenance
from rootcase.core.codemap.scopes import source_of
from rootcase.core.codemap.telling import telling
from rootcase.core.codemap.usage import statement_at
from rootcase.core.model.case import Case
from rootcase.core.model.events import Event, ExceptionInfo, Frame

CASES = """def given(text):
    return text.strip()


def part_of_given(rows):
    for row in rows:
        print(row.name.title())


def made(path):
    text = read(path)
    return text.strip()


def itself(text):
    text = text.strip()


def changed(text):
    text = clean(text)
    return text.strip()


def of_a_class(cls):
    return cls.__name__


class Store:
    def held(self):
        return self.rows.first

    def both(self, key):
        return self.rows[key]

    def calls(self, key):
        return self.convert(key)
"""


@pytest.mark.parametrize(
    ("line", "came"),
    [
        (2, "given"),
        (7, "given"),
        (12, "made"),
        (16, "given"),
        (21, "made"),
        (25, "given"),
        (30, "object"),
        (33, "object"),
        (36, "given"),
    ],
)
def test_what_a_statement_works_on_was_given_made_or_held(line, came):
    scope = source_of(CASES).at(line)
    found = statement_at(scope, line)
    assert found is not None and provenance(scope, found) == came


def test_the_words_decide_which_of_several_values_is_meant():
    scope = source_of("def f(a, b):\n    c = g(b)\n    return a.x + c.y\n").at(3)
    found = statement_at(scope, 3)
    of = {}
    for name in ("x", "y"):
        told = telling("AttributeError", f"'NoneType' object has no attribute '{name}'")
        of[name] = provenance(scope, found, culprit_of(found, told))
    assert of == {"x": "given", "y": "made"}


async def ranked(checkout, opened, files, frames, kind, value):
    """Candidates of a crash; frames: (path, line) outermost first."""
    checkout.commit("Start", files)
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    shown = []
    for path, line in frames:
        scope = source_of(files[path]).at(line)
        text = files[path].split("\n")[line - 1]
        shown.append(Frame(scope.name, filename=path, line=line, in_app=True, context=((line, text),)))
    happened = Event("e1", exceptions=(ExceptionInfo(kind, value, frames=tuple(shown)),))
    path = await Mapper(
        Case(key="C-1", title="x"), (happened,), repository, settings, commit=head, head=head
    ).map()
    return path.candidates


PAGES = """from text import unescape


def run(blocks):
    for block in blocks:
        text = block.first().text
        if block.wanted:
            store(unescape(text))
"""
TEXT = """def unescape(text):
    text = text.replace("&lt;", "<")
    text = text.replace("&gt;", ">")
    return text
"""


async def test_none_that_a_caller_made_and_handed_down_is_the_callers(checkout, opened):
    files = {"pages.py": PAGES, "text.py": TEXT}
    found = await ranked(
        checkout, opened, files, [("pages.py", 8), ("text.py", 2)],
        "AttributeError", "'NoneType' object has no attribute 'replace'",
    )  # fmt: skip
    assert [item.qualified_name for item in found][:2] == ["run", "unescape"]
    assert "it only works on what it was given" in found[1].reasons[0]


async def test_a_value_that_came_from_outside_is_left_with_the_function_that_failed_on_it(checkout, opened):
    files = {"text.py": TEXT}
    found = await ranked(
        checkout, opened, files, [("text.py", 2)],
        "AttributeError", "'NoneType' object has no attribute 'replace'",
    )  # fmt: skip
    assert found[0].qualified_name == "unescape" and found[0].score > 0.4


async def test_a_call_that_refuses_a_value_is_mended_where_it_stands(checkout, opened):
    files = {
        "route.py": "def match(path):\n    value = path.split('/')[1]\n    return number(value)\n\n\n"
        "def number(value):\n    return int(value)\n"
    }
    found = await ranked(
        checkout, opened, files, [("route.py", 3), ("route.py", 7)],
        "ValueError", "Exceeds the limit (4300 digits) for integer string conversion",
    )  # fmt: skip
    assert found[0].qualified_name == "number"


RENDER = """class Dot:
    def head(self):
        return "digraph"


class Plant:
    def head(self):
        return "@startuml"

    def tail(self):
        return "@enduml"


def export(renderer):
    write(renderer.head())
    write(renderer.tail())
"""


async def test_a_class_that_lacks_a_method_of_its_like_is_named_before_them(checkout, opened):
    found = await ranked(
        checkout, opened, {"render.py": RENDER}, [("render.py", 16)],
        "AttributeError", "'Dot' object has no attribute 'tail'",
    )  # fmt: skip
    lacking = next(item for item in found[:2] if item.qualified_name == "Dot")
    assert "lacks the method tail, which its like have" in lacking.reasons


SOUP = """class Tag:
    def decode(self, indent, iterator=None):
        return ""

    def contents(self, indent):
        return self.decode(indent, iterator=iter(self))


class Soup(Tag):
    def decode(self, indent):
        return super().decode(indent)
"""


async def test_words_that_name_the_override_lead_to_it_and_not_to_what_it_overrides(checkout, opened):
    found = await ranked(
        checkout, opened, {"soup.py": SOUP}, [("soup.py", 6)],
        "TypeError", "Soup.decode() got an unexpected keyword argument 'iterator'",
    )  # fmt: skip
    assert found[0].qualified_name == "Soup.decode"


CHUNKS = """class Array:
    def rechunk(self, chunks, balance):
        from . import rechunk

        return rechunk(self, chunks, balance)
"""


async def test_a_bare_call_never_means_a_method(checkout, opened):
    files = {
        "arr/__init__.py": "from .chunks import rechunk\n",
        "arr/core.py": CHUNKS,
        "arr/chunks.py": "def rechunk(x, chunks):\n    return x\n",
    }
    found = await ranked(
        checkout, opened, files, [("arr/core.py", 5)],
        "TypeError", "rechunk() takes 2 positional arguments but 3 were given",
    )  # fmt: skip
    assert "arr/chunks.py" in [item.path for item in found]
    assert "cannot take these arguments" not in " ".join(
        reason for item in found if item.path == "arr/core.py" for reason in item.reasons
    )


SKIPS = """class Config:
    def __init__(self, skip):
        self.skip = skip

    @property
    def skips(self):
        if self._skips is None:
            self._skips = frozenset(self.skip)
        return self._skips
"""


async def test_an_attribute_that_only_its_reader_sets_is_missing_in_the_constructor(checkout, opened):
    found = await ranked(
        checkout, opened, {"config.py": SKIPS}, [("config.py", 7)],
        "AttributeError", "'Config' object has no attribute '_skips'",
    )  # fmt: skip
    assert found[0].qualified_name == "Config.__init__"


FIELDS = """class Base:
    quiet: bool = False
    length: int = 79
    indent: int = 4
    width: int = 8


class Config(Base):
    pass


def sort(config):
    return order(reverse=config.reverse)
"""


async def test_a_class_body_that_declares_the_fields_is_named_where_one_is_missing(checkout, opened):
    found = await ranked(
        checkout, opened, {"config.py": FIELDS}, [("config.py", 13)],
        "AttributeError", "'Config' object has no attribute 'reverse'",
    )  # fmt: skip
    assert "Base" in [item.qualified_name for item in found][:2]


@pytest.mark.parametrize(("steps", "blamed"), [(30, "validate"), (2, "save")])
async def test_a_large_function_that_raises_is_no_mere_check(checkout, opened, steps, blamed):
    body = "".join(f"    if row[{n}] > {n}:\n        total = row[{n}] + {n}\n" for n in range(steps))
    check = f"def validate(row):\n    total = 0\n{body}    raise ValueError(total)\n"
    files = {"app.py": f"{check}\n\ndef save(form):\n    row = form.rows()\n    validate(row)\n"}
    last = check.count("\n")
    found = await ranked(checkout, opened, files, [("app.py", last + 5), ("app.py", last)], "ValueError", "0")
    assert found[0].qualified_name == blamed


async def test_an_attribute_of_types_is_no_matter_of_the_class_that_lacks_it(checkout, opened):
    files = {
        "gates.py": "class Gate:\n    def __init__(self, name):\n        self.name = name\n",
        "shown.py": "class Shown:\n    def told(self):\n        return self.gate.__qualname__\n",
    }
    found = await ranked(
        checkout, opened, files, [("shown.py", 3)],
        "AttributeError", "'Gate' object has no attribute '__qualname__'",
    )  # fmt: skip
    assert found[0].qualified_name == "Shown.told" and "Gate.__init__" not in {
        c.qualified_name for c in found
    }


async def test_how_many_parts_are_spread_into_a_call_is_up_to_the_caller(checkout, opened):
    files = {
        "text.py": "def unpack(major, minor, micro):\n    return major, minor, micro\n\n\n"
        "def version(text):\n    return unpack(*text.split('.'))\n"
    }
    found = await ranked(
        checkout, opened, files, [("text.py", 6)],
        "TypeError", "unpack() takes 3 positional arguments but 4 were given",
    )  # fmt: skip
    assert found[0].qualified_name == "version"


async def test_what_breaks_in_a_handler_without_raising_there_is_a_fault_of_its_own(checkout, opened):
    code = (
        "def solve(value):\n    raise Pending(value)\n\n\n"
        "def style(key, parent):\n    try:\n        return solve(key)\n"
        "    except Pending:\n        return parent[key]\n"
    )
    checkout.commit("Start", {"css.py": code})
    repository, settings = await opened()
    head = checkout.git("rev-parse", "HEAD")
    rows = code.split("\n")

    def frame(function, line):
        return Frame(function, filename="css.py", line=line, in_app=True, context=((line, rows[line - 1]),))

    happened = Event(
        "e1",
        exceptions=(
            ExceptionInfo("Pending", "x", frames=(frame("style", 7), frame("solve", 2))),
            ExceptionInfo("TypeError", "'NoneType' object is not subscriptable", frames=(frame("style", 9),)),
        ),
    )
    path = await Mapper(
        Case(key="C-1", title="x"), (happened,), repository, settings, commit=head, head=head
    ).map()
    assert path.candidates[0].qualified_name == "style"


LAYERS = """def read(path):
    return opened(path.strip())


def opened(path):
    return located(path, {})


def located(path, known):
    key = path.lower()
    return refuse(key, known)


def refuse(key, known):
    found = known.get(key)
    if not found:
        raise UnknownPath(key)
    return found
"""


async def test_what_inner_layers_refuse_on_purpose_was_let_in_at_the_entry(checkout, opened):
    frames = [("io.py", 2), ("io.py", 6), ("io.py", 11), ("io.py", 17)]
    found = await ranked(checkout, opened, {"io.py": LAYERS}, frames, "UnknownPath", "a.txt")
    names = [item.qualified_name for item in found]
    assert "read" in names[:2] and names[0] != "refuse"
    assert "the way into the trace" in found[names.index("read")].reasons
    found = await ranked(checkout, opened, {"io.py": LAYERS}, frames[1:], "UnknownPath", "a.txt")
    assert not any("the way into the trace" in item.reasons for item in found)


async def test_of_a_trace_that_was_cut_nobody_says_where_it_came_in(checkout, opened):
    layers = [f"def layer_{n}(x):\n    return layer_{n + 1}(x)\n" for n in range(11)]
    code = "\n".join([*layers, "def layer_11(x):\n    raise UnknownPath(x)\n"])
    frames = [("io.py", 3 * n + 2) for n in range(12)]
    found = await ranked(checkout, opened, {"io.py": code}, frames, "UnknownPath", "a.txt")
    assert found and not any("the way into the trace" in item.reasons for item in found)
