"""One small question to a configured model, to see that it streams and calls tools; it costs a fraction of a cent."""

from __future__ import annotations

import json
from dataclasses import dataclass

from rootcase.core.agent.litellm_client import LitellmClient
from rootcase.core.agent.litellm_library import library_price, load
from rootcase.core.agent.model_client import Message, ModelRequest, Role, ToolSchema, Usage, WorstCase
from rootcase.core.agent.prices import Price, own_price
from rootcase.core.agent.spoken import with_spoken_calls
from rootcase.core.config.settings import ModelSettings

WORD = "ready"
MOST_TOKENS = 400
TOOL = ToolSchema(
    "report",
    "Report the word that you were given.",
    '{"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}',
)
QUESTION = (
    f"Write the numbers from one to twenty as words. Then call the tool `report` with the word {WORD!r}."
)


@dataclass(frozen=True, slots=True)
class Probe:
    """tools: the tool was called as asked. streaming: text came in more than one piece. usage: what it took."""

    tools: bool
    streaming: bool
    usage: Usage
    model: str = ""


async def most(settings: ModelSettings, role: Role) -> WorstCase:
    """What asking may cost at most."""
    return await LitellmClient(settings).worst_case(_request(role))


async def probe(settings: ModelSettings, role: Role) -> Probe:
    """Ask once. CallFailed, with what to do, where the model does not answer."""
    pieces = 0

    async def hear(text: str) -> None:
        nonlocal pieces
        pieces += bool(text)

    client = LitellmClient(settings, retry_delays_s=(1.0,))
    answer = with_spoken_calls(await client.complete(_request(role), hear), (TOOL.name,))
    called = any(call.name == TOOL.name and _word(call.arguments) == WORD for call in answer.calls)
    return Probe(called, pieces > 1, answer.usage, answer.model)


def _request(role: Role) -> ModelRequest:
    messages = (Message("system", "You are being tested. Do exactly as asked."), Message("user", QUESTION))
    return ModelRequest("investigate", 1, 0, role, messages, (TOOL,), MOST_TOKENS)


async def price_of(settings: ModelSettings, model: str) -> Price:
    """The configured price, else the one that the model library knows; nothing is asked of a provider."""
    return own_price(model, settings.prices) or library_price(await load(), model)


def _word(arguments: str) -> str:
    try:
        found = json.loads(arguments)
    except ValueError:
        return ""
    return str(found.get("word", "")) if isinstance(found, dict) else ""
