"""A proposal as files, where no forge or tracker is configured: a patch for `git am`, a ticket's text."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from email.utils import format_datetime
from pathlib import Path

from rootcase.core.deliver.push import Author
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.hunks import unified

NO_COMMIT = "0" * 40
# Lines that a mail or a diff begins with; in the middle of a message they would end it.
TAKEN = ("---", "diff ", "From ", "Index: ", "@@ ")


def patch_text(message: str, hunks: Sequence[Hunk], author: Author, at_us: int) -> str:
    """The change as one mail, in the form of `git format-patch`; `git am` makes the same commit of it."""
    from datetime import UTC, datetime

    subject, _, rest = message.partition("\n")
    body = "\n".join(f" {line}" if line.startswith(TAKEN) else line for line in rest.strip("\n").split("\n"))
    date = format_datetime(datetime.fromtimestamp(max(at_us, 0) / 1e6, UTC))
    return (
        f"From {NO_COMMIT} Mon Sep 17 00:00:00 2001\n"
        f"From: {author.name} <{author.email}>\n"
        f"Date: {date}\n"
        f"Subject: [PATCH] {subject}\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
        f"\n{body}\n---\n\n{unified(hunks)}-- \nRootcase\n\n"
    )


def ticket_text(title: str, body: str) -> str:
    return f"# {title}\n\n{body}"


def same_file(path: Path, text: str) -> bool:
    """Whether the file holds exactly that text already."""
    try:
        return path.read_bytes() == text.encode()
    except FileNotFoundError:
        return False
    except OSError as fault:
        raise _cannot(path, fault) from fault


def write_file(path: Path, text: str) -> None:
    """Write it whole or not at all, for its owner's eyes. DeliveryError where the folder refuses."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except OSError as fault:
        raise _cannot(path, fault) from fault


def _cannot(path: Path, fault: OSError) -> DeliveryError:
    return DeliveryError(
        f"{path.name} cannot be written",
        f"{path.parent}: {fault.strerror}.",
        "Make room or permission there, then send again.",
    )
