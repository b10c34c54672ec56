"""The story of one case, which the screens' pictures tell too."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rootcase.core.journal.fold import fold
from rootcase.core.model.case import Case
from tests.support import story


@pytest.fixture(scope="session")
def story_at() -> Callable[[str], Case]:
    """The case up to a step of the story."""
    return lambda step: fold(story.entries(story.STEPS[step]()))
