"""What a model's tokens cost: the user's own prices first, then what the model library knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars per million tokens; known is False where nobody says, and both are 0."""

    input_usd: float = 0.0
    output_usd: float = 0.0
    known: bool = True

    def cost(self, input_tokens: int, output_tokens: int) -> float:
        return (input_tokens * self.input_usd + output_tokens * self.output_usd) / PER


UNKNOWN = Price(known=False)


def own_price(model: str, prices: Mapping[str, tuple[float, float]]) -> Price | None:
    """The configured price of a model, by its full name or the part behind the provider."""
    found = prices.get(model) or prices.get(model.partition("/")[2])
    return Price(*found) if found else None


def rough_tokens(text: str) -> int:
    """About how many tokens a text has, where no tokenizer is at hand: four characters each."""
    return (len(text) + 3) // 4
