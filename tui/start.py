"""Start the screen over a configuration; ends with the exit code."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Mapping

from rootcase.core.config.load import Loaded

# Textual looks at most this often whether something has to be painted; its default of 60 costs up to
# 17 ms between key and paint.
FRAMES_PER_S = "240"
# Collections of everything happen where a screen was closed; by themselves only after so many smaller ones.
SELDOM = 200


def start(loaded: Loaded, environment: Mapping[str, str], *, case: str = "", name: str = "") -> int:
    """Run the screen until it is left. case: key of the case to open at once; name: one to fetch first."""
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_S)
    os.environ.setdefault("ESCDELAY", "25")
    os.environ["TEXTUAL_ANIMATIONS"] = "none"
    log_to_file(loaded)
    from rootcase.tui.app import RootcaseApp

    app = RootcaseApp(loaded, environment, case=case, name=name)
    # What is there once all screens are imported stays for good: looking through it again and again for
    # garbage costs 20 ms at a time, in the middle of a key.
    app.when_settled = freeze
    app.when_at_rest = collect
    return app.run() or 0


def freeze() -> None:
    """Leave all that exists out of later garbage collections, which begin only now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(700, 10, SELDOM)
    gc.enable()


def collect() -> None:
    """Look for garbage now, where it holds up no key: a closed screen leaves most of what there is."""
    gc.collect()


def log_to_file(loaded: Loaded) -> None:
    """Nothing may be written to the terminal under the screen; warnings go to a file."""
    folder = loaded.folders.logs
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = logging.getLogger()
    handler = logging.FileHandler(folder / "screen.log", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
