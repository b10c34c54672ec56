"""One commit of the proved tree on one branch, pushed without force; what is there already is found first."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from rootcase.core.deliver.destination import Destination, remote_name, web_host
from rootcase.core.deliver.forge import Unreachable
from rootcase.core.deliver.naming import BRANCH_PREFIX, TRAILER
from rootcase.core.model.delivery import Proposal
from rootcase.core.model.errors import DeliveryError
from rootcase.core.model.ports import GitReply, GitRunner
from rootcase.core.safety.text import clean, clean_line

NETWORK_S = 120.0


@dataclass(frozen=True, slots=True)
class Author:
    """Who the commit is by; the engineer as their git knows them."""

    name: str = "Rootcase"
    email: str = "rootcase@localhost"


@dataclass(frozen=True, slots=True)
class Pushed:
    """found: it was there before. note: what a human should know, such as a base that has moved on."""

    commit: str
    branch: str
    found: bool = False
    note: str = ""


class Pusher:
    """Pushes from the private clone. environment: what ssh and helpers need (HOME, SSH_AUTH_SOCK); token: for https.

    settings: the engineer's own `-c` settings for the network, such as a credential helper; a token goes first.
    signing: their `-c` settings for signing commits, empty where they do not sign.
    """

    def __init__(
        self,
        git: GitRunner,
        place: Destination,
        *,
        author: Author | None = None,
        environment: Mapping[str, str] | None = None,
        token: str = "",
        settings: Sequence[str] = (),
        signing: Sequence[str] = (),
    ) -> None:
        self._git = git
        self._place = place
        self._author = author or Author()
        self._environment = {**(environment or {}), **credentials(place, token)}
        self._settings = list(settings)
        self._signing = list(signing)

    async def find(self, proposal: Proposal, case: str) -> Pushed | None:
        """The case's latest commit on the remote's branch where it has this very tree, else None.

        One further down does not count: a draft that was changed and changed back is committed again.
        """
        tip = await self._tip(proposal.branch)
        if not tip:
            return None
        await self._fetch(proposal.branch, tip)
        listed = await self._run(
            ["rev-list", "--first-parent", "--max-count=50", tip, f"^{proposal.base_commit}"]
        )
        for commit in listed.text.split():
            if await self._is_ours(commit, case):
                if await self._tree(commit) != proposal.tree:
                    return None
                return Pushed(commit, proposal.branch, found=True, note=await self._moved(proposal))
        return None

    async def push(self, proposal: Proposal, message: str, case: str, at_us: int) -> Pushed:
        """Commit and push. DeliveryError with the remote's own reason where it is refused."""
        self._check(proposal)
        await self._check_default(proposal.branch)
        tip = await self._tip(proposal.branch)
        if tip:
            await self._fetch(proposal.branch, tip)
            if not await self._is_ours(tip, case):
                raise DeliveryError(
                    f"{proposal.branch} has commits that are not Rootcase's",
                    f"Its tip is {tip[:10]} on {remote_name(self._place.push_url)}; nothing was pushed.",
                    "Rootcase never forces. Delete or rename that branch, then send again.",
                )
        commit = await self._commit(proposal, message, tip or proposal.base_commit, at_us)
        await self._send(commit, proposal.branch)
        return Pushed(commit, proposal.branch, note=await self._moved(proposal))

    def _check(self, proposal: Proposal) -> None:
        if not proposal.branch.startswith(BRANCH_PREFIX) or proposal.branch == proposal.base_branch:
            raise DeliveryError(
                f"{proposal.branch or 'No branch'} is not a branch of Rootcase's own",
                "Nothing was pushed.", f"Its branches begin with {BRANCH_PREFIX}; propose again.",
            )  # fmt: skip
        if not re.fullmatch(r"[0-9a-f]{40,64}", proposal.tree):
            raise DeliveryError(
                "There is no tree to push",
                "The draft was never written.",
                "Prove the draft, then propose again.",
            )
        if not self._place.push_url:
            raise DeliveryError(
                "There is no remote to push to",
                "The checkout has none.",
                "Set remote for this repository in config.yaml.",
            )

    async def _check_default(self, branch: str) -> None:
        """What the remote itself calls its default branch, whatever the configuration says."""
        reply = await self._network(["ls-remote", "--symref", "--", self._place.push_url, "HEAD"])
        if reply.code == 0 and f"ref: refs/heads/{branch}\t" in reply.text:
            raise DeliveryError(
                f"{branch} is the default branch of {remote_name(self._place.push_url)}", "Nothing was pushed.",
                "Rootcase pushes to a branch of its own alone; give the repository another default branch.",
            )  # fmt: skip

    async def _commit(self, proposal: Proposal, message: str, parent: str, at_us: int) -> str:
        """Plumbing alone: no hook, no index, no worktree, the same commit for the same input."""
        date = f"{at_us // 1_000_000} +0000" if at_us > 0 else f"{int(datetime.now(UTC).timestamp())} +0000"
        who = {
            "GIT_AUTHOR_NAME": self._author.name, "GIT_AUTHOR_EMAIL": self._author.email, "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_NAME": self._author.name, "GIT_COMMITTER_EMAIL": self._author.email,
            "GIT_COMMITTER_DATE": date,
        }  # fmt: skip
        sign = ["-S"] if self._signing else []
        reply = await self._git.run(
            [*self._signing, "commit-tree", *sign, proposal.tree, "-p", parent], input=message.encode(),
            environment={**self._environment, **who} if sign else who,
        )  # fmt: skip
        if reply.code != 0:
            raise _not_made(clean(reply.error, limit=400), signed=bool(sign))
        return reply.text.strip()

    async def reachable(self) -> bool:
        """Whether the remote has a branch to push beside; a new fork takes a while."""
        reply = await self._network(["ls-remote", "--heads", "--", self._place.push_url])
        return reply.code == 0 and bool(reply.text.strip())

    async def _send(self, commit: str, branch: str) -> None:
        reply = await self._network(["push", "--porcelain", "--no-verify", "--", self._place.push_url,
                                     f"{commit}:refs/heads/{branch}"])  # fmt: skip
        if reply.code != 0:
            raise _refused(reply, branch, remote_name(self._place.push_url))

    async def _tip(self, branch: str, address: str = "") -> str:
        url = address or self._place.push_url
        reply = await self._network(["ls-remote", "--heads", "--", url, f"refs/heads/{branch}"])
        if reply.code != 0:
            raise _refused(reply, branch, remote_name(url))
        lines = [line.split("\t") for line in reply.text.splitlines() if "\t" in line]
        return next((sha for sha, name in lines if name == f"refs/heads/{branch}"), "")

    async def _fetch(self, branch: str, tip: str) -> None:
        known = await self._git.run(["cat-file", "-e", f"{tip}^{{commit}}"])
        if known.code == 0:
            return
        reply = await self._network(
            [
                "fetch",
                "--no-tags",
                "--no-write-fetch-head",
                "--",
                self._place.push_url,
                f"refs/heads/{branch}",
            ]
        )
        if reply.code != 0:
            raise _refused(reply, branch, remote_name(self._place.push_url))

    async def _moved(self, proposal: Proposal) -> str:
        if not proposal.base_branch:
            return ""
        tip = await self._tip(proposal.base_branch, self._place.base_url)
        if not tip or tip == proposal.base_commit:
            return ""
        moved = f"{proposal.base_branch} has moved on to {tip[:10]}"
        return f"{moved} since the draft was made on {proposal.base_commit[:10]}"

    async def _tree(self, commit: str) -> str:
        return (await self._run(["rev-parse", f"{commit}^{{tree}}"])).text.strip()

    async def _is_ours(self, commit: str, case: str) -> bool:
        message = (await self._run(["log", "-1", "--format=%B", commit])).text
        return f"{TRAILER}: {case}" in message.splitlines()

    async def _run(self, arguments: list[str]) -> GitReply:
        reply = await self._git.run(arguments)
        if reply.code != 0:
            raise DeliveryError(
                f"git {arguments[0]} failed",
                clean(reply.error, limit=400),
                "`rootcase doctor` checks the clone.",
            )
        return reply

    async def _network(self, arguments: list[str]) -> GitReply:
        return await self._git.run(
            [*self._settings, *arguments], environment=self._environment, deadline_s=NETWORK_S
        )


def credentials(place: Destination, token: str) -> dict[str, str]:
    """The forge's token for an https remote on the forge's own host, through the environment, never argv."""
    parts = urlsplit(place.push_url)
    if not token or parts.scheme != "https" or not place.api or parts.hostname != web_host(place.api):
        return {}
    # GitHub and GitLab each name the user that goes with a token; both take any password token with it.
    user = "oauth2" if place.forge == "gitlab" else "x-access-token"
    basic = base64.b64encode(f"{user}:{token}".encode()).decode()
    return {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"http.https://{parts.netloc}/.extraHeader",
        "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
    }


def unreachable(words: str) -> bool:
    """Whether git says that it got to nobody, which is another thing than being refused. words: in lower case."""
    signs = (
        "could not resolve host", "could not resolve hostname", "connection refused", "network is unreachable",
        "no route to host", "connection timed out", "couldn't connect to server", "failed to connect to",
        "temporary failure in name resolution",
    )  # fmt: skip
    return any(sign in words for sign in signs)


def _not_made(words: str, *, signed: bool) -> DeliveryError:
    if signed:
        return DeliveryError(
            "The commit could not be signed", words,
            "Your git configuration signs commits. Unlock the key (ssh-add, gpg-agent), then send again.",
        )  # fmt: skip
    return DeliveryError("The commit could not be made", words, "Prove the draft again, then propose.")


def _refused(reply: GitReply, branch: str, where: str) -> DeliveryError:
    """The remote's refusal in its own words, with what to do about each kind."""
    words = clean(f"{reply.text}\n{reply.error}", limit=2000)
    said = [line.removeprefix("remote:").strip() for line in words.splitlines() if line.startswith("remote:")]
    reason = next((line for line in words.splitlines() if line.startswith("!")), "").replace("\t", " ")
    detail = clean_line(" ".join([reason, *(s for s in said if s)]) or words, limit=500)
    low = words.lower()
    if unreachable(low):
        return Unreachable(
            f"{where} cannot be reached", detail, "Is the network up? Send again; nothing is lost."
        )
    if "non-fast-forward" in low or "fetch first" in low:
        hint = "Somebody pushed to this branch meanwhile. Rootcase never forces; delete or rename it, then send again."
    elif "hook declined" in low or "pre-receive" in low or "protected" in low:
        hint = "A rule of the remote refused it; its words are above. Change what they name, then send again."
    elif any(
        w in low
        for w in ("permission denied", "authentication", "could not read username", "403", "denied to")
    ):
        hint = "Check that your key or token may push there: try git push in your checkout."
    elif "host key verification failed" in low:
        hint = "ssh does not know that host. Connect once in your shell (ssh HOST), look at its key, then send again."
    elif "does not appear to be a git repository" in low or "not found" in low:
        hint = "The remote's address names no repository. Check remote in config.yaml."
    else:
        hint = "Try git push in your checkout to see whether the remote answers."
    return DeliveryError(f"The push of {branch} to {where} was refused", detail, hint)
