"""The tools that end a phase: done, give up, the plan, no fix, the explanation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from msgspec import Meta

NoFixKind = Literal[
    "configuration", "data", "capacity", "upstream", "not_our_code", "product_decision", "not_enough_evidence"
]


@dataclass(frozen=True, slots=True)
class Done:
    summary: Annotated[str, Meta(description="one or two sentences: what you found or did")]


@dataclass(frozen=True, slots=True)
class GiveUp:
    reason: Annotated[str, Meta(description="why it cannot be done, with what you tried")]


@dataclass(frozen=True, slots=True)
class Plan:
    summary: Annotated[str, Meta(description="the change in one or two sentences")]
    cause: Annotated[str, Meta(description="the cause it removes, in one sentence")]
    files: Annotated[tuple[str, ...], Meta(description="the files to change, besides the test; they exist")]
    test_file: Annotated[str, Meta(description="where the reproduction test goes; may be new")]
    risk: Annotated[str, Meta(description="what could go wrong with this change")] = ""
    rollback: Annotated[str, Meta(description="how to take it back, data included")] = ""
    claims: Annotated[
        tuple[str, ...], Meta(description="ids of the claims that show this cause, such as k1")
    ] = ()


@dataclass(frozen=True, slots=True)
class NoFix:
    kind: NoFixKind
    reason: Annotated[str, Meta(description="why no change to this code is right, and who or what can help")]
    needs: Annotated[
        tuple[str, ...],
        Meta(description="where evidence is missing: each look-up that would settle it, the next one first"),
    ] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    hunk: Annotated[str, Meta(description="hunk id such as h1")]
    text: Annotated[str, Meta(description="what it does and why it is needed, one sentence")]


@dataclass(frozen=True, slots=True)
class Explain:
    title: Annotated[str, Meta(description="title of the pull request, at most 70 characters, verb first")]
    explanation: Annotated[
        str, Meta(description="plain English, two to six sentences: cause, change, effect")
    ]
    sentences: tuple[Sentence, ...]
    risk: Annotated[str, Meta(description="what could be wrong with this change, honestly")]
