"""Loads litellm when first needed, silenced: it may not call home, read .env files or print."""

from __future__ import annotations

import asyncio
import importlib
import logging
import os
import warnings
from types import ModuleType

from rootcase.core.agent.prices import PER, UNKNOWN, Price

# Without the first, litellm fetches its price list at import; without the second, it loads the `.env`
# of the current folder, which may be a repository under triage.
SETTINGS = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION", "LITELLM_LOG": "ERROR"}
LOGGERS = ("LiteLLM", "LiteLLM Router", "LiteLLM Proxy")


async def load() -> ModuleType:
    """The library, imported in a thread the first time: that takes two seconds of work."""
    return await asyncio.to_thread(_load)


def _load() -> ModuleType:
    os.environ.update(SETTINGS)
    library = importlib.import_module("litellm")
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.handlers = [logging.NullHandler()]
        logger.propagate = False
    settings = {
        "suppress_debug_info": True, "drop_params": True, "telemetry": False,
        "disable_aiohttp_transport": True,  # its sessions complain on stderr when a run is stopped
    }  # fmt: skip
    # Local servers send shapes that pydantic remarks upon, on stderr, while everything works.
    warnings.filterwarnings("ignore", message="Pydantic serializer warnings", category=UserWarning)
    for name, value in settings.items():
        setattr(library, name, value)
    return library


def library_price(library: ModuleType, model: str) -> Price:
    """The price that litellm's own list gives for a model."""
    listed = library.model_cost
    entry = listed.get(model) or listed.get(model.partition("/")[2])
    if not isinstance(entry, dict):
        return UNKNOWN
    sent, said = (entry.get(f"{side}_cost_per_token") for side in ("input", "output"))
    if not isinstance(sent, int | float) or not isinstance(said, int | float):
        return UNKNOWN
    return Price(sent * PER, said * PER)
