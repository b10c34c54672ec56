"""Entry bodies as JSON text and back, and the hash that chains the entries of a journal."""

from __future__ import annotations

import hashlib
from functools import cache

import msgspec

from rootcase.core.model.entries import BODY_TYPES, KINDS, Body, Entry, Unknown
from rootcase.core.model.errors import StoreError

_FRAME = b"rootcase entry 1"


def encode(body: Body) -> tuple[str, str]:
    """(kind, JSON text) of a body; keys stand in the order of the fields, an Unknown's text as it came."""
    if isinstance(body, Unknown):
        return body.kind, body.text
    kind = KINDS[type(body)]
    return kind, encode_value(body)


def encode_value(value: object) -> str:
    """A frozen dataclass as JSON text. Half a surrogate pair, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return msgspec.json.encode(_mended(msgspec.to_builtins(value))).decode()


def decode(kind: str, text: str) -> Body:
    """The body of an entry. A kind or a shape that this version does not know is kept as Unknown."""
    if kind not in BODY_TYPES:
        return Unknown(kind, text)
    try:
        return _decoder(kind).decode(text)
    except msgspec.DecodeError:
        return Unknown(kind, text)


@cache
def _decoder(kind: str) -> msgspec.json.Decoder[Body]:
    return msgspec.json.Decoder(BODY_TYPES[kind])


def _mended(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_mended(item) for item in value]
    return value


def chain_hash(
    *, case: str, seq: int, at_us: int, actor: str, kind: str, text: str, trace: str, epoch: int, prev: str
) -> str:
    """SHA-256 in hex over all of an entry; each part goes in with its length, so none can pose as another."""
    digest = hashlib.sha256(_FRAME)
    for part in (case, str(seq), str(at_us), actor, kind, text, trace, str(epoch), prev):
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big"))
        digest.update(raw)
    return digest.hexdigest()


def stamped(
    body: Body, *, case: str, seq: int, at_us: int, actor: str, trace: str, epoch: int, prev: str
) -> tuple[Entry, str]:
    """The entry that carries a body next in its chain, and the body's text as it is stored.

    The entry's body is the text decoded again, so a writer's fold is exactly every reader's. StoreError
    for a body that no reader could decode, such as one with an infinite cost.
    """
    kind, text = encode(body)
    decoded = decode(kind, text)
    if isinstance(decoded, Unknown) and not isinstance(body, Unknown):
        raise StoreError(
            f"An entry of kind {kind} cannot be kept",
            "Its values do not survive being written and read.",
            "Report it, with the command that led here.",
        )
    digest = chain_hash(
        case=case,
        seq=seq,
        at_us=at_us,
        actor=actor,
        kind=kind,
        text=text,
        trace=trace,
        epoch=epoch,
        prev=prev,
    )
    entry = Entry(case, seq, at_us, actor, kind, decoded, trace, epoch, prev, digest)
    return entry, text
