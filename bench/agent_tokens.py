"""What a whole case sends to a model, phase by phase, and how long tool results are; also on a large repository.

Run: python -m bench.agent_tokens [--large REPOSITORY]

The demo's case runs for real, its recorded model answering over HTTP; tokens are counted by litellm's own
tokenizer on the requests as they are sent. With --large, tools are called on any git repository: every kind of
reading, on its largest files, commonest words, definitions, folders and latest commits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rootcase.core.agent.litellm_library import load as litellm
from rootcase.core.agent.model_client import ToolCall
from rootcase.core.agent.recording import read_recording
from rootcase.core.agent.tools.offer import reading_tools
from rootcase.core.agent.tools.places import Places
from rootcase.core.agent.tools.toolbox import Toolbox
from rootcase.core.config.load import load
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.demo import set_up, stop_forges
from rootcase.core.model.case import Case
from rootcase.core.model.code import CodePath
from rootcase.core.pipeline.run import run_case
from rootcase.core.pipeline.sync import sync
from rootcase.core.safety.redact import Redactor
from rootcase.core.workspace.repository import open_repository
from tests.support.openai_server import Call, Reply, Request, ScriptedOpenAI, by_phase

INCIDENT, SERVICE = "checkout-currency", "checkout-api"
MODEL = "gpt-4.1"
PER_MESSAGE = 4


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--large", default="", metavar="REPOSITORY")
    args = parser.parse_args()
    library = asyncio.run(litellm())

    def count(text: str) -> int:
        return int(library.token_counter(model=MODEL, text=text))

    requests = _demo()
    _phases(requests, count)
    _told("demo", [count(text) for text in _results(requests)])
    if args.large:
        texts = asyncio.run(_large(Path(args.large).expanduser()))
        for tool, some in sorted(texts.items()):
            _told(tool, [count(text) for text in some])
        _told("all tools", [count(text) for some in texts.values() for text in some])


def _phases(requests: Sequence[Request], count: Any) -> None:
    sums: Counter[str] = Counter()
    for request in requests:
        texts = [_sent(message) for message in request.body["messages"]]
        tools = json.dumps(request.body.get("tools", []))
        sums[request.phase or "probe"] += count("\n".join((*texts, tools))) + PER_MESSAGE * len(texts)
    for phase, tokens in sums.items():
        print(f"{phase:<12} {sum(r.phase == phase for r in requests):>3} calls  {tokens:>7,} input tokens")
    print(f"{'whole case':<12} {len(requests):>3} calls  {sum(sums.values()):>7,} input tokens")


def _sent(message: Mapping[str, Any]) -> str:
    calls = [f"{c['function']['name']} {c['function']['arguments']}" for c in message.get("tool_calls") or ()]
    return "\n".join([message["role"], message.get("content") or "", *calls])


def _told(what: str, tokens: Sequence[int]) -> None:
    """Median, 95th percentile and longest of the results."""
    ordered = sorted(tokens)
    if ordered:
        middle, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95))
        print(
            f"{what:<12} {len(ordered):>5} results  median {middle:>5}  p95 {p95:>5}  most {ordered[-1]:>5}"
        )


def _results(requests: Sequence[Request]) -> list[str]:
    """Each tool result once, as the last request that has it sent it."""
    found: dict[str, str] = {}
    for request in requests:
        for message in request.body["messages"]:
            if message["role"] == "tool":
                found[f"{request.phase} {message['tool_call_id']} {message['content'][:80]}"] = message[
                    "content"
                ]
    return list(found.values())


def _demo() -> list[Request]:
    """The demo's case with its recorded model behind HTTP; every request that it made."""
    os.environ.setdefault("OPENAI_API_KEY", "sk-nobody")
    with tempfile.TemporaryDirectory() as folder:
        demo = set_up(folder, dict(os.environ))
        os.environ.update(demo.environment)
        recording = read_recording(next((Path(folder) / "recordings").glob(f"{SERVICE}.*")))
        replies: dict[str, list[Reply]] = {}
        for step in recording.steps:
            if step.detour is None:
                calls = [Call(call.tool, call.arguments) for call in step.calls]
                replies.setdefault(step.phase, []).append(Reply(step.text, calls))
        with ScriptedOpenAI(by_phase(replies)) as server:
            config = json.loads(demo.config.read_text())
            names = {
                "fast": "openai/scripted",
                "strong": "openai/scripted",
                "consent": True,
                "api_base": server.url,
            }
            config["models"] = {**names, "prices": {"openai/scripted": [0.1, 0.1]}}
            demo.config.write_text(json.dumps(config))
            try:
                asyncio.run(_run(demo.environment))
            finally:
                stop_forges(demo)
            return list(server.requests)


async def _run(environment: Mapping[str, str]) -> None:
    from rootcase.core.commands.casefile import opened

    loaded = load(environment)
    async with opened(loaded) as store:
        await sync(loaded, store, environment=dict(environment))
        key = next(row.key for row in await store.inbox() if row.service == SERVICE)
        end = await run_case(loaded, store, key, "propose", environment=dict(environment), attended=False)
        print(f"{key}: {end.outcome}, {end.because}")


async def _large(path: Path) -> dict[str, list[str]]:
    """Texts of tool results by tool, on a repository at its HEAD."""
    with tempfile.TemporaryDirectory() as state:
        repository = await open_repository(RepositorySettings(path=str(path)), Path(state))
        head = await repository.resolve("HEAD") or ""
        code = CodePath("large", "HEAD", head, "", head, "HEAD")
        places = Places(repository, code, "head")
        box = Toolbox(reading_tools(Case(code=code), _Bare(), places), Redactor())  # type: ignore[arg-type]
        texts: dict[str, list[str]] = {}
        for number, (tool, arguments) in enumerate(_asked(path)):
            called = await box.call(ToolCall(str(number), tool, json.dumps(arguments)))
            texts.setdefault(tool, []).append(called.text)
        return texts


class _Bare:
    samples = ()


def _asked(path: Path) -> list[tuple[str, dict[str, object]]]:
    def git(*arguments: str) -> list[str]:
        done = subprocess.run(["git", *arguments], cwd=path, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    sized = [line.split(None, 4) for line in git("ls-tree", "-r", "-l", "HEAD")]
    files = [row[4] for row in sorted(sized, key=lambda row: -int(row[3]) if row[3].isdigit() else 0)]
    code = [file for file in files if re.search(r"\.(py|js|ts|go|java|rb|c|rs)$", file)][:150]
    words: Counter[str] = Counter()
    names: list[str] = []
    for file in code:
        text = (path / file).read_text(errors="replace")[:200_000] if (path / file).is_file() else ""
        words.update(re.findall(r"[A-Za-z_]{5,}", text))
        names += re.findall(r"(?:def|class|function|func)\s+([A-Za-z_]\w+)", text)[:3]
    folders = {file.rpartition("/")[0] for file in code}
    asked: list[tuple[str, dict[str, object]]] = [("read_file", {"path": file}) for file in code]
    asked += [("read_file", {"path": file, "start": 120, "end": 180}) for file in code]
    asked += [("search", {"text": word}) for word, _ in words.most_common(150)]
    asked += [("symbol", {"name": name}) for name in list(dict.fromkeys(names))[:150]]
    asked += [("tree", {"path": folder}) for folder in sorted(folders)]
    asked += [("show_commit", {"sha": sha}) for sha in git("log", "-60", "--format=%H")]
    asked += [("log", {"path": file}) for file in code[:40]]
    asked += [("blame", {"path": file, "start": 10, "end": 50}) for file in code[:20]]
    return asked


if __name__ == "__main__":
    main()
