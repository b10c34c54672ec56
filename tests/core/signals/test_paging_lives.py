"""A sync that is killed after every single batch still reads everything, and ends."""

from __future__ import annotations

import pytest

from rootcase.core.config.settings import SourceSettings
from rootcase.core.signals.protocol import make_source
from tests.support import datadog_service, dynatrace_service, opsalerts_service, pagerduty_service
from tests.support.datadog_service import Datadog
from tests.support.dynatrace_service import Dynatrace
from tests.support.opsalerts_service import OpsAlerts
from tests.support.pagerduty_service import PagerDuty

TOKENS = {
    "PAGERDUTY_TOKEN": pagerduty_service.KEY,
    "OPSGENIE_API_KEY": opsalerts_service.KEY,
    "DYNATRACE_API_TOKEN": dynatrace_service.TOKEN,
    "DD_API_KEY": datadog_service.API_KEY,
    "DD_APP_KEY": datadog_service.APP_KEY,
}
MOST_LIVES = 40


@pytest.fixture(params=["pagerduty", "opsgenie", "dynatrace"])
def held(request, web, reply):
    """(settings, ids of what the service holds); more than two pages of it."""
    service = {"pagerduty": PagerDuty, "opsgenie": OpsAlerts, "dynatrace": Dynatrace}[request.param]().mount(
        web, reply
    )
    for number in range(1, 620 if request.param == "dynatrace" else 320):
        service.open(number, number)
    base = dynatrace_service.BASE if request.param == "dynatrace" else ""
    stored = {"pagerduty": "incidents", "opsgenie": "alerts", "dynatrace": "problems"}[request.param]
    return SourceSettings(kind=request.param, url=web.url + base), set(getattr(service, stored))


async def test_a_batch_in_every_life_reads_all(held):
    settings, ids = held
    cursor, found, lives = "", [], 0
    while set(found) != ids:
        source = make_source(settings, TOKENS)
        batches = source.list(cursor)
        batch = await anext(batches)
        await batches.aclose()
        await source.close()
        found += [signal.id for signal in batch.signals]
        cursor = batch.cursor
        lives += 1
        assert lives < MOST_LIVES, f"{len(ids - set(found))} were never read"
    assert len(found) < 1.4 * len(ids), "it goes on where it was"


async def test_datadog_begins_again_until_a_life_reads_all_of_it(web, reply):
    """Counts of an issue are whole only with all stretches of time, so the cursor stands until then."""
    service = Datadog().mount(web, reply)
    for number in range(1, 261):
        service.issue(number, number * 7)
    settings = SourceSettings(kind="datadog", url=web.url)
    for lived in (1, 3, 6, None):
        source = make_source(settings, TOKENS)
        found, cursor, seen = [], "", 0
        batches = source.list("")
        async for batch in batches:
            found, cursor, seen = [*found, *batch.signals], batch.cursor, seen + 1
            if seen == lived:
                break
        await batches.aclose()
        await source.close()
        assert bool(cursor) == (lived is None)
    assert {signal.id for signal in found} == set(service.issues) and len(found) == len(service.issues)
