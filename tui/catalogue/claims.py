"""Commands on claims: one key each, in the Case and on the Draft."""

from __future__ import annotations

from rootcase.tui.catalogue.command import Command, Context, ScreenName

WITH_CLAIMS: tuple[ScreenName, ...] = ("case", "draft")


def no_claim(context: Context) -> str:
    """Why no claim can be marked now."""
    case = context.case
    if case is None or not case.claims:
        return "no claim yet"
    return "" if "claim" in context.facts else "no claim is selected; j and k go to one"


COMMANDS = (
    Command("claim.right", ("Y",), "claim right", WITH_CLAIMS, "mark_right", "this claim is right", no_claim),
    Command("claim.wrong", ("W",), "claim wrong", WITH_CLAIMS, "mark_wrong", "this claim is wrong, and why", no_claim),
    Command("claim.pin", ("C",), "pin the cause", WITH_CLAIMS, "pin",
            "this claim is the cause; without one, type it"),
)  # fmt: skip
