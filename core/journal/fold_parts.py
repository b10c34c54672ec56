"""How the parts of the fold name what they listen to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

# A part's functions each take their own body class; the dispatch by type(body) makes that sound, and
# Callable's parameters cannot say so without Any.
Table = Mapping[type, Callable[[Any, Any], None]]
