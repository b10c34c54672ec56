"""Which exceptions of a chain are one fault: a translation is, work that a handler tried instead is not."""

import pytest

from rootcase.core.cluster.chain import translates
from rootcase.core.model.events import ExceptionInfo, Frame


def error(kind, *frames, mechanism=""):
    """frames: (file, function, line, source), outermost first."""
    told = tuple(
        Frame(function, filename=path, line=line, in_app=True, context=((line, source),))
        for path, function, line, source in frames
    )
    return ExceptionInfo(kind, "x", frames=told, mechanism=mechanism)


CAUGHT = error("KeyError", ("cache.py", "wrapper", 4, "return known[key]"))
OUTER = ("app.py", "run", 1, "wrapper()")
HANDLER = ("cache.py", "wrapper", 6, "result = method(key)")
DEEP = (
    ("mixed.py", "create", 9, "find(key)"),
    ("inspect.py", "getfile", 908, "raise OSError('not available')"),
)


def test_where_both_begin_at_the_entry_nothing_says_how_deep_the_handler_is():
    entry = ("app.rb", "main", 1, "run")
    earlier = error("KeyError", entry, ("cart.rb", "total", 4, "prices.fetch(id)"))
    later = error(
        "CartError", entry, ("cart.rb", "total", 6, "refuse(id)"), ("cart.rb", "refuse", 9, "raise CartError")
    )
    assert translates(later, earlier)


@pytest.mark.parametrize(
    ("later", "one"),
    [
        # the handler tried something else, which failed on its own
        (error("OSError", OUTER, HANDLER, *DEEP), False),
        # the handler raises by itself, or lets a function of its own do so
        (error("CacheError", OUTER, ("cache.py", "wrapper", 6, "raise CacheError(key)")), True),
        (error("CacheError", OUTER, HANDLER, ("cache.py", "fail", 20, "raise CacheError(key)")), True),
        # who says `from` names the cause, however deep
        (
            error(
                "CacheError",
                OUTER,
                HANDLER,
                DEEP[0],
                ("db.py", "fail", 3, "raise CacheError(key) from error"),
            ),
            True,
        ),
        (error("OSError", OUTER, HANDLER, *DEEP, mechanism="__cause__"), True),
        # where the handler is not in the frames nothing says how deep it is
        (error("OSError", *DEEP), True),
    ],
)
def test_an_error_is_the_same_fault_only_where_the_handler_names_it_anew(later, one):
    assert translates(later, CAUGHT) is one
