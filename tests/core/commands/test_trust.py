"""A repository's own template is used once a human has read exactly that text, and not before."""

from __future__ import annotations

import asyncio

import pytest

from rootcase.core.config.load import load
from rootcase.core.journal.sqlite import SqliteStore
from rootcase.core.model.case import Case
from rootcase.core.pipeline.house import House
from rootcase.core.pipeline.templates import templates
from tests.support.depot import commit, depot

TEXT = "## Why\n\n{{cause}}\n"


@pytest.fixture
def place(tmp_path):
    with depot(tmp_path / "depot", forge=False) as made:
        made.configure(repository={"forge": "none", "tracker": "none"})
        yield made


def in_force(place):
    async def asked():
        environment = place.line.environment()
        store = await SqliteStore.open(place.store)
        try:
            async with House(load(environment), store, environment) as house:
                return await templates(Case(repository="depot"), house)
        finally:
            await store.close()

    return asyncio.run(asked())


def test_trust_is_tied_to_the_text(place):
    assert place.line.run("trust", "depot").code == 2
    commit(place.checkout, "ines", "Our template", {".rootcase/pull_request.md": TEXT}, 1_790_900_000)
    found = in_force(place)
    assert found.pull_request is None and "nobody here has trusted" in found.faults[0].title
    shown = place.line.run("trust", "depot")
    assert shown.code == 0 and "## Why" in shown.out and "--yes" in shown.out
    assert in_force(place).pull_request is None

    assert place.line.run("trust", "depot", "--yes").code == 0
    found = in_force(place)
    assert found.pull_request.text == TEXT.strip() and found.faults == ()
    commit(
        place.checkout, "omar", "Another one", {".rootcase/pull_request.md": TEXT + "more\n"}, 1_790_950_000
    )
    assert in_force(place).pull_request is None
    commit(place.checkout, "omar", "Broken", {".rootcase/pull_request.md": "{{cuase}}\n"}, 1_790_960_000)
    broken = place.line.run("trust", "depot", "--yes")
    assert broken.code == 2 and "no part is called 'cuase'" in broken.said


def test_the_users_own_file_needs_no_trust_and_a_missing_one_is_said(place, tmp_path):
    own = tmp_path / "own.md"
    own.write_text(TEXT, encoding="utf-8")
    place.configure(proposal={"pull_request": str(own), "ticket": str(tmp_path / "none.md")})
    found = in_force(place)
    assert found.pull_request.text == TEXT.strip() and found.ticket is None
    assert (
        found.faults[0].title.endswith("none.md cannot be read")
        and "Rootcase's own is used" in found.faults[0].detail
    )
