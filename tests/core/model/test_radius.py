"""Blast radius: shares of samples and sources, in words that never say more than is known."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.events import Event, Request
from rootcase.core.model.radius import FACETS, radius, radius_line, sampled_shares
from rootcase.core.model.signals import Share, Signal


def event(number: int, **more: object) -> Event:
    plain = Event(f"e{number}", release="2.14.0", environment="production", user=f"u{number % 2}", transaction="/pay",
                  request=Request("POST", "https://x/pay"), tags=(("tenant", "acme"), ("Region", "eu")))  # fmt: skip
    return replace(plain, **more)


def test_samples_are_counted_by_facet_with_their_users():
    shares = sampled_shares([event(1), event(2), event(3, release="2.13.4"), event(4, tags=())])
    told = {(s.facet, s.value): (s.events, s.users, s.sampled) for s in shares}
    assert told["release", "2.14.0"] == (3, 2, True) and told["release", "2.13.4"] == (1, 1, True)
    assert told["endpoint", "POST /pay"][0] == 4
    assert told["region", "eu"][0] == told["tenant", "acme"][0] == 3


def test_what_a_source_counts_wins_over_samples_facet_by_facet():
    counted = Signal(
        "sentry", "1", shares=(Share("release", "2.14.0", 900, 40), Share("release", "2.13.4", 100))
    )
    sampled = Signal(
        "files",
        "2",
        shares=(Share("release", "1.0", 5, sampled=True), Share("region", "eu", 5, sampled=True)),
    )
    slices = radius((sampled, counted))
    assert [(s.value, s.part, s.sampled) for s in slices if s.facet == "release"] == [
        ("2.14.0", 0.9, False), ("2.13.4", 0.1, False),
    ]  # fmt: skip
    assert [s.value for s in slices if s.facet == "region"] == ["eu"]


def test_the_line_says_release_environment_endpoint_and_users():
    shares = (
        Share("release", "2.14.0", 84), Share("release", "2.13.4", 16), Share("environment", "production", 100),
        Share("endpoint", "POST /checkout", 61), Share("endpoint", "GET /cart", 39),
    )  # fmt: skip
    assert radius_line(radius([Signal("s", "1", shares=shares)]), 41) == (
        "84% on 2.14.0, production; 61% POST /checkout; 41 users"
    )
    assert radius_line((), 41) == "", "users alone are no radius"


def test_almost_all_is_not_all_and_almost_none_is_not_none():
    shares = (Share("release", "a", 9999), Share("release", "b", 1))
    assert radius_line(radius([Signal("s", "1", shares=shares)])) == "99% on a"


VALUES = st.sampled_from(["", "a", "b", "c", "d", "e", "f", "g"])


@given(
    st.lists(st.builds(Event, st.uuids().map(str), release=VALUES, environment=VALUES, transaction=VALUES))
)
def test_parts_of_a_facet_never_add_up_to_more_than_all(events: list[Event]):
    slices = radius([], events)
    for facet in FACETS:
        parts = [item.part for item in slices if item.facet == facet]
        assert len(parts) <= 5 and parts == sorted(parts, reverse=True)
        assert not parts or abs(sum(parts) - 1) < 1e-9
