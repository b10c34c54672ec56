"""The HTTP side of the local forge: tokens, JSON in and out, and the faults that tests ask for."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec

from rootcase.core.deliver.localforge.asked import Asked, Refuse, Reply
from rootcase.core.deliver.localforge.bare import Bare
from rootcase.core.deliver.localforge.book import Book, markdown
from rootcase.core.deliver.localforge.forks import ForkRoutes
from rootcase.core.deliver.localforge.github import GitHubRoutes
from rootcase.core.deliver.localforge.reviews import ReviewRoutes
from rootcase.core.deliver.localforge.shapes import Json, Shapes
from rootcase.core.deliver.localforge.source import SourceRoutes

LARGEST_BODY = 4 * 1024 * 1024


class ForgeServer(ThreadingHTTPServer):
    """One repository's forge.

    faults: `lose-answer:PATH-END` makes the write and then hangs up, once; `no-drafts`; `limit:N` answers the
    first N requests with a secondary rate limit; `no-push`: the token may not push; `slow-fork:N`: a fork is there
    when it is asked for the N+1st time; `taken:OWNER` has another project of that name; `stranger:NAME` cannot be
    asked for review; `require:CHECK`: the base branch demands it; `writer:NAME` may push too. A token `as-NAME` is
    that person's.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        folder: Path,
        git: Path,
        project: str,
        *,
        port: int = 0,
        login: str = "dana",
        faults: tuple[str, ...] = (),
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.lock = threading.Lock()
        self.asked_at = time.monotonic()
        self.book = Book(folder)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        bare = Bare(git)
        self.shapes = Shapes(self.url, project, bare)
        self.login = login

        def named(kind: str) -> list[str]:
            return [value for name, _, value in (f.partition(":") for f in faults) if name == kind]

        github = GitHubRoutes(
            self.book, bare, self.shapes, drafts="no-drafts" not in faults, push="no-push" not in faults,
            strangers=frozenset(named("stranger")),
        )  # fmt: skip
        delay = sum(int(number) for number in named("slow-fork"))
        forks = ForkRoutes(bare, self.shapes, delay=delay, taken=frozenset(named("taken")))
        reviews = ReviewRoutes(
            self.book, self.shapes, required=named("require"), writers=frozenset([login, *named("writer")])
        )
        source = SourceRoutes(self.book, login=login)
        self.routes = [*github.routes, *reviews.routes, *forks.routes, *source.routes]
        self.losing = Counter(f.partition(":")[2] for f in faults if f.startswith("lose-answer:"))
        self.limited = sum(int(f.partition(":")[2]) for f in faults if f.startswith("limit:"))

    def answer(self, asked: Asked, token: str) -> Reply:
        """The reply to one request; writes happen one at a time."""
        with self.lock:
            self.asked_at = time.monotonic()
            page = self._page(asked)
            if page is not None:
                return page
            if self.limited > 0:
                self.limited -= 1
                limit: Json = {"message": "You have exceeded a secondary rate limit."}
                return Reply(403, limit, {"Retry-After": "7"})
            if not token:
                return Refuse(401, "Requires authentication").reply
            asked = replace(asked, login=token.removeprefix("as-") if token.startswith("as-") else self.login)
            for method, pattern, route in self.routes:
                match = pattern.match(asked.path)
                if match is not None and method == asked.method:
                    return route(asked, match)
            return Refuse(404, "Not Found").reply

    def loses(self, asked: Asked) -> bool:
        """Whether this answer is to be lost on the way, after the write."""
        for end in self.losing:
            if asked.method in ("POST", "PATCH") and asked.path.endswith(end) and self.losing[end] > 0:
                self.losing[end] -= 1
                return True
        return False

    def _page(self, asked: Asked) -> Reply | None:
        """The text of a pull request or issue at the address a person opens."""
        for item in self.book.items.values():
            if asked.method == "GET" and asked.path == urlsplit(self.shapes.address(item)).path:
                return Reply(200, None, text=markdown(item))
        return None


class Handler(BaseHTTPRequestHandler):
    server: ForgeServer
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Silent: the process writes nothing but its address."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        size = min(int(self.headers.get("Content-Length") or 0), LARGEST_BODY)
        raw = self.rfile.read(size) if size else b""
        try:
            body: Json = msgspec.json.decode(raw) if raw else None
            asked = Asked(self.command, unquote(parts.path), dict(parse_qsl(parts.query)), body)
            token = self.headers.get("Authorization", "").partition(" ")[2].strip()
            reply = self.server.answer(asked, token)
        except msgspec.DecodeError:
            reply = Refuse(400, "Problems parsing JSON").reply
        except Refuse as refusal:
            reply = refusal.reply
        else:
            if self.server.loses(asked):
                self.close_connection = True
                return
        self._send(reply)

    def _send(self, reply: Reply) -> None:
        data = reply.text.encode() if reply.text else msgspec.json.encode(reply.body)
        self.send_response(reply.status)
        kind = "text/plain; charset=utf-8" if reply.text else "application/json; charset=utf-8"
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _handle
