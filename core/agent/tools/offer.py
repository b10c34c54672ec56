"""The reading tools with their descriptions, as every phase that reads offers them."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import cast

from rootcase.core.agent.deps import Deps
from rootcase.core.agent.mcp_servers.offered import Keep
from rootcase.core.agent.tools import history, production, reading
from rootcase.core.agent.tools.claim import Claims, MakeClaim
from rootcase.core.agent.tools.editing import Create, Edit, Editor
from rootcase.core.agent.tools.history import ShowCommit
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.production import EventField, event
from rootcase.core.agent.tools.symbol import Symbol, symbol
from rootcase.core.agent.tools.testing import Runs, RunTests
from rootcase.core.agent.tools.tool import A, AnyTool, Tool
from rootcase.core.model.case import Case


def any_tool(tool: Tool[A]) -> AnyTool:
    """A tool whose arguments type is its own business: it decodes what it is given."""
    return cast(AnyTool, tool)


def reading_tools(case: Case, deps: Deps, places: Places, *, without: Collection[str] = ()) -> list[AnyTool]:
    """without: names that a phase has no use for; each tool that is offered costs tokens with every call."""
    usual = {"release": "the failing release", "head": "HEAD", "draft": "the draft"}[places.default]
    read = f"Read lines of a file, at most {reading.LINES}; of {usual} unless `at` says otherwise."
    search = f"Find lines that contain a text; in {usual} unless `at` says otherwise."
    window = "What changed between the last good release and the failing one: the files, or one file's diff."
    frame = "A frame of production's stack with its local variables; without `frame` the list of all."
    fields = "The newest event of production: an overview, or one field of it."
    tools = [
        any_tool(Tool("read_file", read, reading.ReadFile, partial(reading.read_file, places))),
        any_tool(Tool("search", search, reading.Search, partial(reading.search, places))),
        any_tool(Tool("tree", "List a folder.", reading.Tree, partial(reading.tree, places))),
        any_tool(Tool("symbol", "Where a name is defined, with its code.", Symbol, partial(symbol, places))),
        any_tool(Tool("blame", "Who last changed lines.", history.Blame, partial(history.blame, places))),
        any_tool(Tool("log", "Commits, newest first.", history.Log, partial(history.log, places))),
        any_tool(Tool("show_commit", "A commit's diff.", ShowCommit, partial(history.show_commit, places))),
        any_tool(Tool("diff_window", window, history.DiffWindow, partial(history.diff_window, places))),
        any_tool(Tool("trace", frame, production.Trace, partial(production.trace, case))),
        any_tool(Tool("event", fields, EventField, partial(event, deps.samples))),
    ]
    return [tool for tool in tools if tool.name not in without]


async def server_tools(deps: Deps, keep: Keep | None = None) -> list[AnyTool]:
    """The allowed tools of the user's MCP servers. keep: takes their answers as evidence."""
    return [*await deps.servers.tools(keep)] if deps.servers is not None else []


def claim_tool(claims: Claims) -> AnyTool:
    words = "Record a claim. A program checks each citation, and says why where one fails."
    return any_tool(Tool("claim", words, MakeClaim, claims.make))


def edit_tool(editor: Editor) -> AnyTool:
    words = "Replace lines of a file. `search` must occur once in it; an empty one adds `replace` at the end."
    return any_tool(Tool("edit", words, Edit, editor.edit))


def create_tool(editor: Editor) -> AnyTool:
    return any_tool(Tool("create", "Write a new file, whole.", Create, editor.create))


def test_tool(runs: Runs) -> AnyTool:
    return any_tool(
        Tool(
            "run_tests",
            "Run tests on the draft as it stands; without arguments the reproduction test.",
            RunTests,
            runs.run,
        )
    )
