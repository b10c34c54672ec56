"""All configured MCP servers of one run: opened when a phase first offers their tools, closed with the run."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from rootcase.core.agent.mcp_servers.connection import Connection
from rootcase.core.agent.mcp_servers.offered import Keep, Offer, ServerTool, offers_of
from rootcase.core.config.settings import McpServerSettings
from rootcase.core.model.entries import Faulted
from rootcase.core.model.errors import ServerFailed
from rootcase.core.safety.redact import Redactor

STAGE = "mcp"


class McpServers:
    """faults: what could not be had so far and was not told yet; `take_faults` tells it once."""

    def __init__(
        self,
        servers: tuple[McpServerSettings, ...],
        environment: Mapping[str, str],
        redactor: Redactor,
        *,
        folder: Path,
        logs: Path,
    ) -> None:
        self._redactor = redactor
        self._connections = [
            Connection(s, environment, log=logs / f"mcp-{_file_name(s.name)}.log", folder=folder)
            for s in servers
        ]
        self._offers: list[tuple[Offer, Connection]] | None = None
        self._faults: list[Faulted] = []
        self._gone: set[str] = set()

    async def tools(self, keep: Keep | None = None) -> list[ServerTool]:
        """The allowed tools of the servers that answer; those that do not are named by `take_faults`."""
        if self._offers is None:
            self._offers = []
            for found in await asyncio.gather(*map(self._opened, self._connections)):
                self._offers += found
        taken: dict[str, ServerTool] = {}
        for offer, connection in self._offers:
            if connection.failed:
                self._tell_gone(connection)
            else:
                taken.setdefault(offer.name, ServerTool(offer, connection, self._redactor, keep))
        return list(taken.values())

    def take_faults(self) -> tuple[Faulted, ...]:
        """What went wrong since it was last asked, servers that died meanwhile included."""
        told, self._faults = tuple(self._faults), []
        return told

    async def _opened(self, connection: Connection) -> list[tuple[Offer, Connection]]:
        settings = connection.settings
        try:
            listed = await connection.open()
        except ServerFailed as fault:
            self._tell(fault.title, fault.detail, fault.hint)
            return []
        offers, missing = offers_of(settings.name, listed, settings.tools)
        for why in missing:
            self._tell(
                why, "The run goes on without it.", f"Correct the tools of mcp.servers {settings.name}."
            )
        return [(offer, connection) for offer in offers]

    def _tell_gone(self, connection: Connection) -> None:
        """Once for a server that answered when it was opened, and does not now."""
        name = connection.settings.name
        if name not in self._gone:
            self._gone.add(name)
            self._tell(f"The MCP server {name} is gone", connection.failed, "The run goes on without it.")

    def _tell(self, title: str, detail: str, hint: str) -> None:
        self._faults.append(Faulted(STAGE, title, self._redactor.text(detail), hint))

    async def close(self) -> None:
        await asyncio.gather(*(connection.close() for connection in self._connections))


def _file_name(name: str) -> str:
    return re.sub(r"[^\w.-]", "_", name)[:60]
