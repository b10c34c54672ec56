"""Recorded model sessions: the file format, reading it, and writing it answer by answer.

A recording is a YAML (or JSON) file with a header and a flat list of steps. One step is one answer of
the model: its words, its tool calls, its usage. Tool results are not in it, since a replay runs every
tool for real.

    format: rootcase-recording/1
    models: {fast: openai/gpt-4.1-mini, strong: anthropic/claude-sonnet-4-5}   # names, for showing
    prices: {openai/gpt-4.1-mini: [0.40, 1.60]}   # dollars per million tokens in and out
    steps:
    - phase: investigate
      round: 1                     # 1 where left out; of reproduce, patch and explain: the agent's draft
      text: I look at the failing line first.
      calls:
      - tool: read_file
        arguments: {path: app/pricing.py, start: 80, end: 96}
      usage: {input: 5210, output: 160}       # counted roughly where left out
      seconds: 1.2                 # thinking before the first word, where the replay keeps a pace
      request: {system: 9f3c…}     # hashes of the prompt's parts, so that a replay can say where they differ
      when: {steered: cache}       # only after a human's steer that contains the word

The order of the list is the order of the answers within one phase and round; an interrupted phase
starts at its first step again. Steps with the same `when` form a detour: it is taken once per phase,
when a human steered since the last phase ended, and then the main line goes on. `arguments` may be a
string, which is then passed on as it is, broken JSON included.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import msgspec

from rootcase.core.agent.model_client import ModelAnswer, ModelRequest, Role, ToolCall
from rootcase.core.model.entries import Phase
from rootcase.core.model.errors import ModelError
from rootcase.core.safety.redact import Redactor
from rootcase.core.safety.text import clean

FORMAT = "rootcase-recording/1"
SIZE_LIMIT = 8 * 1024 * 1024
Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """arguments: a mapping, or text passed on as it is."""

    tool: str
    arguments: dict[str, object] | str = field(default_factory=dict)

    def as_call(self, identity: str) -> ToolCall:
        text = (
            self.arguments
            if isinstance(self.arguments, str)
            else msgspec.json.encode(self.arguments).decode()
        )
        return ToolCall(identity, self.tool, text)


@dataclass(frozen=True, slots=True)
class RecordedUsage:
    input: int
    output: int


@dataclass(frozen=True, slots=True)
class When:
    """steered: words that the steer must contain, "" for any steer."""

    steered: str = ""


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One answer. request: what it answered, with a hash of each part of the prompt; not needed to replay."""

    phase: Phase
    round: int = 1
    role: Role | Literal[""] = ""
    model: str = ""
    request: dict[str, object] = field(default_factory=dict)
    text: str = ""
    calls: tuple[RecordedCall, ...] = ()
    usage: RecordedUsage | None = None
    seconds: float = 0.0
    finish: Literal["", "stop", "tool_calls", "length", "refused"] = ""
    when: When | Literal["steered"] | None = None

    @property
    def detour(self) -> str | None:
        """The steer's words that lead here, None on the main line."""
        if self.when is None:
            return None
        return self.when.steered.lower() if isinstance(self.when, When) else ""


@dataclass(frozen=True, slots=True)
class Recording:
    """origin: the file's name, for messages."""

    format: str
    steps: tuple[RecordedStep, ...]
    title: str = ""
    models: dict[str, str] = field(default_factory=dict)
    prices: dict[str, tuple[float, float]] = field(default_factory=dict)
    origin: str = ""


def read_recording(path: Path) -> Recording:
    """Read a file; ModelError says what is wrong with it and where."""
    import yaml

    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise _unreadable(path, fault.strerror or str(fault)) from fault
    if len(raw) > SIZE_LIMIT:
        raise _unreadable(path, f"It is larger than {SIZE_LIMIT // 1024 // 1024} MB.")
    try:
        plain = yaml.load(raw.decode(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        recording = msgspec.convert(plain, Recording)
    except UnicodeDecodeError as fault:
        raise _unreadable(path, f"It is not UTF-8: {fault.reason}.") from fault
    except yaml.YAMLError as fault:
        raise _unreadable(path, f"It is not YAML: {' '.join(str(fault).split())}") from fault
    except msgspec.ValidationError as fault:
        raise _unreadable(path, str(fault)) from fault
    if recording.format != FORMAT:
        raise _unreadable(path, f"Its format is {recording.format!r}; this version reads {FORMAT!r}.")
    return replace(recording, origin=path.name)


def _unreadable(path: Path, why: str) -> ModelError:
    return ModelError(
        f"The recording {path.name} cannot be read",
        f"{path}: {why}",
        "Correct the file, or name another with --replay.",
    )


class RecordingFile:
    """Appends answers to a file that is a whole recording after every answer, redacted and 0600."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self._path = path
        self._redactor = redactor

    def append(self, request: ModelRequest, answer: ModelAnswer, seconds: float) -> None:
        """Write one answer. ModelError where the file cannot be written."""
        import yaml

        step: dict[str, object] = {
            "phase": request.phase, "round": request.round, "role": request.role, "model": answer.model,
            "request": {"index": request.index, "messages": len(request.messages), **fingerprint(request)},
            "text": self._redactor.text(clean(answer.text)),
            "calls": [{"tool": c.name, "arguments": self._arguments(c)} for c in answer.calls],
            "usage": {"input": answer.usage.input_tokens, "output": answer.usage.output_tokens},
            "seconds": round(seconds, 1), "finish": answer.finish,
        }  # fmt: skip
        text = yaml.safe_dump([step], sort_keys=False, allow_unicode=True, width=100)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            with os.fdopen(os.open(self._path, flags, 0o600), "a", encoding="utf-8") as file:
                if file.tell() == 0:
                    file.write(f"format: {FORMAT}\nsteps:\n")
                file.write(text)
        except OSError as fault:
            raise ModelError(
                "The recording cannot be written",
                f"{self._path}: {fault.strerror}",
                "Correct `models.record`.",
            ) from fault

    def _arguments(self, call: ToolCall) -> Json | str:
        text = self._redactor.text(call.arguments)
        try:
            value: Json = msgspec.json.decode(text)
        except msgspec.DecodeError:
            return text
        return value if isinstance(value, dict) else text


def fingerprint(request: ModelRequest) -> dict[str, str]:
    """A short hash of each part of a prompt that does not depend on how long a test took."""
    texts = {"system": "", "brief": "", "tools": ""}
    for message in request.messages[:2]:
        texts["system" if message.speaker == "system" else "brief"] += message.text
    texts["tools"] = "".join(f"{tool.name} {tool.description} {tool.parameters}" for tool in request.tools)
    return {name: hashlib.sha256(text.encode()).hexdigest()[:12] for name, text in texts.items()}
