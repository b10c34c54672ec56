"""What a new `except` around the failing line catches, and whether it does the work another way."""

from __future__ import annotations

import ast

from rootcase.core.review.handlers import caught, covers, may_cover


def takes(tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler, failing: str, error: str) -> bool:
    """Whether the clause catches the production error; around the very line that failed, also where it only may."""
    names = caught(handler.type)
    around = failing and squeezed(failing) in squeezed("\n".join(map(ast.unparse, tried.body)))
    return covers(names, error) or (bool(around) and may_cover(names, error))


def other_way(tried: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Whether the clause does the one step that failed again, given something else."""
    if len(tried.body) != 1 or len(handler.body) != 1:
        return False
    first, second = (
        {ast.dump(n.func) for n in ast.walk(step) if isinstance(n, ast.Call)}
        for step in (tried.body[0], handler.body[0])
    )
    return bool(first & second)


def squeezed(text: str) -> str:
    """Text without spaces and with one kind of quotes."""
    return "".join(text.split()).replace('"', "'")
