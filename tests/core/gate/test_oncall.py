"""What an on-call engineer remembers, through the command itself."""

import json

import pytest

from tests.core.gate.oncall import ONCALL
from tests.core.gate.telling import told


@pytest.mark.parametrize(("name", "event", "context", "right"), ONCALL, ids=[row[0] for row in ONCALL])
def test_the_gate_says_what_the_engineer_would(name, event, context, right, tmp_path, capsys):
    said = told(event, context, tmp_path, capsys)
    assert said["verdict"] in right.split(), json.dumps(said, indent=1, ensure_ascii=False)
