"""Code of another team or of a library goes to its owner, with the version."""

from __future__ import annotations

import fnmatch

from rootcase.core.gate.facts import Facts
from rootcase.core.gate.frames import all_frames, library_of, path_of
from rootcase.core.gate.people import is_group, same_person
from rootcase.core.model.signals import Actor
from rootcase.core.model.topics import topic_of
from rootcase.core.model.verdicts import RuleResult

RULE = "code_not_ours"


def check(facts: Facts) -> RuleResult:
    if result := _librarys(facts) or _another_teams(facts):
        return result
    if facts.asked == "before":
        return RuleResult(RULE, None, _before(facts))
    return _mapped(facts)


def _librarys(facts: Facts) -> RuleResult | None:
    """No frame of ours in any sample: the code that failed is somebody else's."""
    framed = [event for event in facts.events if any(True for _ in all_frames(event))]
    code = facts.case.code
    known = code is not None and code.failing is not None
    if not framed or known or facts.failing is not None or facts.asked == "after":
        return None
    name, version = library_of(facts.events)
    if not name:
        return None
    return _to_owner(
        facts, f"all frames are {_versioned(name, version)}'s", _versioned(name, version), name, version
    )


def _another_teams(facts: Facts) -> RuleResult | None:
    """Only where my own teams are configured: else nobody knows that the owner is another team."""
    teams = facts.settings.gate.teams
    owners = tuple(owner for owner in code_owners(facts) if is_group(Actor(owner)) or not _sensitive(facts))
    if not teams or not owners or any(_is_mine(owner, facts) for owner in owners):
        return None
    where = facts.failing.filename if facts.failing else "the failing code"
    code = facts.case.code
    version = (code.release if code else "") or next((e.release for e in facts.events if e.release), "")
    return _to_owner(facts, f"{where} belongs to {owners[0]}", owners[0], owners[0], version)


def _sensitive(facts: Facts) -> bool:
    """Of sensitive code a person's name says whose word is needed, and not whose code it is."""
    frame = facts.failing
    return frame is not None and bool(topic_of(path_of(frame), frame.function))


def _is_mine(owner: str, facts: Facts) -> bool:
    if any(
        same_person(owner.rpartition("/")[2], team.rpartition("/")[2]) for team in facts.settings.gate.teams
    ):
        return True
    return any(same_person(owner, name) for name in facts.settings.me)


def code_owners(facts: Facts) -> tuple[str, ...]:
    """Owners of the failing line: by CODEOWNERS at its commit, else by configured globs over its path."""
    code = facts.case.code
    if code is not None and (named := tuple(o.name for o in code.owners if o.from_codeowners)):
        return named
    frame = facts.failing
    if frame is None:
        return ()
    path = path_of(frame).lstrip("/")
    out = []
    for pattern, owner in facts.settings.gate.owners.items():
        glob = pattern.lstrip("/")
        glob = glob + "*" if glob.endswith("/") else glob
        is_path = "/" in glob or "*" in glob or "." in glob
        if is_path and (fnmatch.fnmatchcase(path, glob) or fnmatch.fnmatchcase(path, f"*/{glob}")):
            out.append(owner)
    return tuple(out)


def _to_owner(facts: Facts, saw: str, owner: str, name: str, version: str) -> RuleResult:
    told = f" (version {version})" if version else " (its version is not told)"
    matters = (
        "its owner has to change it; a guard of ours would hide it"
        if is_group(Actor(name))
        else ("its owner has to change it, or a newer version has")
    )
    return RuleResult(RULE, "ticket", saw + ("" if version and version in saw else told), matters, facts.cites,
                      waits_for=owner, kind="not our code")  # fmt: skip


def _mapped(facts: Facts) -> RuleResult:
    code = facts.case.code
    if code is None or not code.repository:
        service = facts.case.service or "this service"
        saw = (
            f"no repository is configured for {service}"
            if facts.repository is None
            else "the code was not mapped"
        )
        return RuleResult(RULE, "investigate", saw, "add it under `repositories` in the configuration")
    failing = code.failing
    if code.frames and failing is None:
        name, version = library_of(facts.events)
        saw = f"no frame is in {code.repository}"
        saw += f"; the innermost is {_versioned(name, version)}'s" if name else ""
        return _to_owner(facts, saw, _versioned(name, version) or "its owner", name, version)
    if failing is None:
        return RuleResult(RULE, None, "no frame to tell whose code it is")
    sure = (
        f"line {failing.verdict} at {code.release_commit[:7]}"
        if code.release_commit
        else f"line {failing.verdict} at HEAD"
    )
    cites = tuple(item for item in (failing.evidence, failing.span) if item)
    return RuleResult(RULE, None, f"our code, {sure}", cites=cites)


def _before(facts: Facts) -> str:
    frame = facts.failing
    return (
        f"ours by its path: {path_of(frame)}" if frame else "whose code it is shows when the code is mapped"
    )


def _versioned(name: str, version: str) -> str:
    return f"{name} {version}".strip()
