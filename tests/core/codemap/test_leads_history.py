"""Functions that a suspect changed besides the one that failed."""

import pytest

from rootcase.core.codemap.leads_history import functions_of_suspects
from rootcase.core.model.code import Suspect
from tests.core.codemap.crashes import mapped

FIRST = {
    "price.py": "def total(lines):\n    return sum(line['net'] for line in lines)\n",
    "load.py": "def lines_of(text):\n    return [{'net': int(part)} for part in text.split()]\n",
    "other.py": "def unmoved():\n    return 1\n",
}
# One commit: the price is read under a new name that the loader does not write.
SECOND = {
    "price.py": "def total(lines):\n    return sum(line['gross'] for line in lines)\n",
    "load.py": "def lines_of(text):\n    return [{'net': int(part), 'tax': 0} for part in text.split()]\n",
}
REASON = "changed by {}, a suspect"


async def crash(checkout, opened, files=None):
    files = {**FIRST, **SECOND, **(files or {})}
    return await mapped(checkout, opened, files, [("price.py", "line[")], "KeyError", "'gross'")


def reasons_of(path):
    return {item.qualified_name: item.reasons for item in path.candidates}


async def test_what_else_the_suspect_changed_is_a_candidate(checkout, opened):
    checkout.commit("Start", FIRST)
    sha = checkout.commit("Prices with tax", SECOND)
    path = await crash(checkout, opened)
    found = reasons_of(path)
    assert REASON.format(sha[:7]) in found["lines_of"] and "unmoved" not in found
    assert path.candidates[0].qualified_name == "total"


async def test_a_commit_that_began_the_files_makes_none(checkout, opened):
    assert set(reasons_of(await crash(checkout, opened))) == {"total"}


@pytest.mark.parametrize(
    "many",
    [
        {"much.py": "".join(f"def f{n}():\n    return 0\n" for n in range(9))},
        {f"f{n}.py": f"def f{n}():\n    return 0\n" for n in range(5)},
    ],
    ids=["functions", "files"],
)
async def test_a_commit_that_changes_much_brought_in_no_one_thing(checkout, opened, many):
    checkout.commit("Start", {**FIRST, **many})
    after = {name: text.replace("return 0", "return 1") for name, text in many.items()}
    checkout.commit("All of it", {**SECOND, **after})
    assert "lines_of" not in reasons_of(await crash(checkout, opened, after))


async def test_a_function_that_is_gone_at_the_release_and_a_test_are_none(checkout, opened):
    test = {"tests/test_price.py": "def test_total():\n    assert 1\n"}
    checkout.commit("Start", {**FIRST, **test})
    checkout.commit("Prices with tax", {**SECOND, "tests/test_price.py": "def test_total():\n    assert 2\n"})
    renamed = {"load.py": SECOND["load.py"].replace("lines_of", "read_lines")}
    found = reasons_of(await crash(checkout, opened, renamed))
    assert "lines_of" not in found and "test_total" not in found


async def test_a_commit_of_a_release_that_the_source_calls_bad_says_more(checkout, opened):
    checkout.commit("Start", FIRST)
    sha = checkout.commit("Prices with tax", SECOND)
    repository, _ = await opened()
    commit = await repository.commit(sha)
    weights = [
        (await functions_of_suspects(repository, sha, (), [Suspect(commit, 0.8, (), inside)], known=known))[0]
        for inside, known in ((True, True), (True, False), (False, True))
    ]
    assert weights[0].score > weights[1].score == weights[2].score
    weak = Suspect(commit, 0.05, (), in_window=True)
    assert await functions_of_suspects(repository, sha, (), [weak], known=True) == ()
