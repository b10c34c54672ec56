"""The gate's rules in the order in which they decide; the first that demands something wins.

People come first: a human's own verdict, then what we have already, then what a human has. Then whether
there is anything left to do (fixed, not ours to fix, nobody hurt), then whose work it is (surroundings, data,
customers, product, another owner), and last whether our code may be changed on this evidence.
"""

from __future__ import annotations

from collections.abc import Callable

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.rules import (
    already_have_a_case,
    client_left,
    code_not_ours,
    customer_communication,
    data_repair,
    environment_cause,
    fixed_on_head,
    handled_and_harmless,
    human_owns_it,
    human_word,
    not_a_user,
    product_sensitive,
    product_work,
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
    client_left.check,
    not_a_user.check,
    handled_and_harmless.check,
    environment_cause.check,
    upstream_or_network.check,
    data_repair.check,
    customer_communication.check,
    product_work.check,
    code_not_ours.check,
    product_sensitive.check,
    weak_evidence.check,
)
