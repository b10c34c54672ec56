"""What a suite says without any draft, kept by tree and environment: another look at the base runs it no more."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path

import msgspec

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import RepositorySettings
from rootcase.core.model.case import Case
from rootcase.core.model.proofs import ProofResult

LIMIT = 4_000_000
LIVES_S = 7 * 86_400


class Baselines:
    """A folder of ours. environment: what the tests run in, in words; it and the command are part of the name."""

    def __init__(self, loaded: Loaded, settings: RepositorySettings, environment: str) -> None:
        self._folder = loaded.folders.cache / "baselines"
        self._what = "\0".join((settings.path or settings.url, *settings.test_command, environment))

    async def known(self, case: Case, tree: str) -> Case:
        """The case with a kept baseline of that tree, as if it had been run for it before."""
        result = await asyncio.to_thread(_read, self._file(tree))
        return case if result is None or result.tree != tree else replace(case, proofs=(result, *case.proofs))

    async def keep(self, result: ProofResult) -> None:
        """Keep a baseline that could be read."""
        if result.step == "baseline" and result.outcome == "ok" and result.tree and not result.problem:
            await asyncio.to_thread(_write, self._file(result.tree), result)

    def _file(self, tree: str) -> Path:
        name = hashlib.sha256(f"{self._what}\0{tree}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
        return self._folder / f"{name}.json"


def _read(file: Path) -> ProofResult | None:
    """None where there is none, it is too old to stand for today's environment, or it is no result."""
    try:
        info = file.stat()
        if info.st_size > LIMIT or time.time() - info.st_mtime > LIVES_S:
            return None
        return msgspec.json.decode(file.read_bytes(), type=ProofResult)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(file: Path, result: ProofResult) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = file.with_name(f"{file.name}.{os.getpid()}")
    partial.write_bytes(msgspec.json.encode(result))
    partial.replace(file)
