"""Code about money and rights changes on a named owner's word only."""

from __future__ import annotations

import re

from rootcase.core.gate.facts import Facts
from rootcase.core.model.verdicts import RuleResult
from rootcase.core.safety.paths import matches

RULE = "product_sensitive"
WORDS = {
    "payment": "payments", "payout": "payments", "refund": "payments", "ledger": "payments",
    "billing": "billing", "subscription": "billing",
    "permission": "permissions", "auth": "permissions", "authn": "permissions", "authz": "permissions",
    "authorization": "permissions", "authentication": "permissions", "oauth": "permissions", "login": "permissions",
    "role": "permissions", "acl": "permissions", "rbac": "permissions", "credential": "permissions",
    "password": "permissions", "migration": "migrations",
}  # fmt: skip
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def check(facts: Facts) -> RuleResult:
    where, topic = _mapped(facts) if facts.case.code else _from_events(facts)
    if not topic:
        return RuleResult(RULE, None, "outside payments, permissions and billing")
    owners = facts.case.code.owners if facts.case.code else ()
    owner = next((item.name for item in owners if item.from_codeowners), "") or f"an owner of {topic}"
    saw = f"owner's word: {topic}, {where}"
    return RuleResult(
        RULE, "wait", saw, "a wrong change here costs money or rights", waits_for=owner, kind=topic
    )


def topic_of(path: str, function: str) -> str:
    """What sensitive topic a path or a function name speaks of, by its words; "" for none."""
    for text in (path.rsplit(".", 1)[0], function):
        for word in _WORD.findall(text):
            low = word.lower()
            for form in (low, low.removesuffix("s")):
                if form in WORDS:
                    return WORDS[form]
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
    """Before the code is mapped: the fingerprint's own anchor, and configured paths by the frames' names."""
    mark = facts.case.fingerprint
    for event in facts.events[:1]:
        for exception in event.exceptions[-1:]:
            for frame in exception.frames[-1:]:
                if rule := matches(frame.filename.lstrip("/"), facts.settings.guardrails.product_sensitive):
                    return frame.filename, f"configured {rule}"
    if mark is None or mark.kind != "exception" or not mark.anchor:
        return "", ""
    module, _, function = mark.anchor.rpartition(".")
    return mark.anchor, topic_of(module.replace(".", "/"), function)
