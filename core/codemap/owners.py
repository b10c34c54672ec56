"""Who to ask about a path: its code owners, the people who know its lines, and the team that owns the service."""

from __future__ import annotations

from collections.abc import Sequence

from rootcase.core.codemap.blamed import BlamedCommit
from rootcase.core.codemap.codeowners import Codeowners, OwnerRule
from rootcase.core.codemap.people import Credited, People
from rootcase.core.model.code import Credit, Owner, Person
from rootcase.core.model.signals import Signal

PEOPLE = 5
SHOWN = 10
REASONS = 3
YEAR_US = 365 * 86_400_000_000
# What knowing the very lines counts against knowing the file of late, and having looked at it against having made it.
LINES, FILE, REVIEWED, MERGED = 1.0, 0.6, 0.5, 0.3
HALF_LIFE_US = YEAR_US


def ranked_owners(
    paths: Sequence[str],
    rules: Codeowners,
    blamed: Sequence[BlamedCommit],
    credits: Sequence[Credit],
    signals: Sequence[Signal],
) -> tuple[Owner, ...]:
    """Code owner first, then who knows the lines best, then further owners of the rules and of the service.

    Args: paths: the files that most likely change, likeliest first. credits: commits of those files at HEAD.
    """
    official = _official(paths, rules)
    people = [_owner(item) for item in _people(blamed, credits).ranked()[:PEOPLE]]
    service = [
        Owner(name, (f"owns {signal.service or signal.project or 'the service'} at {signal.source}",))
        for signal in signals
        for name in signal.owners
    ]
    # The lead of each kind before the second of any: a team of four owners must not hide who wrote the line.
    order = [*official[:1], *people[:2], *official[1:], *service, *people[2:]]
    out: dict[str, Owner] = {}
    for owner in order:
        out.setdefault(owner.name.lstrip("@").casefold(), owner)
    return tuple(out.values())[:SHOWN]


def _official(paths: Sequence[str], rules: Codeowners) -> list[Owner]:
    out: dict[str, Owner] = {}
    for path in paths:
        for rule in rules.all_of(path):
            for name in rule.owners:
                out.setdefault(name, Owner(name, (_why(rule),), from_codeowners=True))
    return list(out.values())


def _why(rule: OwnerRule) -> str:
    section = f", section {rule.section}{' (optional)' if rule.optional else ''}" if rule.section else ""
    return f"CODEOWNERS of {rule.pattern}{section}"


def _people(blamed: Sequence[BlamedCommit], credits: Sequence[Credit]) -> People:
    people = People()
    for item in blamed:
        what = (
            item.reasons[0].removeprefix("last changed ").removeprefix("wrote ")
            if item.reasons
            else "these lines"
        )
        why = f"last to touch {what}, {item.share:.0%} of what may change"
        commit = item.commit
        people.credit(Person(commit.author, commit.email), LINES * item.share, why, commit.at_us)
    newest = max((credit.at_us for credit in credits), default=0)
    fresh = {credit.sha: 0.5 ** ((newest - credit.at_us) / HALF_LIFE_US) for credit in credits}
    total = sum(weight for credit in credits if not credit.merge for weight in [fresh[credit.sha]]) or 1.0
    for credit in credits:
        weight = FILE * fresh[credit.sha] / total
        if credit.merge:
            people.credit(credit.author, weight * MERGED, "merged changes of this file", credit.at_us)
            continue
        people.credit(credit.author, weight, "changed this file of late", credit.at_us)
        if credit.committer.email != credit.author.email:
            people.credit(credit.committer, weight * MERGED, "committed changes of this file", credit.at_us)
        for did, person in credit.others:
            share = 1.0 if did == "wrote" else REVIEWED
            why = "changed this file of late" if did == "wrote" else "reviewed changes of this file"
            people.credit(person, weight * share, why, credit.at_us)
    return people


def _owner(item: Credited) -> Owner:
    ordered = sorted(item.reasons, key=lambda entry: -entry[0])
    return Owner(item.name, tuple(dict.fromkeys(why for _, why in ordered))[:REASONS])
