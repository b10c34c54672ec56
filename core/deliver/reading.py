"""How the answers of forges and trackers are read: decoded at the edge, page by page, refusals in their own words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import msgspec

from rootcase.core.deliver.rest import Answer, RestClient
from rootcase.core.model.errors import ConfigError, DeliveryError, RateLimited, RootcaseError
from rootcase.core.safety.text import clean_line

T = TypeVar("T")
PAGES = 3
BRANCH_PAGES = 10


@dataclass(frozen=True)
class Reading:
    """words: what an answer says against a request; address: what to check where one is no JSON at all; missing: and
    where the project is not there. name: who refuses.
    """

    client: RestClient
    project: str
    words: Callable[[Answer], str]
    address: str
    missing: str = "Check forge_project, and that the token may see the project."
    name: str = "The forge"

    async def get(
        self, path: str, shape: type[T], parameters: Mapping[str, str] | None = None, *, status: int = 200
    ) -> T:
        return self.decoded(await self.client.get(path, parameters), shape, status=status)

    async def pages(self, path: str, parameters: Mapping[str, str], shape: type[T], most: int) -> list[T]:
        """Pages by number (GitLab) or by the Link header."""
        items: list[T] = []
        answer = await self.client.get(path, parameters)
        for _ in range(most):
            items.extend(self.decoded(answer, list[shape]))  # type: ignore[valid-type]
            following = next_page(answer)
            if not following:
                break
            by_number = following.isdigit()
            answer = await self.client.get(
                path if by_number else following, {**parameters, "page": following} if by_number else None
            )
        return items

    def decoded(self, answer: Answer, shape: type[T], *, status: int = 200) -> T:
        """The body of an answer of that status as that shape. DeliveryError where it is none."""
        self.expect(answer, status)
        return body_of(answer, shape, self.name, self.address)

    def expect(self, answer: Answer, status: int) -> Answer:
        """The answer where it has that status, DeliveryError with its own words otherwise."""
        if answer.status == status:
            return answer
        words = self.words(answer)
        if answer.status == 404:
            raise DeliveryError(
                f"{self.project} is not there, or not for this token", words, self.missing
            )  # fmt: skip
        raise DeliveryError(
            f"{self.name} refused it: {answer.status}", words, "Change what it names, then send again."
        )


def body_of(answer: Answer, shape: type[T], name: str, hint: str) -> T:
    """The answer's body as that shape; DeliveryError where it is none, such as a sign-in page."""
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        told = clean_line(f"{answer.status} {answer.url}: {fault}", limit=300)
        raise DeliveryError(f"{name}'s answer cannot be read", told, hint) from None


async def tried(unread: list[str], what: str, asked: Awaitable[list[T]]) -> list[T]:
    """What was asked for; where it cannot be had, nothing, and its name in `unread`. A limit is raised on."""
    try:
        return await asked
    except RateLimited:
        raise
    except RootcaseError as fault:
        unread.append(f"{what}: {fault.title}")
        return []


def next_page(answer: Answer) -> str:
    """The number or address of the next page, "" on the last."""
    return answer.headers.get("x-next-page", "").strip() or answer.next_page()


def moment_us(value: str | None) -> int:
    """Microseconds since 1970 of ISO 8601 text, 0 where there is none."""
    if not value:
        return 0
    try:
        return round(datetime.fromisoformat(value).timestamp() * 1_000_000)
    except ValueError:
        return 0


def no_token(name: str, what: str, variable: str) -> ConfigError:
    """The fault of a forge without its token. what: what needs one."""
    return ConfigError(
        f"No token for {name}", f"{what} need one.",
        f"Set the variable that forge_token_env names ({variable}), in the shell that starts Rootcase.",
    )  # fmt: skip


def no_fork(name: str, project: str) -> DeliveryError:
    """The fault of something that has the name a fork would have."""
    return DeliveryError(
        f"{name} is no fork of {project}", "Something else has that name.",
        "Fork it by hand, add the fork as a remote of your checkout, and name that remote in config.yaml.",
    )  # fmt: skip
