"""A line whose way through the history is known is found at its end, and a deleted one is never claimed.

Histories are made up with every line's identity kept beside its text; what the map says is compared with that.
"""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rootcase.core.codemap.head import Head
from rootcase.core.model.code import MappedFrame

COMMON = [")", "", "else:", "return None", "    pass", "x = compute(first, second)", "}", "for row in rows:"]


class History:
    """A file as lines with an identity; `edit` changes it as people do."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.count = 0
        self.path = "app/work.txt"
        self.lines = []
        self.changed = set()
        self.rough = set()
        self.lines = self.fresh(40)

    def fresh(self, count):
        out = []
        for _ in range(count):
            self.count += 1
            common = self.random.random() < 0.4
            words = self.random.sample(
                ["alpha", "beta", "gamma", "delta", "rate", "order", "basket", "price"], 3
            )
            text = (
                self.random.choice(COMMON)
                if common
                else f"{words[0]}_{self.count} = {words[1]}({words[2]}, {self.count})"
            )
            out.append((self.count, text))
        return out

    def edit(self):
        at = self.random.randrange(len(self.lines) + 1)
        size = self.random.choice([1, 1, 2, 3, 6])
        kind = self.random.choice(["insert", "insert", "delete", "edit", "indent", "move", "rename"])
        if kind == "insert":
            self.lines[at:at] = self.fresh(size)
        elif kind == "delete":
            del self.lines[at : at + size]
        elif kind == "indent":
            self.lines[at : at + size] = [
                (i, f"    {text}" if text else text) for i, text in self.lines[at : at + size]
            ]
        elif kind == "edit":
            for position in range(at, min(at + size, len(self.lines))):
                identity, text = self.lines[position]
                if " = " in text and "_" in text:
                    self.lines[position] = (
                        identity,
                        text.replace(" = ", " = round_", 1).replace(")", ", 2)"),
                    )
                    self.changed.add(identity)
        elif kind == "move" and len(self.lines) > 12:
            block = self.lines[at : at + 6]
            del self.lines[at : at + 6]
            target = self.random.randrange(len(self.lines) + 1)
            self.lines[target:target] = block
        elif kind == "rename":
            self.path = self.random.choice(["app/work.txt", "lib/job.txt", "lib/deep/job.txt"])

    @property
    def text(self):
        return "".join(f"{text}\n" for _, text in self.lines)


def frames(start):
    """A frame for each line that no other line of the file equals."""
    texts = [text.strip() for _, text in start.lines]
    for number, (identity, text) in enumerate(start.lines, 1):
        if texts.count(text.strip()) == 1 and "_" in text:
            yield identity, MappedFrame(number, "f", "f", start.path, number, "confirmed", text=text)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 100_000), commits=st.integers(1, 5))
async def test_every_line_is_found_where_it_went(checkout_maker, seed, commits):
    checkout, opened = checkout_maker()
    history = History(seed)
    checkout.commit("First", {history.path: history.text, "other.txt": "else\n"})
    release = checkout.git("rev-parse", "HEAD")
    start = History(seed)
    for _ in range(commits):
        before = history.path
        for _ in range(history.random.choice([1, 2, 4])):
            history.edit()
        gone = (before,) if history.path != before else ()
        checkout.commit("Next", {history.path: history.text}, remove=gone)
    repository, _ = await opened()
    head = await repository.resolve("main")
    now = {identity: number for number, (identity, _) in enumerate(history.lines, 1)}
    texts = [text.strip() for _, text in history.lines]
    seen = Head(repository, release, head, ())
    seen._steps_left = 10_000
    for identity, frame in frames(start):
        found = await seen.follow(frame)
        if identity not in now:
            assert found.head_status in ("gone", "changed"), (frame.text, found)
        elif identity in history.changed:
            assert found.head_status != "same" or release == head
        elif texts.count(frame.text.strip()) == 1:
            assert (found.head_path, found.head_line) == (history.path, now[identity]), (frame.text, found)
            assert found.head_status in ("same", "moved")


async def test_a_file_renamed_and_rewritten_in_steps_is_followed_rename_by_rename(checkout, opened):
    rows = [f"value_{n} = compute(first, {n})" for n in range(40)]
    release = checkout.commit("First", {"app/work.py": "\n".join(rows)})
    rows[:14] = [f"first_{n} = other({n})" for n in range(14)]
    checkout.commit("Rename", {"lib/job.py": "\n".join(rows)}, remove=("app/work.py",))
    rows[14:28] = [f"second_{n} = another({n}, {n})" for n in range(14)]
    checkout.commit("Rewrite", {"lib/job.py": "\n".join(rows)})
    repository, _ = await opened()
    frame = MappedFrame(0, "f", "f", "app/work.py", 36, "confirmed", text=rows[35])
    found = await Head(repository, release, await repository.resolve("main"), ()).follow(frame)
    assert (found.head_status, found.head_path, found.head_line) == ("moved", "lib/job.py", 36)


@pytest.fixture
def checkout_maker(tmp_path):
    """As many repositories as a property asks for."""
    from itertools import count

    from rootcase.core.config.settings import RepositorySettings
    from rootcase.core.workspace.repository import open_repository
    from tests.core.codemap.conftest import Checkout

    numbers = count()

    def make():
        folder = tmp_path / f"shop{next(numbers)}"
        checkout = Checkout(folder)

        async def opened():
            settings = RepositorySettings(path=str(folder))
            return await open_repository(settings, tmp_path / "state"), settings

        return checkout, opened

    return make
