"""The error budget: what a burn rate is, and when it makes a case urgent."""

import pytest

from rootcase.core.config.settings import SloSettings
from rootcase.core.config.windows import hours_of
from rootcase.core.gate.slo import burn_of, of_rate
from rootcase.core.model.errors import ConfigError

HOUR = 3600
SLO = SloSettings(service="shop", target=99.9, window="30d", requests_per_day=24_000)
# 1,000 requests an hour allow one bad one; the workbook's limits are 14.4, 6 and 1 times that.


@pytest.mark.parametrize(
    ("trend", "urgency"),
    [
        ((0, 0, 0, 15), "page"),
        ((0, 0, 0, 14), ""),
        ((7, 7, 7, 7, 7, 7), "page"),
        ((20, 20, 20, 0, 0, 0), ""),
        ((0,) * 24, ""),
        ((2,) * 72, "ticket"),
    ],
)
def test_both_windows_have_to_burn(trend, urgency):
    assert burn_of(trend, HOUR, SLO).urgency == urgency


def test_the_words_say_how_fast_and_until_when():
    burn = burn_of((0, 0, 0, 30), HOUR, SLO)
    assert burn.rate == pytest.approx(30)
    assert (
        burn.words == "burns the error budget of 99.9% 30.0 times too fast over 1 h, all of it in 24.0 hours"
    )


def test_without_requests_nothing_can_be_said():
    assert burn_of((0, 0, 500), HOUR, SloSettings(service="shop")).words == ""


def test_more_errors_than_requests_are_all_requests():
    assert burn_of((0, 9000), HOUR, SLO).rate == pytest.approx(1000)


def test_a_shorter_window_is_burnt_sooner():
    week = SloSettings(service="shop", target=99.9, window="7d", requests_per_day=24_000)
    assert burn_of((0, 0, 0, 5), HOUR, week).urgency == "page"
    assert burn_of((0, 0, 0, 5), HOUR, SLO).urgency == ""


@pytest.mark.parametrize(("rate", "urgency"), [(15, "page"), (6.5, "page"), (2, "ticket"), (0.5, "")])
def test_a_rate_that_somebody_measured(rate, urgency):
    assert of_rate(rate).urgency == urgency


@pytest.mark.parametrize(("text", "hours"), [("30d", 720), ("4w", 672), ("24h", 24), ("30 days", 720)])
def test_windows(text, hours):
    assert hours_of(text) == hours


@pytest.mark.parametrize("text", ["", "soon", "0d", "-3d", "9" * 400 + "d"])
def test_a_window_that_is_none_is_refused(text):
    with pytest.raises(ConfigError):
        hours_of(text)
