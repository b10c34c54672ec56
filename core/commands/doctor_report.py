"""What `rootcase doctor` reports, as it is printed and published (rootcase.doctor/1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from rootcase.core.config.load import Origin

SCHEMA: Literal["rootcase.doctor/1"] = "rootcase.doctor/1"
State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Check:
    """state: ok, warn (works, but less) or fail. hint: what to do."""

    area: str
    name: str
    state: State
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """One source, asked with its real token. took_s: seconds until it had answered.

    account: whose token it is. scopes, missing: what the token may do and lacks; without: what will not work,
    one sentence per missing scope. skew_s: this machine's clock ahead of the service's. rate_left: calls left in
    the present window, null where the service does not say. paused_us: microseconds since 1970 until which
    syncs leave it alone, 0 where they do not, and pause: why. fault: why it could not be asked.
    """

    source: str
    kind: str
    reachable: bool = False
    took_s: float = 0.0
    token: str = ""
    account: str = ""
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    skew_s: float = 0.0
    rate_left: int | None = None
    version: str = ""
    notes: tuple[str, ...] = ()
    paused_us: int = 0
    pause: str = ""
    fault: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class ModelReport:
    """One configured model. roles: what it speaks for. price_known: dollars can be counted before a call.

    probed: it was asked just now; tools, streaming: what that showed, null where it was not asked.
    """

    model: str
    roles: tuple[str, ...]
    price_known: bool
    input_usd: float = 0.0
    output_usd: float = 0.0
    probed: bool = False
    tools: bool | None = None
    streaming: bool | None = None
    cost_usd: float = 0.0
    took_s: float = 0.0
    fault: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """ok: no check failed. origins: every setting with where its value comes from."""

    schema: Literal["rootcase.doctor/1"]
    ok: bool
    checks: tuple[Check, ...]
    sources: tuple[SourceReport, ...]
    models: tuple[ModelReport, ...]
    origins: tuple[Origin, ...]
