"""`rootcase explain STAGE INPUT`: one stage on one input, with its reasons."""

from __future__ import annotations

import argparse
import os
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path

from rootcase.core.commands.casefile import folded, opened, resolved
from rootcase.core.commands.output import say, say_json
from rootcase.core.config.load import Loaded
from rootcase.core.model.case import Case
from rootcase.core.model.errors import UsageError


async def main(args: argparse.Namespace, loaded: Loaded) -> int:
    return await STAGES[args.stage](args, loaded)


def _input(args: argparse.Namespace) -> str:
    if not args.input:
        raise UsageError(f"explain {args.stage} needs an input", "", f"rootcase explain {args.stage} INPUT")
    return " ".join(args.input)


def _text(args: argparse.Namespace) -> str:
    """The content of the named file, or the words themselves."""
    file = _file(_input(args))
    return file.read_text(encoding="utf-8", errors="replace") if file else _input(args)


def _file(given: str) -> Path | None:
    """The file of that name, None where the words are no file's name."""
    path = Path(given)
    return path if len(given) < 4096 and "\n" not in given and path.is_file() else None


async def _case(args: argparse.Namespace, loaded: Loaded) -> Case:
    async with opened(loaded) as store:
        return await folded(store, await resolved(store, _input(args)))


async def _cluster(args: argparse.Namespace, loaded: Loaded) -> int:
    """A case, signals a line (.jsonl), a file of events (.json), or a stack trace as text."""
    from rootcase.core.cluster.explain import as_text, explain_event, explain_text
    from rootcase.core.cluster.fingerprint import DefaultFingerprinter
    from rootcase.core.signals.eventfiles import event_in, read

    fingerprinter = DefaultFingerprinter(loaded.settings)
    file = _file(_input(args))
    if file is not None:
        from rootcase.core.commands.cluster_file import explain_file, holds_signals
    if file is not None and holds_signals(file):
        explain_file(file, loaded.settings, as_json=args.json)
        return 0
    if file is not None and file.suffix == ".json":
        found = [item for item in read(file) if item.kind == "event"]
        explained = [explain_event(event_in(item), fingerprinter) for item in found]
    elif file is not None or "\n" in _input(args):
        explained = [explain_text(file.name if file else "text", _text(args), fingerprinter)]
    else:
        async with opened(loaded) as store:
            samples = await store.samples(await resolved(store, _input(args)))
        explained = [explain_event(sample, fingerprinter) for sample in samples]
    if args.json:
        say_json({"schema": "rootcase.explain.cluster/1", "events": explained})
    else:
        say("\n".join(as_text(item) for item in explained) or "Nothing to explain: no event in it.")
    return 0


async def _gate(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.commands import explain_gate

    return await explain_gate.main(args, loaded)


async def _map(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.commands.explain_map import explain_map

    return await explain_map(args, loaded)


async def _review(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.commands.explain_review import explain_review

    return await explain_review(args, loaded)


async def _policy(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.commands.explain_policy import explain_policy

    _input(args)
    return await explain_policy(args, loaded)


async def _proposal(args: argparse.Namespace, loaded: Loaded) -> int:
    case = await _case(args, loaded)
    if case.proposal is None:
        raise UsageError(f"{case.key} has no proposal", "", f"rootcase run {case.key}")
    if args.json:
        told = case.proposal
        writes = [{"kind": w.kind, "target": w.target, "title": w.title, "text": w.text} for w in told.writes]
        say_json({
            "schema": "rootcase.explain.proposal/1", "kind": told.kind, "title": told.title,
            "parts": dict(told.parts), "writes": writes, "policy": told.policy, "rule": told.depth_rule,
            "digest": told.digest,
        })  # fmt: skip
    else:
        say(f"{case.proposal.kind}: {case.proposal.title}\n\n{case.proposal.body}")
    return 0


async def _redact(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.safety.redact import Redactor

    redactor = Redactor.of_environment(os.environ)
    say(redactor.text(_text(args)))
    say(f"removed: {redactor.summary() or 'nothing'}")
    return 0


async def _command(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.safety.commands import blocked

    rule = blocked(shlex.split(_input(args)), loaded.settings.guardrails.blocked_commands)
    say(f"blocked by `{rule}`" if rule else "allowed, inside the sandbox")
    return 5 if rule else 0


async def _clean(args: argparse.Namespace, loaded: Loaded) -> int:
    say(_text(args))
    return 0


async def _prompt(args: argparse.Namespace, loaded: Loaded) -> int:
    from rootcase.core.commands.prompts import main as prompts

    return await prompts(args, loaded)


STAGES: dict[str, Callable[[argparse.Namespace, Loaded], Awaitable[int]]] = {
    "cluster": _cluster, "gate": _gate, "map": _map, "prompt": _prompt, "review": _review, "policy": _policy,
    "proposal": _proposal, "redact": _redact, "command": _command, "text": _clean,
}  # fmt: skip
