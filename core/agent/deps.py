"""What the phases need besides the case, gathered by whoever puts the stages together."""

from __future__ import annotations

from dataclasses import dataclass

from rootcase.core.agent.mcp_servers.servers import McpServers
from rootcase.core.agent.model_client import ModelClient
from rootcase.core.config.settings import Settings
from rootcase.core.model.events import Event
from rootcase.core.model.ports import Blobs, Budget, Control, Fingerprinter, Repository
from rootcase.core.safety.redact import Redactor


@dataclass(frozen=True, slots=True)
class Deps:
    """samples: events of the case, newest first. blobs: where whole prompts and results are kept, if at all.

    servers: the user's MCP servers, None where none is configured.
    """

    settings: Settings
    repository: Repository
    model: ModelClient
    budget: Budget
    control: Control
    redactor: Redactor
    samples: tuple[Event, ...] = ()
    fingerprinter: Fingerprinter | None = None
    blobs: Blobs | None = None
    servers: McpServers | None = None
