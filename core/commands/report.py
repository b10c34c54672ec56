"""`rootcase report CASE`: the same facts as `show`, in the format that was asked for."""

from __future__ import annotations

from rootcase.core.commands.show import main

__all__ = ["main"]
