"""What an on-call engineer remembers, through the command itself."""

import json

import pytest

from tests.core.gate.many import MANY
from tests.core.gate.oncall import ONCALL
from tests.core.gate.telling import told


@pytest.mark.parametrize(("name", "event", "context", "right"), ONCALL, ids=[row[0] for row in ONCALL])
def test_the_gate_says_what_the_engineer_would(name, event, context, right, tmp_path, capsys):
    said = told(event, context, tmp_path, capsys)
    assert said["verdict"] in right.split(), json.dumps(said, indent=1, ensure_ascii=False)


@pytest.mark.parametrize(("name", "event", "context", "right"), MANY, ids=[row[0] for row in MANY])
def test_many_platforms_and_spellings(name, event, context, right, tmp_path, capsys):
    said = told(event, context, tmp_path, capsys)
    wanted = right.split()
    assert said["verdict"] in wanted, json.dumps(said, indent=1, ensure_ascii=False)
    urgent = [word for word in wanted if word[:1] == "P"]
    assert not urgent or said["priority"] in urgent
