"""Large or personal content beside the journal, which keeps only its salted hash."""

from __future__ import annotations

import hashlib
import secrets
import sqlite3

from rootcase.core.model.entries import Blob


def salted_hash(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode("utf-8", "replace")).hexdigest()


def put(connection: sqlite3.Connection, text: str) -> Blob:
    """Keep it under a hash that says nothing about it without its salt."""
    text = text.encode("utf-8", "replace").decode()
    salt = secrets.token_bytes(16)
    blob = Blob(salted_hash(salt, text), len(text.encode()))
    connection.execute("INSERT INTO blob VALUES (?, ?, ?)", (blob.hash, salt, text))
    return blob


def get(connection: sqlite3.Connection, blob: Blob) -> str | None:
    """The content, or None where it was forgotten or never here."""
    found = connection.execute("SELECT content FROM blob WHERE hash = ?", (blob.hash,)).fetchone()
    return None if found is None else found[0]


def forget(connection: sqlite3.Connection, blob: Blob) -> bool:
    """Delete content and salt; the hash stays, so the chain that names it stays sound."""
    changed = connection.execute(
        "UPDATE blob SET content = NULL, salt = NULL WHERE hash = ? AND content IS NOT NULL", (blob.hash,)
    )
    return changed.rowcount > 0
