"""The sources to read: those of the configuration, and captured crashes where there are any."""

from __future__ import annotations

from rootcase.core.config.load import Loaded
from rootcase.core.config.settings import SourceSettings
from rootcase.core.model.errors import UsageError

CAPTURES = "captures"


def configured(loaded: Loaded, only: str = "") -> tuple[SourceSettings, ...]:
    """The sources to read, captured crashes included; UsageError where `only` names none of them."""
    captures = loaded.folders.state / CAPTURES
    sources = loaded.settings.sources
    if captures.is_dir():
        sources = (*sources, SourceSettings(kind="files", name="capture", path=str(captures)))
    if only:
        sources = tuple(s for s in sources if s.label == only)
        if not sources:
            raise UsageError(f"No source is called {only}", "", "rootcase doctor lists them.")
    return sources
