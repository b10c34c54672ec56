"""The phases, each an async generator with a context of its own, from a case to journal entries."""

from rootcase.core.agent.phases.explanation import explain
from rootcase.core.agent.phases.investigation import investigate
from rootcase.core.agent.phases.judging import judge
from rootcase.core.agent.phases.opinion import opinion
from rootcase.core.agent.phases.patching import patch
from rootcase.core.agent.phases.planning import plan
from rootcase.core.agent.phases.reproduction import reproduce

__all__ = ["explain", "investigate", "judge", "opinion", "patch", "plan", "reproduce"]
