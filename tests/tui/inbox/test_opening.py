"""Keys that are pressed before the store is open."""

import asyncio

from rootcase.core.journal import open as journal
from tests.tui.inbox.test_inbox import SIZE, text, until


async def test_a_case_that_is_opened_before_the_store_fills_once_it_is_there(acme, start, monkeypatch):
    opened, asked, real = asyncio.Event(), [], journal.open_store

    async def slow(*args, **kwargs):
        asked.append(args)
        await opened.wait()
        return await real(*args, **kwargs)

    monkeypatch.setattr(journal, "open_store", slow)
    app = start(acme)
    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: bool(asked))
        await pilot.press("enter")
        await until(pilot, lambda: "1 Reasoning" in text(app))
        assert not app.has_desk and "not open yet" not in text(app)
        opened.set()
        await until(pilot, lambda: app.has_desk and "nobody has it" in text(app))
    assert len(asked) == 1
