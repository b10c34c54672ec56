"""Neutralises text from outside, so that nothing in it can steer a terminal or hide from a reader."""

from __future__ import annotations

import re

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
ELLIPSIS = "…"

# Colour sequences carry no meaning once they are inert, and test output is full of them: dropped whole.
# Everything else that is taken out leaves a visible mark, so that a reader knows something was there.
_COLOUR = re.compile(r"\x1b\[[0-9;:]{0,64}m")

# Ranges of characters that move the cursor, reorder text, or take no room on screen. Sources: Unicode's
# Default_Ignorable_Code_Point property, UAX #9 (bidi controls) and ECMA-48 (C0 and C1).
_HOSTILE_RANGES = (
    (0x00, 0x08), (0x0B, 0x1F), (0x7F, 0x9F), (0xAD, 0xAD), (0x034F, 0x034F), (0x061C, 0x061C),
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x200B, 0x200F), (0x2028, 0x202E),
    (0x2060, 0x206F), (0x3164, 0x3164), (0xD800, 0xDFFF), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF),
    (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xFFFE, 0xFFFF), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A),
    (0xE0000, 0xE0FFF),
)  # fmt: skip
_HOSTILE = re.compile("[" + "".join(f"\\U{low:08x}-\\U{high:08x}" for low, high in _HOSTILE_RANGES) + "]")
_EMOJI_STYLE = "\ufe0e\ufe0f"
_CONTROL_PICTURES = 0x2400


def is_hostile(character: str) -> bool:
    """Whether `clean` would take that one character out."""
    return _HOSTILE.fullmatch(character) is not None


def clean(text: str, *, limit: int = 0) -> str:
    """Text without controls, bidi marks, invisible characters and lone surrogates; `\\n` and `\\t` stay.

    limit: longest result in characters, cut with `…`; 0 for no limit. Linear in the length of `text`.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    if "\x1b" in text:
        text = _COLOUR.sub("", text)
    text = _HOSTILE.sub(_visible, text)
    return _cut(text, limit)


def clean_line(text: str, *, limit: int = 0) -> str:
    """`clean` on one line: every run of white space becomes one space."""
    return _cut(" ".join(clean(text).split()), limit)


def _visible(match: re.Match[str]) -> str:
    character = match.group()
    if character < " ":
        return chr(_CONTROL_PICTURES + ord(character))
    return "" if character in _EMOJI_STYLE else REPLACEMENT


def _cut(text: str, limit: int) -> str:
    if limit <= 0 or len(text) <= limit:
        return text
    return text[: limit - 1] + ELLIPSIS
