"""Money: held before a call, settled after; what was never settled counts in full."""

from __future__ import annotations

import math
import sqlite3
import uuid
from datetime import UTC, datetime
from decimal import ROUND_CEILING, Decimal

from rootcase.core.model.errors import BudgetExceeded, StoreError
from rootcase.core.model.ports import Reservation

NANO = 1_000_000_000
PRICE_HINT = "Name the model's prices under models.prices in config.yaml."
HINT = "Raise the cap with $ on the Draft screen, or budget in config.yaml."


def nano(usd: float) -> int:
    """Billionths of a dollar, rounded up, from the decimal that the float prints as."""
    return int((Decimal(repr(usd)) * NANO).to_integral_value(ROUND_CEILING))


def day_of(at_us: int) -> str:
    """The UTC day."""
    return datetime.fromtimestamp(at_us / 1e6, UTC).date().isoformat()


def reserve(
    connection: sqlite3.Connection,
    case: str,
    *,
    usd: float,
    tokens: int,
    case_cap_usd: float,
    day_cap_usd: float,
    token_cap: int,
    at_us: int,
) -> Reservation:
    """Hold a call's worst case. BudgetExceeded names the cap it would pass; a cap of exactly that sum is kept."""
    if not math.isfinite(usd) or usd < 0:
        raise BudgetExceeded(
            "The next call's price is not known", f"Its worst case came out as {usd}.", PRICE_HINT
        )
    settled, held, known_tokens = _of_case(connection, case)
    wanted = nano(usd)
    _within(settled + held, held, wanted, case_cap_usd, f"for {case}")
    today = _of_day(connection, day_of(at_us))
    _within(today, 0, wanted, day_cap_usd, "for today")
    if known_tokens + tokens > token_cap:
        raise BudgetExceeded(
            f"The cap of {token_cap:,} tokens for {case} is reached",
            f"{known_tokens:,} used or held; the next call may take {tokens:,}.",
            HINT,
        )
    reservation = Reservation(uuid.uuid4().hex, usd, tokens)
    connection.execute(
        "INSERT INTO spend VALUES (?, ?, ?, 0, ?, ?)", (reservation.id, case, day_of(at_us), wanted, tokens)
    )
    return reservation


def _within(used: int, held: int, wanted: int, cap_usd: float, whose: str) -> None:
    if cap_usd == math.inf or used + wanted <= nano(cap_usd):
        return
    parts = (
        f"${used / NANO:.2f} spent"
        if not held
        else f"${(used - held) / NANO:.2f} spent, ${held / NANO:.2f} held"
    )
    raise BudgetExceeded(
        f"The cap of ${cap_usd:.2f} {whose} is reached",
        f"{parts}; the next call may cost ${wanted / NANO:.4f}.",
        HINT,
    )


def settle(connection: sqlite3.Connection, reservation: Reservation, *, usd: float, tokens: int) -> None:
    """What the call really took. The first settlement stands, so settling again after a crash is harmless."""
    changed = connection.execute(
        "UPDATE spend SET settled = 1, nano_usd = ?, tokens = ? WHERE id = ? AND settled = 0",
        (nano(usd), tokens, reservation.id),
    )
    if (
        not changed.rowcount
        and not connection.execute("SELECT 1 FROM spend WHERE id = ?", (reservation.id,)).fetchone()
    ):
        raise StoreError(
            "A model call cannot be settled",
            f"No reservation {reservation.id}.",
            "It was made in another store.",
        )


def of_case(connection: sqlite3.Connection, case: str) -> tuple[float, float, int]:
    """(settled dollars, held dollars, tokens of both)."""
    settled, held, tokens = _of_case(connection, case)
    return settled / NANO, held / NANO, tokens


def of_day(connection: sqlite3.Connection, at_us: int) -> float:
    """Dollars of the UTC day, what is held included."""
    return _of_day(connection, day_of(at_us)) / NANO


def _of_case(connection: sqlite3.Connection, case: str) -> tuple[int, int, int]:
    found = connection.execute(
        "SELECT COALESCE(SUM(CASE WHEN settled THEN nano_usd END), 0),"
        " COALESCE(SUM(CASE WHEN settled THEN 0 ELSE nano_usd END), 0), COALESCE(SUM(tokens), 0)"
        " FROM spend WHERE journal = ?",
        (case,),
    ).fetchone()
    return int(found[0]), int(found[1]), int(found[2])


def _of_day(connection: sqlite3.Connection, day: str) -> int:
    found = connection.execute(
        "SELECT COALESCE(SUM(nano_usd), 0) FROM spend WHERE day = ?", (day,)
    ).fetchone()
    return int(found[0])
