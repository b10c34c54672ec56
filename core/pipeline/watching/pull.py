"""What the forge says of our pull request now, and whether its merge was taken back since."""

from __future__ import annotations

from collections.abc import AsyncGenerator

from rootcase.core.deliver.forge import Forge, Made
from rootcase.core.model.aftermath import Pull, PullState, Reverted
from rootcase.core.model.case import Case
from rootcase.core.model.entries import Body, DraftAbandoned, FixReverted, PullSeen
from rootcase.core.pipeline.watching.looking import Looking
from rootcase.core.safety.text import clean_line

WHY_CHARS = 200


async def see_pull(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    """PullSeen where the pull request is not as the case knows it."""
    after, forge = case.after, await looking.house.forge(case)
    if after is None or forge is None or not after.pull.number.isdigit():
        return
    made = await forge.pull(int(after.pull.number))
    now = await _pull(case, made, forge, after.pull)
    if now != after.pull:
        yield PullSeen(now)


async def _pull(case: Case, made: Made, forge: Forge, known: Pull) -> Pull:
    state: PullState = "draft" if made.state == "open" and made.draft else "open"
    if made.state in ("merged", "closed"):
        state = "merged" if made.state == "merged" else "closed"
    over = state in ("merged", "closed")
    by, why = made.ended_by if over else "", ""
    if state == "closed":
        said_by, why = (known.by, known.why) if known.state == "closed" else await _last_word(made, forge)
        by = by or said_by
    return Pull(
        known.number, made.url or known.url, state, made.merge_commit if state == "merged" else "",
        made.ended_us if over else 0, by, why, _edited(case, made) if state == "merged" else None, made.sign,
    )  # fmt: skip


async def _last_word(made: Made, forge: Forge) -> tuple[str, str]:
    """(who, what) a person said last there: the nearest to a reason that a forge keeps."""
    said = [each for each in await forge.comments(made.number) if not each.bot and each.text.strip()]
    if not said:
        return "", ""
    return clean_line(said[-1].author), clean_line(said[-1].text, limit=WHY_CHARS)


def _edited(case: Case, made: Made) -> bool | None:
    """Whether its branch ended with another commit than the one that we pushed last."""
    push = next((e for e in reversed(case.effects) if e.kind == "push" and e.state == "done"), None)
    if push is None or not push.number or not made.head_commit:
        return None
    return made.head_commit != push.number


async def see_revert(case: Case, looking: Looking) -> AsyncGenerator[Body, None]:
    """FixReverted where a commit on the base branch says that it takes the merge back.

    git writes `This reverts commit SHA`, GitHub's button `Reverts OWNER/NAME#12`, GitLab's `This reverts merge
    request !12`.
    """
    after = case.after
    if after is None or after.pull.state != "merged" or after.reverted or not after.pull.commit:
        return
    repository, base = await looking.repository(case), await looking.base(case)
    if not base or await repository.resolve(after.pull.commit) is None:
        return
    project, number = (await looking.house.destination(case)).project, after.pull.number
    words = [
        f"This reverts commit {after.pull.commit[:12]}", f"Reverts {project}#{number}\n",
        f"This reverts merge request {project}!{number}\n", f"This reverts merge request !{number}\n",
    ]  # fmt: skip
    answer = await repository.git.run(
        [
            "log",
            "-z",
            "--format=%H%x1f%ct%x1f%an%x1f%s%x1f%B",
            "--max-count=500",
            f"{after.pull.commit}..{base}",
        ]
    )
    for record in answer.text.split("\0") if answer.code == 0 else ():
        sha, _, rest = record.strip().partition("\x1f")
        at, by, subject, text = (*rest.split("\x1f", 3), "", "", "", "")[:4]
        if any(word in f"{text}\n" for word in words):
            yield FixReverted(Reverted(sha, int(at) * 1_000_000, clean_line(by), clean_line(subject)))
            if case.draft is not None:
                yield DraftAbandoned(case.draft.number, f"its merge was taken back by {sha[:7]}")
            return
