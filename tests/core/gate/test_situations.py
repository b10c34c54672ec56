"""The table of situations through the command, and what the whole of it has to hold."""

import json
from collections import Counter

import pytest

from rootcase.core.gate.rules import RULES
from tests.core.gate.situations import SITUATIONS
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
    assert min(met.values()) >= 2
    assert all(any(row[0] == rule and row[4] == "fix" for row in SITUATIONS) or rule == "x" for rule in met)
