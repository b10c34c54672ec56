"""What we know of ourselves: who I am, what is ours, and what humans here have decided."""

from __future__ import annotations

from dataclasses import replace

from rootcase.core.commands.situation.context import Context, listed, moment_of, refused, set_signal, words
from rootcase.core.commands.situation.people import actor
from rootcase.core.gate.people import is_human
from rootcase.core.signals.loose import first_text, table, text


def me(context: Context, value: object, key: str) -> None:
    context.settings = replace(context.settings, me=(*context.settings.me, *words(key, value)))


def now(context: Context, value: object, key: str) -> None:
    context.now_us = moment_of(key, value)


def _gate(context: Context, **changes: tuple[str, ...]) -> None:
    gate = context.settings.gate
    for name, values in changes.items():
        gate = replace(gate, **{name: (*getattr(gate, name), *values)})  # type: ignore[arg-type]
    context.settings = replace(context.settings, gate=gate)


def services(context: Context, value: object, key: str) -> None:
    """Names, or {name: where it answers}."""
    if isinstance(value, dict) and "name" not in value:
        told = [
            each if isinstance(each, str) else first_text(table(each), "host", "url")
            for each in value.values()
        ]
        _gate(context, internal_hosts=tuple(host for each in told if (host := _host(each))))
        value = list(value)
    _gate(context, services=words(key, value))


def _host(told: str) -> str:
    """`stock.internal` of `http://stock.internal:80/x`; "" for what is no address."""
    bare = told.rpartition("://")[2].partition("/")[0].partition(":")[0]
    return bare if "." in bare or "-" in bare else ""


def repositories(context: Context, value: object, key: str) -> None:
    """Their names and services are ours; what else they say needs a checkout, which is not looked at here."""
    for item in listed(key, value):
        row = table(item)
        name = text(item) if isinstance(item, str) else first_text(row, "name", "path", "label")
        inside = words(key, row.get("services") or [])
        _gate(context, services=(name.rstrip("/").rpartition("/")[2].removesuffix(".git"), *inside))


def hosts(context: Context, value: object, key: str) -> None:
    _gate(context, internal_hosts=words(key, value))


def teams(context: Context, value: object, key: str) -> None:
    _gate(context, teams=words(key, value))


def owners(context: Context, value: object, key: str) -> None:
    """Names, {path or topic: owner}, {owner: paths}, or [{name, paths}]."""
    named: dict[str, str] = {}
    loose: list[str] = []
    if isinstance(value, dict) and not ({"name", "login", "paths", "path"} & set(value)):
        for left, right in value.items():
            told = words(key, right)
            if told and not _is_path(left) and all(map(_is_path, told)):
                named.update(dict.fromkeys(told, text(left)))
            else:
                named.update({text(left): name for name in told[:1]})
    else:
        for item in listed(key, value):
            row = table(item)
            name = next(iter(words(key, item)), "")
            if not name:
                raise refused(key, value, "a list of owners")
            at = next((row[each] for each in ("paths", "path", "topic", "pattern") if row.get(each)), [])
            places = [text(place) for place in listed(key, at)]
            named.update(dict.fromkeys(places, name))
            loose += [] if places else [name]
    gate = context.settings.gate
    context.settings = replace(context.settings, gate=replace(gate, owners={**gate.owners, **named}))
    set_signal(context, owners=(*context.signal.owners, *loose))


def _is_path(told: object) -> bool:
    """`app/payments/`, and no `@acme/payments`."""
    path = text(told)
    return not path.startswith("@") and ("/" in path or "*" in path)


def sensitive(context: Context, value: object, key: str) -> None:
    rails = context.settings.guardrails
    context.settings = replace(
        context.settings,
        guardrails=replace(rails, product_sensitive=(*rails.product_sensitive, *words(key, value))),
    )


def override(context: Context, value: object, key: str) -> None:
    row = table(value)
    verdict = text(value) if isinstance(value, str) else first_text(row, "verdict", "decision", "to")
    if verdict not in ("fix", "investigate", "ticket", "wait", "ignore"):
        raise refused(key, value, "a verdict: fix, investigate, ticket, wait or ignore")
    who = actor(row.get("by") or row.get("actor") or row.get("author"), key) if row else None
    if who is not None and not (is_human(who) or who.me):
        return  # what a bot says is no human's word
    context.verdict = (verdict, who.name if who else "somebody", first_text(row, "reason", "because", "text"))


def agreed(context: Context, value: object, key: str) -> None:
    for item in listed(key, value):
        row = table(item)
        who = actor(
            item
            if isinstance(item, str)
            else row.get("by") or row.get("actor") or row.get("author") or row.get("name"),
            key,
        )
        if who is not None:
            context.said.append((who.name, first_text(row, "text", "body", "reason", "word")))


def head(context: Context, value: object, key: str) -> None:
    """What HEAD says about the failing line: a commit that changed it, or that nothing did."""
    row = table(value)
    if isinstance(value, bool):
        context.head = "a commit after the release" if value else ""
    elif row:
        status = first_text(row, "status", "state", "line").lower()
        commit = first_text(row, "changed_by", "commit", "sha", "fixed_by", "fix_commit")
        context.head = (
            commit
            if commit and status in ("", "changed", "gone", "fixed")
            else ("a commit" if status in ("changed", "fixed", "gone") else "")
        )
    else:
        context.head = text(value, 60)
