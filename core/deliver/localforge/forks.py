"""Forks at the local forge: asked for now, there a moment later, as at GitHub."""

from __future__ import annotations

import re

from rootcase.core.deliver.localforge.asked import Asked, Refuse, Reply
from rootcase.core.deliver.localforge.bare import Bare
from rootcase.core.deliver.localforge.github import Route
from rootcase.core.deliver.localforge.shapes import Shapes


class ForkRoutes:
    """delay: how many times it is asked for before it is there. taken: owners who have something else of that name."""

    def __init__(
        self, bare: Bare, shapes: Shapes, *, delay: int = 0, taken: frozenset[str] = frozenset()
    ) -> None:
        self.bare = bare
        self.shapes = shapes
        self.delay = delay
        self.taken = taken
        self.waits: dict[str, int] = {}
        name = re.escape(shapes.project.partition("/")[2])
        self.routes: list[tuple[str, re.Pattern[str], Route]] = [
            ("POST", re.compile(f"^/repos/{re.escape(shapes.project)}/forks$"), self.fork),
            ("GET", re.compile(f"^/repos/(?P<owner>[^/]+)/{name}$"), self.read),
        ]

    def fork(self, asked: Asked, match: re.Match[str]) -> Reply:
        self.waits.setdefault(asked.login, self.delay)
        return Reply(202, self.shapes.fork(asked.login))

    def read(self, asked: Asked, match: re.Match[str]) -> Reply:
        owner = match["owner"]
        if owner in self.taken:
            return Reply(200, self.shapes.repository(f"{owner}/{self.shapes.project.partition('/')[2]}"))
        there = self.bare.forked(owner)
        if owner in self.waits and not there.path.exists():
            self.waits[owner] -= 1
            if self.waits[owner] < 0:
                self.bare.copy_to(there)
        if not there.path.exists():
            raise Refuse(404, "Not Found")
        return Reply(200, self.shapes.fork(owner))
