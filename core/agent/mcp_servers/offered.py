"""Which tools of an MCP server are offered, and how: what the server writes about them is cleaned and cut."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from rootcase.core.agent.fencing import fence
from rootcase.core.agent.mcp_servers.connection import Connection
from rootcase.core.agent.model_client import ToolSchema
from rootcase.core.agent.tools.lenient import parsed
from rootcase.core.agent.tools.tool import ToolResult, failure
from rootcase.core.model.errors import ServerFailed
from rootcase.core.model.evidence import Evidence
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean, clean_line

if TYPE_CHECKING:
    from mcp_types import CallToolResult, Tool

DESCRIPTION_LIMIT = 300
SCHEMA_LIMIT = 4_000
NAME_LIMIT = 64
ANSWER_LIMIT = 200_000
EVIDENCE_LIMIT = 20_000
# What a schema may say; the rest is prose of the server, or more than a provider takes.
KEYWORDS = ("type", "enum", "required", "minimum", "maximum", "format", "default", "additionalProperties")
Keep = Callable[[Evidence], Evidence]


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool as the model sees it. asked: its name at the server."""

    name: str
    asked: str
    description: str
    parameters: str


def offers_of(
    server: str, tools: tuple[Tool, ...], allowed: tuple[str, ...]
) -> tuple[tuple[Offer, ...], tuple[str, ...]]:
    """(the allowed tools, why others of the allowed ones are not offered)."""
    listed = {tool.name: tool for tool in tools}
    offers: list[Offer] = []
    missing: list[str] = []
    for name in dict.fromkeys(allowed):
        tool = listed.get(name)
        if tool is None:
            missing.append(f"{server} has no tool {name}")
        elif tool.annotations is not None and tool.annotations.read_only_hint is False:
            missing.append(f"{server} says that {name} writes, and only reading tools are offered")
        else:
            offers.append(_offer(server, tool))
    return tuple(offers), tuple(missing)


def _offer(server: str, tool: Tool) -> Offer:
    name = re.sub(r"[^A-Za-z0-9_-]", "_", f"{server}_{tool.name}")[:NAME_LIMIT]
    told = clean_line(tool.description or "", limit=DESCRIPTION_LIMIT)
    words = f"Of the engineer's MCP server {server}, which says of it: {told or 'nothing'}"
    text = msgspec.json.encode(_schema(tool.input_schema)).decode()
    return Offer(name, tool.name, words, text if len(text) <= SCHEMA_LIMIT else '{"type":"object"}')


def _schema(schema: Any, depth: int = 0) -> dict[str, Any]:
    """The shape of the arguments without the server's prose but for short descriptions."""
    if not isinstance(schema, dict) or depth > 6:
        return {}
    out = {key: schema[key] for key in KEYWORDS if key in schema and not isinstance(schema[key], dict)}
    if "description" in schema:
        out["description"] = clean_line(str(schema["description"]), limit=120)
    properties = schema.get("properties")
    if isinstance(properties, dict):
        out["properties"] = {
            clean_line(str(k), limit=60): _schema(v, depth + 1) for k, v in properties.items()
        }
    if isinstance(schema.get("items"), dict):
        out["items"] = _schema(schema["items"], depth + 1)
    if depth == 0:
        out["type"] = "object"
        out.setdefault("properties", {})
    return out


class ServerTool:
    """A tool that asks the server; its answer is data, fenced, and can be cited where `keep` takes it as evidence."""

    ends = False

    def __init__(self, offer: Offer, connection: Connection, redactor: Redactor, keep: Keep | None) -> None:
        self.name = offer.name
        self._offer = offer
        self._connection = connection
        self._redactor = redactor
        self._keep = keep

    def schema(self) -> ToolSchema:
        return ToolSchema(self.name, self._offer.description, self._offer.parameters)

    async def call(self, arguments: str) -> ToolResult:
        """Ask; what fails goes back as text, and names the server."""
        plain = parsed(self._redactor.text(arguments))
        if isinstance(plain, str):
            return failure(f"{self.name} was not run: {plain}")
        try:
            result = await self._connection.call(self._offer.asked, plain)
        except ServerFailed as fault:
            return failure(f"{fault.title}: {fault.detail} Go on without it.")
        text = self._redactor.text(clean(_text_of(result), limit=ANSWER_LIMIT))
        server = self._connection.settings.name
        fenced = fence(f"answer of the MCP server {server} to {self._offer.asked}", text or "(nothing)")
        if result.is_error:
            return failure(f"{self.name} failed:\n{fenced}")
        if self._keep is None or not text:
            return ToolResult(fenced)
        label = clean_line(f"{server}: {self._offer.asked} {arguments}", limit=120)
        kept = self._keep(Evidence("", "log", self._redactor.text(label), text[:EVIDENCE_LIMIT]))
        return ToolResult(f"[{kept.id}]\n{fenced}")


def _text_of(result: CallToolResult) -> str:
    parts = []
    for block in result.content:
        text = getattr(block, "text", None)
        parts.append(text if isinstance(text, str) else f"({block.type}, not shown)")
    if not parts and result.structured_content is not None:
        parts.append(msgspec.json.encode(result.structured_content).decode())
    return "\n".join(parts)
