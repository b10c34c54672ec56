"""The gate's rules in the order in which they decide; the first that demands something wins."""

from __future__ import annotations

from collections.abc import Callable

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.rules import (
    already_have_a_case,
    client_left,
    code_not_ours,
    environment_cause,
    fixed_on_head,
    handled_and_harmless,
    human_owns_it,
    human_word,
    product_sensitive,
    upstream_or_network,
    weak_evidence,
)
from rootcase.core.model.verdicts import RuleResult

Rule = Callable[[Facts], RuleResult]

RULES: tuple[Rule, ...] = (
    human_word.check,
    already_have_a_case.check,
    human_owns_it.check,
    fixed_on_head.check,
    upstream_or_network.check,
    client_left.check,
    handled_and_harmless.check,
    environment_cause.check,
    code_not_ours.check,
    product_sensitive.check,
    weak_evidence.check,
)
