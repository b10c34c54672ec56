"""Crashes as a source tells them: frames of a small shop, and the events that they make up."""

from rootcase.core.model.events import Event, ExceptionInfo, Frame


def frame(function, path, line, code, *, module=None, abs_path=None, in_app=True, variables=()):
    name = path.removesuffix(".py").replace("/", ".") if module is None else module
    full = f"/srv/shop/{path}" if abs_path is None else abs_path
    return Frame(function, name, path, full, line, 0, in_app, ((line, code),) if code else (), variables)


def crash(kind, value, *frames, before=(), **event):
    return Event("e", exceptions=(*before, ExceptionInfo(kind, value, frames=frames)), **event)


QUOTE = frame("quote", "app/quote.py", 41, "return total(prices_for(cart))")
PRICE = frame("price_for", "app/pricing.py", 88, 'return Money(amount, row["currency"])')
PRODUCTION = crash("KeyError", "'currency'", QUOTE, PRICE)
