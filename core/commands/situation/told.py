"""What a source would tell of an error: people, status, work, deploys, times."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from rootcase.core.commands.situation.context import Context, listed, moment_of, refused, set_signal, words
from rootcase.core.commands.situation.people import actor, people
from rootcase.core.model.signals import Deploy, Work
from rootcase.core.signals.loose import first_text, flag, moment, number, table, text


def assignee(context: Context, value: object, key: str) -> None:
    found = people(value, key)
    by = [each for each in found if each.name]
    human = next((each for each in by if not each.bot and not each.by_rule), None)
    if by:
        set_signal(context, assignee=human or by[0])


def assigned_by(context: Context, value: object, key: str) -> None:
    """Who assigned it; a rule or a bot that did is no person's decision."""
    from rootcase.core.gate.people import is_human

    who = actor(value, key)
    if who is not None and not is_human(who) and context.signal.assignee:
        set_signal(context, assignee=replace(context.signal.assignee, by_rule=True))


def status(context: Context, value: object, key: str) -> None:
    word = text(value).strip().lower()
    if not isinstance(value, str) or not word:
        raise refused(key, value, "a status such as unresolved, archived or resolved")
    set_signal(context, status=word)
    context.regressed = context.regressed or word in ("regressed", "reopened")


def resolution(context: Context, value: object, key: str) -> None:
    """Only a decision not to change anything says more than the status."""
    word = text(value).strip().lower()
    if word in (
        "wontfix",
        "won't fix",
        "wont fix",
        "won't do",
        "by design",
        "not a bug",
        "archived",
        "ignored",
    ):
        set_signal(context, status=word)


def put_by_rule(context: Context, value: object, key: str) -> None:
    if flag(value) is not False and context.signal.assignee and value:
        set_signal(context, assignee=replace(context.signal.assignee, by_rule=True))


def substatus(context: Context, value: object, key: str) -> None:
    word = text(value).strip().lower()
    set_signal(context, substatus=word)
    context.regressed = context.regressed or word == "regressed"


def status_by(context: Context, value: object, key: str) -> None:
    set_signal(context, status_by=actor(value, key))


def work_by(reader: Callable[[object, str], Work]) -> Callable[[Context, object, str], None]:
    def read(context: Context, value: object, key: str) -> None:
        context.work += [reader(item, key) for item in listed(key, value)]

    return read


def deploys(context: Context, value: object, key: str) -> None:
    out = []
    for item in listed(key, value):
        row = table(item)
        release = (
            text(item)
            if isinstance(item, str)
            else first_text(row, "release", "version", "name", "tag", "commit", "sha", "id")
        )
        at = next(
            (
                moment(row[name])
                for name in (
                    "at",
                    "time",
                    "timestamp",
                    "date",
                    "deployed_at",
                    "finished_at",
                    "started_at",
                    "dateFinished",
                    "created_at",
                )
                if row.get(name)
            ),
            0,
        )
        if row.get("commits") or row.get("includes"):
            _mark_deployed(context, row)
        out.append(Deploy(release, first_text(row, "environment", "env"), at, first_text(row, "url")))
    set_signal(context, deploys=tuple(out))


def _mark_deployed(context: Context, row: Mapping[str, object]) -> None:
    """A deploy that lists its commits tells of each merged pull request whether it is in."""
    commits = {
        text(each)[:7] for name in ("commits", "includes") for each in listed(name, row.get(name) or [])
    }
    context.work = [
        replace(w, deployed=True) if w.commit and w.commit[:7] in commits else w for w in context.work
    ]


def event_count(context: Context, value: object, key: str) -> None:
    set_signal(context, events=_whole(key, value))


def user_count(context: Context, value: object, key: str) -> None:
    set_signal(context, users=len(value) if isinstance(value, list) else _whole(key, value))


def _whole(key: str, value: object) -> int:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | str)
        or (isinstance(value, str) and not value.strip().isdigit())
    ):
        raise refused(key, value, "a number")
    return number(value)


def when(name: str) -> Callable[[Context, object, str], None]:
    def read(context: Context, value: object, key: str) -> None:
        set_signal(context, **{name: moment_of(key, value)})

    return read


def resolved_at(context: Context, value: object, key: str) -> None:
    """What is seen after it was resolved has come back."""
    if context.signal.last_seen_us > moment_of(key, value) and context.signal.status in ("resolved", "fixed"):
        set_signal(context, status="unresolved", substatus="regressed")
        context.regressed = True


def plainly(name: str) -> Callable[[Context, object, str], None]:
    def read(context: Context, value: object, key: str) -> None:
        if not isinstance(value, str | int | float):
            raise refused(key, value, "a text")
        set_signal(context, **{name: text(value)})

    return read


def handled(context: Context, value: object, key: str) -> None:
    set_signal(context, handled=flag(value))


def failed(context: Context, value: object, key: str) -> None:
    context.failed = words(key, value)


def holder(context: Context, value: object, key: str) -> None:
    """Another case of ours with the same error class."""
    for item in listed(key, value):
        row = table(item)
        closed = first_text(row, "state", "status").lower() in (
            "resolved",
            "closed",
            "done",
            "merged",
            "ignored",
        )
        name = text(item) if isinstance(item, str) else first_text(row, "key", "id", "case", "name")
        context.holder = context.holder or ("" if closed else name)


def tags(context: Context, value: object, key: str) -> None:
    from rootcase.core.signals.loose import pairs

    tags = pairs(value) if isinstance(value, dict) else tuple(("label", each) for each in words(key, value))
    set_signal(context, tags=(*context.signal.tags, *tags))
