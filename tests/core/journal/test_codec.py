"""Bodies survive their text; the hash notices every change."""

from __future__ import annotations

import math
from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rootcase.core.journal.codec import chain_hash, decode, encode, stamped
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.entries import (
    BODY_TYPES,
    DraftWritten,
    Faulted,
    ModelCalled,
    Proved,
    Steered,
    Unknown,
)
from rootcase.core.model.errors import StoreError
from rootcase.core.model.proofs import ProofResult

WHO = {"case": "C-1", "seq": 1, "at_us": 5, "actor": "human:a", "trace": "", "epoch": 0, "prev": ""}


st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
BODIES = st.sampled_from(sorted(BODY_TYPES)).flatmap(lambda kind: st.from_type(BODY_TYPES[kind]))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(BODIES)
def test_every_body_decodes_to_itself_and_its_text_is_stable(body):
    kind, text = encode(body)
    assert decode(kind, text) == body
    assert encode(decode(kind, text)) == (kind, text)


def test_an_unknown_kind_keeps_its_text_to_the_byte():
    text = '{ "b":1,\t"a": [ 2 ] }'
    body = decode("dreamed", text)
    assert body == Unknown("dreamed", text)
    assert encode(body) == ("dreamed", text)


def test_a_known_kind_in_an_unknown_shape_is_kept_too():
    text = '{"text":["not", "a string"]}'
    assert decode("steered", text) == Unknown("steered", text)


def test_a_value_that_no_reader_could_decode_is_refused_loudly():
    with pytest.raises(StoreError, match="model_called cannot be kept"):
        stamped(ModelCalled("plan", "fast", "m", "r", 1, 1, math.inf), **WHO)


def test_text_from_before_a_field_was_added_gets_its_default():
    assert decode("faulted", '{"stage":"map","title":"shallow"}') == Faulted("map", "shallow")


def test_half_a_surrogate_pair_is_kept_as_a_replacement_character():
    body = DraftWritten(1, (Hunk("h1", "a.py", 1, (), ("x\ud800y\n", "😀\n")),))
    kind, text = encode(body)
    assert decode(kind, text).hunks[0].new == ("x\ufffdy\n", "😀\n")


@given(
    st.sampled_from([f.name for f in fields(Proved(ProofResult("red", 1, "d", "t", "ok", "s")).result)][:6])
)
def test_the_hash_covers_the_body(name):
    result = ProofResult("red", 1, "d", "t", "ok", "s")
    changed = {"draft": 2, "step": "green", "outcome": "failed"}.get(name, "other")
    first, _ = stamped(Proved(result), **WHO)
    second, _ = stamped(Proved(replace(result, **{name: changed})), **WHO)
    assert first.hash != second.hash


parts = st.fixed_dictionaries(
    {
        "case": st.text(max_size=3), "seq": st.integers(0, 12), "at_us": st.integers(0, 12),
        "actor": st.text(max_size=3),
        "kind": st.text(max_size=3), "text": st.text(max_size=3), "trace": st.text(max_size=3),
        "epoch": st.integers(0, 12), "prev": st.text(max_size=3),
    }
)  # fmt: skip


@given(parts, parts)
def test_no_two_entries_share_a_hash(one, other):
    assert (chain_hash(**one) == chain_hash(**other)) == (one == other)


def test_text_cannot_move_from_one_part_to_the_next():
    moved = chain_hash(**{**WHO, "actor": "human:"}, kind="asteered", text="{}")
    assert chain_hash(**WHO, kind="steered", text="{}") != moved


def test_each_entry_names_the_one_before():
    first, text = stamped(Steered("a"), **WHO)
    second, _ = stamped(Steered("a"), **{**WHO, "seq": 2, "prev": first.hash})
    assert text == '{"text":"a"}'
    assert (second.prev, second.hash != first.hash) == (first.hash, True)
