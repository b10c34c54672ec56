"""GitLab's "merge when all checks pass". https://docs.gitlab.com/api/merge_requests/#merge-a-merge-request"""

from __future__ import annotations

import asyncio
from urllib.parse import quote, urlsplit

import msgspec

from rootcase.core.deliver.destination import LOOPBACK, Destination
from rootcase.core.deliver.gitlab import ADDRESS
from rootcase.core.deliver.gitlab_shapes import refusal
from rootcase.core.deliver.merging import BY_HAND, Mergeable
from rootcase.core.deliver.reading import Reading
from rootcase.core.deliver.rest import Answer, RestClient
from rootcase.core.model.errors import DeliveryError

STATES = {"opened": "open", "closed": "closed", "merged": "merged", "locked": "locked"}
# A merge request that was just opened answers 405 until GitLab has prepared it.
TRIES = 5
PAUSE_S = 3.0


class Asked(msgspec.Struct):
    sha: str = ""
    state: str = "opened"
    draft: bool = False
    merge_when_pipeline_succeeds: bool | None = False


class Approvals(msgspec.Struct):
    approvals_required: int | None = None
    approvals_left: int | None = None


class GitLabMerge:
    """The `Merger` port for GitLab. project: its path with all groups."""

    def __init__(self, project: str, client: RestClient, *, pause_s: float = PAUSE_S) -> None:
        self._project = quote(project, safe="")
        self._client = client
        self._read = Reading(client, project, refusal, ADDRESS)
        self._pause_s = pause_s

    async def close(self) -> None:
        await self._client.close()

    async def look(self, number: int) -> Mergeable:
        """A plan without approval rules demands none, which is what `demanded` then says."""
        there = self._read.decoded(self._expect(await self._client.get(self._path(number))), Asked)
        answer = await self._client.get(f"{self._path(number)}/approvals")
        rules = self._read.decoded(self._expect(answer), Approvals)
        demanded = rules.approvals_required or 0
        return Mergeable(
            number, there.sha, STATES.get(there.state, there.state), there.draft,
            bool(there.merge_when_pipeline_succeeds), demanded, demanded > 0 and rules.approvals_left == 0,
        )  # fmt: skip

    async def ask(self, there: Mergeable) -> None:
        """Both names of the wish are sent: 17.11 renamed it, and older servers know the other one alone."""
        fields = {"auto_merge": True, "merge_when_pipeline_succeeds": True, "sha": there.head}
        body = msgspec.json.encode(fields)
        for attempt in range(TRIES):
            answer = await self._client.put(f"{self._path(there.number)}/merge", body)
            if answer.status != 405 or attempt == TRIES - 1:
                break
            await asyncio.sleep(self._pause_s)
        self._expect(answer)

    async def withdraw(self, there: Mergeable) -> None:
        path = f"{self._path(there.number)}/cancel_merge_when_pipeline_succeeds"
        answer = await self._client.post(path, b"{}")
        if answer.status not in (200, 201):
            self._expect(answer)

    def _path(self, number: int) -> str:
        return f"projects/{self._project}/merge_requests/{number}"

    def _expect(self, answer: Answer) -> Answer:
        if answer.status != 200:
            raise DeliveryError(f"GitLab refused it: {answer.status}", refusal(answer), BY_HAND)
        return answer


def open_gitlab_merge(place: Destination, client: RestClient) -> GitLabMerge:
    local = (urlsplit(place.api).hostname or "") in LOOPBACK
    return GitLabMerge(place.project, client, pause_s=0.0 if local else PAUSE_S)
