"""The table of situations through the command, and what the whole of it has to hold."""

# ruff: noqa: E501

import json
from collections import Counter

import pytest

from rootcase.core.gate.rules import RULES
from tests.core.gate.oncall import ONCALL
from tests.core.gate.situations import PR, REFUND, SITUATIONS, crash
from tests.core.gate.telling import told


@pytest.mark.parametrize(
    ("rule", "name", "event", "context", "right"),
    SITUATIONS,
    ids=[f"{row[0]}: {row[1]}" for row in SITUATIONS],
)
def test_the_situation_gets_its_verdict(rule, name, event, context, right, tmp_path, capsys):
    said = told(event, context, tmp_path, capsys)
    assert said["verdict"] == right, json.dumps(said, indent=1, ensure_ascii=False)
    assert len(said["rules"]) == len(RULES)
    if right != "fix" and rule not in ("human_word",):
        assert said["rule"] == rule, said["because"]


def test_each_rule_is_met_at_least_twice_and_looked_at_from_the_other_side():
    met = Counter(row[0] for row in SITUATIONS)
    assert len(SITUATIONS) >= 60
    assert set(met) == {check.__module__.rsplit(".", 1)[1] for check in RULES}
    for rule in met:
        verdicts = {row[4] for row in SITUATIONS if row[0] == rule}
        assert met[rule] >= 2 and len(verdicts) >= 2, rule


def test_doing_nothing_is_right_and_no_humans_case_is_ever_taken(tmp_path, capsys):
    """Precision of wait and ignore of at least 95 %, over the table and what the engineer remembers."""
    rows = [row[1:] for row in SITUATIONS] + list(ONCALL)
    nothing, right = 0, 0
    for _, event, context, wanted in rows:
        verdict = told(event, context, tmp_path, capsys)["verdict"]
        if verdict in ("wait", "ignore"):
            nothing += 1
            right += verdict in wanted.split()
    assert nothing > 40 and right / nothing >= 0.95
    owned = [row for row in SITUATIONS if row[0] == "human_owns_it" and row[4] in ("wait", "ignore")]
    assert len(owned) >= 10
    for _, _, event, context, _ in owned:
        assert told(event, context, tmp_path, capsys)["verdict"] in ("wait", "ignore")


ORDER = [
    ("a human's word over everything", crash("KeyError", "'a'", *REFUND),
     {"assignee": "lena", "status": "archived", "override": {"verdict": "fix", "by": "mira"}}, "human_word"),
    ("our case over an assignee", crash(), {"case": "C-7", "assignee": "lena"}, "already_have_a_case"),
    ("an assignee over a merged fix", crash(), {"assignee": "lena", "prs": [{**PR, "state": "merged"}]}, "human_owns_it"),
    ("a merged fix over an outage", crash("ConnectTimeout", "https://api.x.example timed out"),
     {"prs": [{**PR, "state": "merged"}]}, "fixed_on_head"),
    ("an expired certificate over the outage it makes",
     crash("SSLError", "HTTPSConnectionPool(host='api.x.example', port=443): Max retries exceeded (certificate has expired)"),
     {}, "environment_cause"),
    ("an outage over payments code", crash("ConnectTimeout", "https://api.x.example timed out", *REFUND), {},
     "upstream_or_network"),
    ("a missing column over payments code", crash("ProgrammingError", "column x does not exist", *REFUND), {},
     "environment_cause"),
    ("payments code over thin evidence", crash("KeyError", "'a'", *REFUND), {"failed": ["GitHub issues"]},
     "product_sensitive"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "event", "context", "rule"), ORDER, ids=[row[0] for row in ORDER])
def test_the_order_of_the_rules(name, event, context, rule, tmp_path, capsys):
    assert told(event, context, tmp_path, capsys)["rule"] == rule
