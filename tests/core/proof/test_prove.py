"""What running code shows about a draft, on a real checkout with real tests."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rootcase.core.model.entries import ProofStarted, Proved
from rootcase.core.model.hunks import with_digest
from tests_of_proof import (  # type: ignore[import-not-found]
    BASE, CHECKOUT, GOOD, PRICING, REPRODUCTION, SUITE, TEST_ID, TEST_PATH, Desk,
)
