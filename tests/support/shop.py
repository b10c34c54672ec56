"""A home with two sources of files: errors of a shop, and the pages that tell of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.commandline import CommandLine, command_line
from tests.support.journal import case, entries

HOUR_US = 3_600_000_000


def crash(issue: str, kind: str = "KeyError", *, function: str = "price_for", at: str = "2026-03-01T10:00:00Z",
          number: int = 1, **more: Any) -> dict[str, Any]:  # fmt: skip
    """An event as an SDK sends it, of an issue."""
    frames = [
        {
            "function": function,
            "filename": "shop/pricing.py",
            "lineno": 88,
            "in_app": True,
            "module": "shop.pricing",
        }
    ]
    return {
        "event_id": f"{issue}-{number}", "timestamp": at, "issue": issue, "platform": "python", "release": "2.14.0",
        "environment": "production", "transaction": "POST /checkout", "user": {"id": f"u{number}"},
        "exception": {"values": [{"type": kind, "value": "'currency'", "stacktrace": {"frames": frames}}]}, **more,
    }  # fmt: skip


@dataclass
class Shop:
    """line: the command line in its own home. errors, pages: folders of the two sources."""

    line: CommandLine
    errors: Path
    pages: Path

    @property
    def store(self) -> Path:
        return self.line.home / "rootcase" / "state" / "rootcase.db"

    def happens(self, *events: dict[str, Any], file: str = "events.jsonl") -> None:
        with (self.errors / file).open("a", encoding="utf-8") as to:
            to.writelines(json.dumps(event) + "\n" for event in events)

    def says(self, folder: Path | None = None, **issues: dict[str, Any]) -> None:
        """What the source knows of its issues beyond their events."""
        (folder or self.errors).joinpath("signals.json").write_text(
            json.dumps({"issues": issues}), encoding="utf-8"
        )

    def sync(self, *flags: str) -> Any:
        done = self.line.run("sync", "--json", *flags)
        assert done.code in (0, 6), done.said
        return done.json

    def case(self, key: str = "C-1") -> Any:
        return case(self.store, key)

    def kinds(self, key: str = "C-1") -> list[str]:
        return [entry.kind for entry in entries(self.store, key)]

    def entries(self, kind: str, key: str = "C-1") -> list[Any]:
        return [entry.body for entry in entries(self.store, key) if entry.kind == kind]


@contextmanager
def shop_in(folder: Path) -> Iterator[Shop]:
    """The home with its two sources; nothing has happened yet."""
    with command_line(folder / "home") as line:
        errors, pages = folder / "errors", folder / "pages"
        errors.mkdir()
        pages.mkdir()
        config = line.home / "rootcase" / "config"
        config.mkdir(parents=True)
        (config / "config.yaml").write_text(
            f"sources:\n  - {{kind: files, name: shop, path: {errors}, service: shop-api}}\n"
            f"  - {{kind: files, name: pager, path: {pages}, service: shop-api}}\n",
            encoding="utf-8",
        )
        (pages / "none.jsonl").write_text("", encoding="utf-8")
        yield Shop(line, errors, pages)
