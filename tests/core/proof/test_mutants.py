"""Small wrong versions of Python lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.hunks import hunks_between
from rootcase.core.proof.mutants import mutants_of
from rootcase.core.proof.mutation import changed_lines

CODE = '''def f(a, b, *rest, key=1):
    if a == b and not key:
        return a + 1
    for x in rest:
        if x not in (1, 2) or x is None:
            call(x, retries=3, key=True)
    """a == b is only words"""
    name = "x == y"  # a == b
    return -a
'''


def words(line: int) -> set[str]:
    return {(m.was, m.becomes) for m in mutants_of("m.py", CODE, [line], limit=99)}


def test_comparisons_and_boolean_words_are_turned_around():
    assert {("==", "!="), ("and", "or"), ("not", "")} <= words(2)
    assert {("not in", "in"), ("is", "is not"), ("or", "and"), ("1", "1 + 1")} <= words(5)


def test_a_returned_value_an_operator_and_a_number_change():
    assert {("a + 1", "None"), ("+", "-"), ("1", "1 + 1")} <= words(3)


def test_an_added_keyword_argument_is_left_out_with_its_comma():
    texts = [m.text for m in mutants_of("m.py", CODE, [6], limit=99)]
    assert any("call(x, key=True)" in text for text in texts)
    assert any("call(x, retries=3)" in text for text in texts)
    assert any("key=False" in text for text in texts) and any("            pass\n" in text for text in texts)


def test_words_in_strings_comments_and_loops_are_left_alone():
    assert words(7) == set() and words(4) == set()
    assert words(8) == {('name = "x == y"', "pass")}
    assert words(9) == {("-a", "None")}


def test_lines_that_were_not_changed_have_no_mutants():
    assert {m.line for m in mutants_of("m.py", CODE, [3, 5])} == {3, 5}
    assert mutants_of("m.py", CODE, []) == ()


def test_no_line_uses_up_the_limit():
    assert {m.line for m in mutants_of("m.py", CODE, range(1, 10), limit=6)} >= {2, 3, 5, 6}


def test_what_is_not_python_has_no_mutants():
    assert mutants_of("m.py", "def (", [1]) == () and mutants_of("m.py", "x = 1\n  y = 2\n", [1]) == ()
    assert mutants_of("m.py", "if x:\n\ty\n        z\n", [1]) == () and mutants_of("m.py", "a\0b", [1]) == ()


def test_a_mutant_says_where_it_is_and_what_it_does():
    found = {mutant.words for mutant in mutants_of("app/m.py", "x = not a < b\n", [1])}
    assert found == {
        "app/m.py:1: `x = not a < b` becomes pass",
        "app/m.py:1: `<` becomes <=",
        "app/m.py:1: `not` is left out",
    }


@given(st.integers(0, 30))
def test_every_mutant_compiles_and_differs(limit):
    for mutant in mutants_of("m.py", CODE, range(1, 10), limit=limit):
        compile(mutant.text, "m.py", "exec")
        assert mutant.text != CODE and mutant.text.count("\n") <= CODE.count("\n")


LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n"]), max_size=12)


@given(LINES, LINES)
def test_changed_lines_are_lines_of_the_patched_file_that_the_base_lacks(old, new):
    hunks = hunks_between("m.py", "".join(old), "".join(new))
    lines = changed_lines(hunks)
    assert len(set(lines)) == len(lines) and all(1 <= line <= len(new) for line in lines)
    kept = [text for number, text in enumerate(new, 1) if number not in set(lines)]
    rest = iter(old)
    assert all(any(text == other for other in rest) for text in kept)
