"""Code about money and rights changes on a named owner's word only."""

# Patterns are tables; breaking their lines hides them.
# ruff: noqa: E501

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import is_test, path_of
from rootcase.core.gate.people import is_group, is_human, same_person
from rootcase.core.gate.rules.code_not_ours import code_owners
from rootcase.core.model.errors import GuardrailError
from rootcase.core.model.signals import Actor
from rootcase.core.model.topics import topic_of
from rootcase.core.model.verdicts import RuleResult
from rootcase.core.safety.paths import matches

RULE = "product_sensitive"
_YES = re.compile(
    r"\b(?:go ahead|go for it|approved?|you may|feel free|please (?:fix|go|do)|ok(?:ay)? (?:to|with|from|for|by)|lgtm|fine (?:with|by) me"
    r"|sounds good|yes\b|agreed|ship it|green light|i approve|fix it|make the change|^ok(?:ay)?[.!]?$|\+1|👍)",
    re.IGNORECASE | re.MULTILINE,
)
_NO = re.compile(
    r"\b(?:no\b|not (?:ok|okay|yet|approved|now)|don'?t|do not|wait\b|hold (?:on|off)|please (?:wait|hold)|stop\b|never|reject|denied|let me (?:check|look|think)|before (?:you|anyone))",
    re.IGNORECASE,
)


def check(facts: Facts) -> RuleResult:
    where, topic = _mapped(facts) if facts.case.code and facts.case.code.failing else _from_events(facts)
    if not topic:
        return RuleResult(RULE, None, "outside payments, permissions and billing")
    owners = owners_of(facts, topic)
    if word := _word(facts, owners):
        return RuleResult(RULE, None, f"{topic}, {where}: {word}", "an owner has agreed", kind=topic)
    owner = owners[0] if owners else f"an owner of {topic}"
    saw = f"owner's word: {topic}, {where}"
    return RuleResult(
        RULE,
        "wait",
        saw,
        "a wrong change here costs money or rights",
        facts.cites,
        waits_for=owner,
        kind=topic,
    )


def owners_of(facts: Facts, topic: str) -> tuple[str, ...]:
    """Whose word counts: CODEOWNERS, configured owners of the topic or path, then the source's own rules."""
    by_topic = [
        o
        for key, o in facts.settings.gate.owners.items()
        if key.lower() in (topic, "*", topic.removesuffix("s"))
    ]
    by_signal = [owner for signal in facts.case.signals for owner in signal.owners]
    return tuple(dict.fromkeys((*code_owners(facts), *by_topic, *by_signal)))


def _word(facts: Facts, owners: tuple[str, ...]) -> str:
    """The word of an owner, in this store or as a comment on forge or ticket, "" where none was given.

    A team cannot speak: where only teams are named, anybody's entry here counts, with its name in it, while
    a comment elsewhere does not, since nobody can tell that its author is of that team.
    """
    people = [owner for owner in owners if not is_group(Actor(owner))]
    for said in facts.case.said:
        if said.what != "owner_agreed" or said.undone:
            continue
        name = said.actor.removeprefix("human:")
        if not is_human(Actor(name)):
            continue
        if not people or any(same_person(name, owner) for owner in people):
            return f"{name} agreed" + (f": {said.text}" if said.text else "")
    comments = [work for work in facts.all_work if work.kind == "comment" and work.by]
    for work in sorted(comments, key=lambda item: item.at_us, reverse=True):
        name = work.by.name if work.by else ""
        if not any(same_person(name, owner) for owner in people):
            continue
        if _NO.search(work.text):
            return ""
        if _YES.search(work.text):
            return f"{name} agreed" + (f" at {work.where}" if work.where else "")
    return ""


def _mapped(facts: Facts) -> tuple[str, str]:
    code = facts.case.code
    failing = code.failing if code else None
    if code is None or failing is None:
        return _from_events(facts)
    for path in dict.fromkeys([failing.path, *(item.path for item in code.candidates[:3])]):
        if rule := matches(path, facts.settings.guardrails.product_sensitive):
            return path, f"configured {rule}"
    return failing.path, topic_of(failing.path, failing.qualified_name or failing.function)


def _from_events(facts: Facts) -> tuple[str, str]:
    """Before the code is mapped: our deepest frame, else the fingerprint's own anchor. Tests are no product."""
    frame = facts.failing
    if frame is not None:
        path = (frame.filename or path_of(frame)).lstrip("/")
        if rule := _configured(path, facts):
            return path, f"configured {rule}"
        if is_test(frame):
            return "", ""
        if topic := topic_of(frame.filename or frame.module.replace(".", "/"), frame.function):
            return path, topic
    mark = facts.case.fingerprint
    if mark is None or mark.kind != "exception" or not mark.anchor:
        return "", ""
    module, _, function = mark.anchor.rpartition(".")
    return mark.anchor, topic_of(module.replace(".", "/"), function)


def _configured(path: str, facts: Facts) -> str:
    try:
        return matches(path, facts.settings.guardrails.product_sensitive) or ""
    except GuardrailError:  # a path that leaves the repository is no path of it
        return ""
