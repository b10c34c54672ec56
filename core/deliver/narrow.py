"""Whether a change is narrow enough for the forge to be asked to merge it: every check, with what it saw."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rootcase.core.config.settings import Settings
from rootcase.core.deliver.levels import Standing, inside
from rootcase.core.model import ladder
from rootcase.core.model.case import Case
from rootcase.core.model.confidence import stored_paths
from rootcase.core.model.drafts import Hunk
from rootcase.core.model.topics import topic_of

SENSITIVE_RULE = "product_sensitive"


@dataclass(frozen=True, slots=True)
class Check:
    """name: what is asked; saw: the fact, in words."""

    name: str
    ok: bool
    saw: str


@dataclass(frozen=True, slots=True)
class Narrow:
    """rule: the setting that allows it. All checks have to be fine; what only the forge knows is asked there."""

    rule: str
    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        return all(check.ok for check in self.checks)

    @property
    def words(self) -> str:
        """The rule and what was seen, as it is logged before the forge is asked."""
        return f"{self.rule}: {'; '.join(check.saw for check in self.checks)}"


def narrow(case: Case, settings: Settings, held: Standing, freeze: str | None) -> Narrow:
    """The checks on the draft as it stands. freeze: see `policy.depth`."""
    hunks = case.draft.accepted if case.draft else ()
    patch = [hunk for hunk in hunks if not hunk.test]
    return Narrow(
        held.rule,
        (
            _evidence(case), _paths(hunks, settings), _size(patch, settings), _reversible(patch),
            _insensitive(case, hunks, settings), _judged(case), _budget(case, freeze),
        ),
    )  # fmt: skip


def _evidence(case: Case) -> Check:
    level = ladder.level(case)
    return Check("evidence", level == "E5", f"evidence {level}")


def _paths(hunks: Sequence[Hunk], settings: Settings) -> Check:
    """Every file counts, the reproduction's too: a test is code that the forge runs."""
    wanted = settings.policy.auto_merge.paths
    outside = next((hunk.path for hunk in hunks if not inside(hunk.path, wanted)), "")
    if outside or not hunks:
        return Check("paths", False, f"{outside or 'nothing'} is not in policy.auto_merge.paths")
    return Check("paths", True, f"all files in {', '.join(wanted)}")


def _size(patch: Sequence[Hunk], settings: Settings) -> Check:
    narrow = settings.policy.auto_merge
    lines = sum(len(hunk.old) + len(hunk.new) for hunk in patch)
    files = len({hunk.path for hunk in patch})
    fits = 0 < lines <= narrow.max_lines and files <= narrow.max_files
    return Check("lines", fits, f"{lines} of {narrow.max_lines} lines, {files} of {narrow.max_files} files")


def _reversible(patch: Sequence[Hunk]) -> Check:
    """A revert of the one commit takes all of it back: nothing stored, nothing made or deleted."""
    stored = stored_paths(hunk.path for hunk in patch)
    if stored:
        return Check("reversible", False, f"{stored[0]} changes what is stored")
    made = next((hunk for hunk in patch if hunk.change != "modify"), None)
    if made is not None:
        return Check("reversible", False, f"{made.path} would be {made.change}d")
    return Check("reversible", bool(patch), "only lines of existing files change")


def _insensitive(case: Case, hunks: Sequence[Hunk], settings: Settings) -> Check:
    """By the gate's own rule, by the globs of the configuration and by the words of each path."""
    rules = case.gate.rules if case.gate else ()
    told = next((rule for rule in rules if rule.rule == SENSITIVE_RULE), None)
    if told is not None and (told.verdict is not None or told.kind):
        return Check("not product-sensitive", False, f"the gate says: {told.saw}")
    for hunk in hunks:
        if inside(hunk.path, settings.guardrails.product_sensitive):
            return Check("not product-sensitive", False, f"{hunk.path} is in guardrails.product_sensitive")
        if topic := topic_of(hunk.path, ""):
            return Check("not product-sensitive", False, f"{hunk.path} speaks of {topic}")
    if told is None:
        return Check("not product-sensitive", False, "the gate has not looked at that")
    return Check("not product-sensitive", True, "not product-sensitive")


def _judged(case: Case) -> Check:
    """A second model that doubts the change keeps it with people; one that was not asked decides nothing."""
    judged, draft = case.judged, case.draft
    doubts = bool(judged and draft and judged.digest == draft.digest and judged.verdict in ("hold", "refuse"))
    return Check(
        "no doubt", not doubts, f"the judge says {judged.verdict}" if doubts and judged else "no doubt"
    )


def _budget(case: Case, freeze: str | None) -> Check:
    if freeze is None:
        service = case.service or "this service"
        return Check(
            "no freeze", False, f"slos names no objective of {service}, so nobody can tell of a freeze"
        )
    return Check("no freeze", not freeze, freeze or "no error-budget freeze")
