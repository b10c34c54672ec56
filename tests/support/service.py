"""A service that remembers what was written to it, mounted on the loopback server of the signals' tests."""

from __future__ import annotations

import json
from typing import Any

Said = tuple[int, Any, dict[str, str]]


class Service:
    """Answers every request of a `web`. A child says what it answers; its state is plain lists and dicts."""

    def mount(self, web: Any, reply: Any) -> Service:
        self.web = web
        self._reply = reply
        web.routes = self
        return self

    def get(self, _: tuple[str, str]) -> Any:
        """The route for any method and path, as `Web` asks for it."""
        return self._route

    def _route(self, asked: Any) -> Any:
        status, body, headers = self.answer(asked)
        if status == 204:
            return self._reply(b"", status, headers)
        return self._reply(body, status, headers)

    def answer(self, asked: Any) -> Said:
        raise NotImplementedError

    def sent(self, method: str, ending: str) -> list[Any]:
        """Bodies of the requests of that method whose path ends so."""
        return [
            body_of(each) for each in self.web.asked if each.method == method and each.path.endswith(ending)
        ]


def body_of(asked: Any) -> Any:
    return json.loads(asked.body) if asked.body else None


def one(asked: Any, name: str, default: str = "") -> str:
    return next(iter(asked.all(name)), default)
