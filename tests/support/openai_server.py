"""A scripted model server on loopback that speaks OpenAI's chat completions with server-sent events.

    with ScriptedOpenAI([Reply("Hello"), Reply(calls=[Call("done", {"summary": "x"})])]) as server:
        settings = ModelSettings(strong="openai/scripted", api_base=server.url, prices={...})

A script is a list of replies, used in order, or a function from a Request to a Reply; `by_phase` makes
one from a mapping. As a process: `python tests/support/openai_server.py SCRIPT.json` prints one JSON
line with its url; SCRIPT.json holds `{"investigate": [{"text": …, "calls": [{"tool": …, "arguments": {…}}]}]}`.
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal

TEXT_PIECE = 5
ARGUMENT_PIECE = 7


@dataclass(frozen=True)
class Call:
    """arguments: a mapping, or text that is sent as it is."""

    tool: str
    arguments: Mapping[str, Any] | str = field(default_factory=dict)

    def text(self) -> str:
        return self.arguments if isinstance(self.arguments, str) else json.dumps(self.arguments)


@dataclass(frozen=True)
class Reply:
    """usage: (prompt, completion) tokens, None to tell none. cut_after: chunks before the line drops.

    cut: `abrupt` breaks the transfer, `clean` ends it as if all was said. same_index: every tool call
    is numbered 0, as some servers do. pause_s: between chunks. cut_bytes: bytes of the body before the line
    drops, wherever in a chunk that is. whole: answered in one piece although a stream was asked for.
    objects: arguments are sent as objects and not as text.
    """

    text: str = ""
    calls: Sequence[Call] = ()
    usage: tuple[int, int] | None = (100, 20)
    finish: str = ""
    refusal: str = ""
    status: int = 200
    error: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    cut_after: int = -1
    cut: Literal["abrupt", "clean"] = "abrupt"
    same_index: bool = False
    pause_s: float = 0.0
    cut_bytes: int = -1
    whole: bool = False
    objects: bool = False


@dataclass(frozen=True)
class Request:
    """body: the decoded request. phase: the one its system prompt names, "" where it names none."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    path: str

    @property
    def phase(self) -> str:
        found = re.search(r"^This phase: (\w+)", self.text("system"), re.MULTILINE)
        return found[1] if found else ""

    @property
    def tools(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.body.get("tools", [])]

    def text(self, role: str) -> str:
        """All text that role says in the request."""
        return "\n".join(
            str(m.get("content") or "") for m in self.body.get("messages", []) if m.get("role") == role
        )


Script = Sequence[Reply] | Callable[[Request], Reply]


def by_phase(replies: Mapping[str, Sequence[Reply]]) -> Callable[[Request], Reply]:
    """Each phase has replies of its own, used in order; the last one is said again."""
    used: dict[str, int] = {}

    def script(request: Request) -> Reply:
        mine = replies.get(request.phase, ())
        if not mine:
            return Reply(status=500, error={"message": f"no reply is scripted for {request.phase!r}"})
        number = used.get(request.phase, 0)
        used[request.phase] = number + 1
        return mine[min(number, len(mine) - 1)]

    return script


class ScriptedOpenAI:
    """The server; a context manager. requests: what was asked so far, oldest first.

    probed: the question what a model can do is part of the script; else it is answered well beside it.
    """

    def __init__(self, script: Script, *, port: int = 0, probed: bool = False) -> None:
        self.probed = probed
        self.requests: list[Request] = []
        self._script = script
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedOpenAI:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def reply(self, request: Request) -> Reply:
        if request.tools == ["report"] and not self.probed:
            return Reply("one two three", [Call("report", {"word": "ready"})])
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
            if callable(self._script):
                return self._script(request)
            if number < len(self._script):
                return self._script[number]
            return Reply(
                status=500, error={"message": f"the script has {len(self._script)} replies, this is one more"}
            )


def chunks_of(reply: Reply) -> Iterator[dict[str, Any]]:
    """The reply as the deltas that a provider streams, split at odd places."""
    yield _chunk({"role": "assistant", "content": ""})
    for start in range(0, len(reply.text), TEXT_PIECE):
        yield _chunk({"content": reply.text[start : start + TEXT_PIECE]})
    if reply.refusal:
        yield _chunk({"refusal": reply.refusal})
    for number, call in enumerate(reply.calls):
        index = 0 if reply.same_index else number
        head = {"index": index, "id": f"call_{number}", "type": "function"}
        if reply.objects:
            yield _chunk(
                {"tool_calls": [{**head, "function": {"name": call.tool, "arguments": call.arguments}}]}
            )
            continue
        yield _chunk({"tool_calls": [{**head, "function": {"name": call.tool, "arguments": ""}}]})
        text = call.text()
        for start in range(0, len(text), ARGUMENT_PIECE):
            piece = {"arguments": text[start : start + ARGUMENT_PIECE]}
            yield _chunk({"tool_calls": [{"index": index, "function": piece}]})
    yield _chunk({}, finish=reply.finish or ("tool_calls" if reply.calls else "stop"))
    if reply.usage:
        usage = {
            "prompt_tokens": reply.usage[0],
            "completion_tokens": reply.usage[1],
            "total_tokens": sum(reply.usage),
        }
        yield {**_chunk({}), "choices": [], "usage": usage}


def whole_of(reply: Reply) -> dict[str, Any]:
    """The reply in one piece."""
    calls = [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": call.tool, "arguments": call.text()},
        }
        for number, call in enumerate(reply.calls)
    ]
    message = {"role": "assistant", "content": reply.text or None, "tool_calls": calls or None}
    finish = reply.finish or ("tool_calls" if calls else "stop")
    sent, said = reply.usage or (0, 0)
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "scripted",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": sent, "completion_tokens": said, "total_tokens": sent + said},
    }  # fmt: skip


def _chunk(delta: Mapping[str, Any], *, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "scripted",
        "choices": [choice],
    }


def _handler(server: ScriptedOpenAI) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"{}")
            request = Request(body, {k.lower(): v for k, v in self.headers.items()}, self.path)
            reply = server.reply(request)
            if reply.status != 200:
                self._error(reply)
            elif reply.whole or not body.get("stream"):
                self._answer(json.dumps(whole_of(reply)).encode(), 200, {})
            else:
                self._stream(reply)

        def _error(self, reply: Reply) -> None:
            text = json.dumps({"error": {"message": "scripted", "type": "scripted", **reply.error}}).encode()
            self._answer(text, reply.status, reply.headers)

        def _answer(self, text: bytes, status: int, headers: Mapping[str, str]) -> None:
            self.send_response(status)
            for name, value in {
                "Content-Type": "application/json",
                "Content-Length": str(len(text)),
                **headers,
            }.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def _stream(self, reply: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.close_connection = True
            if reply.cut_bytes >= 0:
                raw = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks_of(reply)).encode()
                self.wfile.write(f"{len(raw):x}\r\n".encode() + raw[: reply.cut_bytes])
                return
            try:
                for number, chunk in enumerate(chunks_of(reply)):
                    if number == reply.cut_after:
                        if reply.cut == "clean":
                            self.wfile.write(b"0\r\n\r\n")
                        return
                    self._send(f"data: {json.dumps(chunk)}\n\n")
                    time.sleep(reply.pause_s)
                self._send("data: [DONE]\n\n")
                self.wfile.write(b"0\r\n\r\n")
            except (BrokenPipeError, ConnectionResetError):
                return

        def _send(self, text: str) -> None:
            raw = text.encode()
            self.wfile.write(f"{len(raw):x}\r\n".encode() + raw + b"\r\n")
            self.wfile.flush()

    return Handler


def replies_from(plain: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[Reply]]:
    """Replies per phase from plain JSON."""
    return {
        phase: [
            Reply(
                step.get("text", ""), [Call(c["tool"], c.get("arguments", {})) for c in step.get("calls", ())]
            )
            for step in steps
        ]
        for phase, steps in plain.items()
    }


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        script = by_phase(replies_from(json.load(file)))
    with ScriptedOpenAI(script) as server:
        sys.stdout.write(json.dumps({"url": server.url}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
