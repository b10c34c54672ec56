"""Raises the bugs for real: releases written to disk, imported, called through entry points, caught by sentry-sdk."""

# ruff: noqa: E501 - traces and tables read better in one line

from __future__ import annotations

import importlib
import json
import random
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sentry_sdk
from sentry_sdk.envelope import Envelope
from sentry_sdk.transport import Transport

from bench.clusters.shop import BUGS, MODULES, RENAMED

RELEASES = ("2.0.1", "2.1.0", "2.2.0")
DEPLOYED = "/srv/checkout"
WORDS = ("amber", "basil", "cedar", "delta", "ember", "fjord", "grove", "haven", "inlet", "jasper")
CITIES = ("Malmö", "New York", "Old Sarum", "Porto", "Lima", "Kyoto", "São Paulo")
LAYERS = ("views", "tasks", "cli")


@dataclass(frozen=True, slots=True)
class Raised:
    """payload: as the SDK sends it. text: the traceback as Python prints it."""

    bug: str
    release: str
    payload: dict[str, object]
    text: str


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self, caught: list[dict[str, object]]) -> None:
        super().__init__()
        self._caught = caught

    def capture_envelope(self, envelope: Envelope) -> None:
        event = envelope.get_event()
        if event:
            self._caught.append(json.loads(json.dumps(event, default=str)))


def write_release(folder: Path, number: int, dice: random.Random) -> None:
    """Modules of one release: other lines above the same functions, some functions renamed in the last."""
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "__init__.py").write_text("")
    for name, source in MODULES.items():
        above = "\n".join(f"SETTING_{n} = {dice.randrange(99)}" for n in range(number * 3))
        text = source.replace("{R}", above).replace("{L}", f"step = {number}" if number else "pass")
        if number == len(RELEASES) - 1:
            for old, new in RENAMED.items():
                text = re.sub(rf"\b{old}\b", new, text)
        (folder / name).write_text(text)
    for layer in LAYERS:
        (folder / f"{layer}.py").write_text(_layer(layer, number))


def _layer(layer: str, number: int) -> str:
    """Entry points: a function for each bug and call."""
    lines = ["from shop import orders, pricing, remote, reports, stock, store", ""]
    for bug, calls in BUGS.items():
        for n, call in enumerate(calls):
            if number == len(RELEASES) - 1:
                for old, new in RENAMED.items():
                    call = re.sub(rf"\b{old}\b", new, call)
            name = f"{bug.replace('-', '_')}_{n}"
            lines += [f"def {layer}_{name}(v):", f"    return {call}", ""]
    return "\n".join(lines)


def raised(folder: Path, seed: int, times: int) -> Iterator[Raised]:
    """Each bug `times` times over releases, entry points and values."""
    dice = random.Random(seed)
    caught: list[dict[str, object]] = []

    for number, release in enumerate(RELEASES):
        place = folder / f"r{number}"
        write_release(place, number, dice)
        sys.path.insert(0, str(place))
        try:
            layers = _imported()
            sentry_sdk.init(
                dsn="http://key@127.0.0.1:9/1", transport=Kept(caught), release=release, project_root=str(place),
                default_integrations=False, send_default_pii=False,
            )  # fmt: skip
            for bug, calls in BUGS.items():
                for _ in range(times // len(RELEASES)):
                    layer = dice.choice(LAYERS)
                    name = f"{layer}_{bug.replace('-', '_')}_{dice.randrange(len(calls))}"
                    text = _raise(getattr(layers[layer], name), _values(dice))
                    payload = json.loads(json.dumps(caught.pop()).replace(str(place), DEPLOYED))
                    yield Raised(bug, release, payload, text.replace(str(place), DEPLOYED))
        finally:
            sys.path.remove(str(place))


def _imported() -> dict[str, object]:
    for name in [name for name in sys.modules if name.split(".")[0] in ("shop", *LAYERS)]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return {layer: importlib.import_module(layer) for layer in LAYERS}


def _raise(function: object, values: dict[str, object]) -> str:
    """Calls and keeps the error current, so that the SDK finds it; returns the traceback."""
    try:
        function(values)  # type: ignore[operator]
    except Exception as error:  # noqa: BLE001
        trace = error.__traceback__
        # The bench's own frame is no part of the service.
        error.__traceback__ = trace.tb_next if trace else None
        sentry_sdk.capture_exception(error)
        return "".join(traceback.format_exception(error))
    raise RuntimeError("a bug of the bench did not raise")


def _values(dice: random.Random) -> dict[str, object]:
    loop: dict[str, object] = {}
    loop["parent"] = loop
    return {
        "n": dice.randrange(1, 90_000), "amount": str(dice.randrange(100)), "region": dice.choice(("SE", "IT", "PL", "US")),
        "word": dice.choice(WORDS) + dice.choice(("", "-7", " 12")), "city": dice.choice(CITIES),
        "sku": f"{dice.choice('ABC')}-{dice.randrange(99)}", "loop": loop,
    }  # fmt: skip
