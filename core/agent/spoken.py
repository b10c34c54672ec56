"""Tool calls that a model wrote as text: some servers hand them on so, and some models know no other way."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace

import msgspec

from rootcase.core.agent.model_client import ModelAnswer, ToolCall

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
# What the usual chat templates put around a call; each is whole only with its end.
_MARKED = (
    re.compile(r"<tool_call>\s*(\{.*?\})\s*</tool_call>", re.DOTALL),
    re.compile(r"```(?:json|tool_call|tool_code|tool)\s*\n(\{.*?\})\s*\n?```", re.DOTALL),
    re.compile(r"\[TOOL_CALLS\]\s*(\[.*\])\s*\Z", re.DOTALL),
)
_FUNCTION = re.compile(r"<function=([\w.-]+)>(.*?)</function>", re.DOTALL)
_PARAMETER = re.compile(r"<parameter=([\w.-]+)>\n?(.*?)\n?</parameter>", re.DOTALL)
NAMES = ("name", "tool", "tool_name", "function")
ARGUMENTS = ("arguments", "parameters", "args", "input", "tool_input")


def without_thoughts(text: str) -> str:
    """The text without what a reasoning model thought aloud, which no later answer needs."""
    return _THOUGHT.sub("", text).strip() if "<think" in text else text


def with_spoken_calls(answer: ModelAnswer, offered: Collection[str]) -> ModelAnswer:
    """The answer with calls that stand in its text as whole calls of offered tools, where it has no others.

    A text that merely mentions a tool is no call; one that was cut calls nothing.
    """
    answer = replace(answer, text=without_thoughts(answer.text))
    if answer.calls or answer.finish not in ("stop", "tool_calls"):
        return answer
    found = tuple(
        ToolCall(f"said_{number}", name, arguments)
        for number, (name, arguments) in enumerate(_spoken(answer.text), 1)
        if name in offered
    )
    return replace(answer, calls=found, finish="tool_calls") if found else answer


def _spoken(text: str) -> Iterator[tuple[str, str]]:
    for name, body in _FUNCTION.findall(text):
        yield name, msgspec.json.encode(dict(_PARAMETER.findall(body))).decode()
    bodies = [body for pattern in _MARKED for body in pattern.findall(text)]
    if not bodies and text.strip()[:1] in ("{", "["):
        bodies = [text.strip()]
    for body in bodies:
        try:
            plain = msgspec.json.decode(body)
        except msgspec.DecodeError:
            continue
        for item in plain if isinstance(plain, list) else [plain]:
            call = _call(item)
            if call is not None:
                yield call


def _call(item: object) -> tuple[str, str] | None:
    if not isinstance(item, dict):
        return None
    inner = item.get("function")
    if isinstance(inner, dict):
        item = inner
    name = next((item[key] for key in NAMES if isinstance(item.get(key), str)), "")
    arguments = next((item[key] for key in ARGUMENTS if key in item), None)
    if not name or not isinstance(arguments, dict | str):
        return None
    return name, arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
