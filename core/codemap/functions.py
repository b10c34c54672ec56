"""Functions around a line or by name, in a text of any language that has a grammar here."""

from __future__ import annotations

from rootcase.core.codemap.symbols import Symbol, symbols_of

Function = Symbol


def functions_of(text: str, path: str) -> tuple[Function, ...]:
    """All functions of a source in order; empty where its language has no grammar or it is too large."""
    return symbols_of(text, path).functions


def function_at(text: str, path: str, line: int, *, named: str = "") -> Function | None:
    """The innermost function around a line, the one of that name preferred; None at module level."""
    return symbols_of(text, path).at(line, named=named)


def function_named(text: str, path: str, name: str) -> Function | None:
    """The first function of that bare name."""
    return next((function for function in functions_of(text, path) if function.name == name), None)
