"""Which rules humans overrule, from the journals alone."""

from rootcase.core.model.entries import KINDS, Entry, GateDecided, Redone, Undone, VerdictOverridden
from rootcase.core.model.verdicts import GateDecision
from rootcase.core.stats import RuleStats, of_rules


def journal(*told):
    return [Entry("C-1", n, n, actor, KINDS[type(body)], body) for n, (actor, body) in enumerate(told, 1)]


def gate(verdict, rule):
    return "rootcase", GateDecided(GateDecision("before", verdict, "x", "P3", rule=rule))


IGNORED = gate("ignore", "client_left")


def said(verdict):
    return "human:ada", VerdictOverridden(verdict, "")


def test_an_overruled_rule_is_the_one_that_stood_at_that_time():
    told = journal(IGNORED, said("fix"), gate("wait", "human_owns_it"))
    assert of_rules([told]) == (RuleStats("client_left", 1, 1), RuleStats("human_owns_it", 1, 0))


def test_agreeing_and_taking_back_are_no_overruling_and_bringing_back_is():
    back = ("human:ada", Undone(2))
    again = ("human:ada", Redone(2))
    assert of_rules([journal(IGNORED, said("ignore"))])[0].overruled == 0
    assert of_rules([journal(IGNORED, said("fix"), back)])[0].overruled == 0
    assert of_rules([journal(IGNORED, said("fix"), back, again)])[0].overruled == 1


def test_a_rule_counts_once_a_case():
    told = journal(IGNORED, IGNORED, said("fix"), said("ticket"))
    assert of_rules([told, told]) == (RuleStats("client_left", 2, 2),)


def test_a_verdict_that_no_rule_made_can_be_overruled_too():
    assert of_rules([journal(gate("fix", ""), said("wait"))]) == (RuleStats("no rule objected", 1, 1),)
