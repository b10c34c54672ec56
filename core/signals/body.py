"""Reads a response body with a limit on what it becomes when it is unpacked."""

from __future__ import annotations

import zlib

import httpx

from rootcase.core.model.errors import SourceError
from rootcase.core.signals.faults import TooBig, Unavailable

# gzip and zlib wrappers are told apart by zlib itself with this window (zlib manual, inflateInit2).
_ANY_WRAPPER = 32 + zlib.MAX_WBITS


async def read_body(response: httpx.Response, most: int, service: str) -> bytes:
    """The whole body, unpacked in steps, so that a small packed answer cannot fill the memory.

    TooBig where it passes `most` bytes; SourceError where it is packed in another way or does not unpack.
    """
    encoding = response.headers.get("content-encoding", "identity").strip().lower() or "identity"
    if encoding not in ("identity", "gzip", "x-gzip", "deflate"):
        raise SourceError(
            f"{service} answered packed as {encoding[:40]!r}",
            "Only gzip was offered.",
            "A proxy in between may pack answers again; ask for it to be left out for this address.",
        )
    unpacker = None if encoding == "identity" else zlib.decompressobj(_ANY_WRAPPER)
    chunks: list[bytes] = []
    size = 0
    async for raw in response.aiter_raw():
        piece = raw if unpacker is None else _unpack(unpacker, raw, most - size + 1, service)
        size += len(piece)
        if size > most:
            raise TooBig(
                f"{service} answered with more than {most:,} bytes",
                f"{response.url.host}{response.url.path}",
                "Narrow the query, the projects or the period of this source.",
            )
        chunks.append(piece)
    if unpacker is not None and not unpacker.eof and (size or response.num_bytes_downloaded):
        raise Unavailable(
            f"{service} was cut off in the middle of an answer",
            f"{response.url.host}{response.url.path}: what arrived does not unpack to its end.",
            "Press r to try again.",
        )
    return b"".join(chunks)


def _unpack(unpacker: zlib._Decompress, raw: bytes, most: int, service: str) -> bytes:
    try:
        return unpacker.decompress(raw, most)
    except zlib.error as error:
        raise SourceError(
            f"{service} sent an answer that does not unpack", str(error), "Press r to try again."
        ) from None
