"""Who knows the code: one person under two addresses, reviewers and mergers counted, bots left out."""

import pytest

from rootcase.core.codemap.blamed import BlamedCommit
from rootcase.core.codemap.codeowners import Codeowners, parse_codeowners
from rootcase.core.codemap.owners import ranked_owners
from rootcase.core.codemap.people import People, is_bot
from rootcase.core.model.code import Commit, Credit, Person
from rootcase.core.model.signals import Signal

DAY = 86_400_000_000
NOW = 20_000 * DAY
NONE = Codeowners()


def credit(who, *, days=1, merge=False, by=None, others=()):
    author = Person(who, f"{who}@x.org")
    return Credit(f"{who}{days}{merge}", NOW - days * DAY, author, by or author, merge, tuple(others))


def names(owners):
    return [owner.name for owner in owners]


def test_two_addresses_and_a_hidden_one_are_one_person():
    people = People()
    people.credit(Person("Mira Berg", "mira@work.com"), 0.2, "a", 1)
    people.credit(Person("mira", "12345+miraberg@users.noreply.github.com"), 0.2, "b", 2)
    people.credit(Person("Mira B.", "mira@work.com"), 0.2, "c", 3)
    people.credit(Person("Omar", "omar@x.org"), 0.3, "d")
    ranked = people.ranked()
    assert [(item.name, round(item.weight, 1)) for item in ranked] == [("Mira B.", 0.6), ("Omar", 0.3)]


def test_two_that_turn_out_to_be_one_are_joined_late():
    people = People()
    people.credit(Person("M. Berg", "a@x.org"), 0.1, "a", 1)
    people.credit(Person("Mira Berg", "b@x.org"), 0.1, "b", 2)
    people.credit(Person("Mira Berg", "a@x.org"), 0.1, "c", 3)
    assert [(item.name, round(item.weight, 1)) for item in people.ranked()] == [("Mira Berg", 0.3)]


@pytest.mark.parametrize(
    ("name", "email", "bot"),
    [
        ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com", True),
        ("pre-commit-ci[bot]", "x@y", True),
        ("GitHub", "noreply@github.com", True),
        ("release-bot", "r@x.org", True),
        ("Renovate Bot", "bot@renovateapp.com", True),
        ("Abbot Costa", "abbot@x.org", False),
        ("Cibele", "ci@x.org", False),
        ("", "", True),
    ],
)
def test_bots_are_told_from_people(name, email, bot):
    assert is_bot(Person(name, email)) is bot


def test_the_author_of_the_lines_comes_before_the_one_who_works_there_most():
    commit = Commit("a" * 40, "ines", "ines@x.org", NOW - 900 * DAY, "Start")
    blamed = (BlamedCommit(commit, 0.8, ("last changed the failing line 8",)),)
    owners = ranked_owners(["a.py"], NONE, blamed, [credit("omar", days=n) for n in (1, 2, 3)], ())
    assert names(owners) == ["ines", "omar"]
    assert owners[0].reasons == ("last to touch the failing line 8, 80% of what may change",)
    assert owners[1].reasons == ("changed this file of late",)


def test_reviewers_and_mergers_know_it_too_but_less():
    reviewed = credit("omar", others=[("reviewed", Person("Ada", "ada@x.org"))])
    merged = credit("ravi", merge=True)
    assert names(ranked_owners(["a.py"], NONE, (), [reviewed, merged], ())) == ["omar", "Ada", "ravi"]


def test_a_bot_is_nobodys_owner_however_much_it_commits():
    bot = Person("renovate[bot]", "29139614+renovate[bot]@users.noreply.github.com")
    commits = [Credit(f"b{n}", NOW, bot, bot) for n in range(9)]
    assert names(ranked_owners(["a.py"], NONE, (), [*commits, credit("omar", days=300)], ())) == ["omar"]


def test_a_team_of_many_owners_does_not_hide_who_wrote_the_line():
    rules = parse_codeowners("*.py @one @two @three @four\n")
    signals = (Signal("pagerduty", "1", service="checkout", owners=("Checkout team",)),)
    commit = Commit("a" * 40, "ines", "ines@x.org", NOW, "Start")
    blamed = (BlamedCommit(commit, 1.0, ("last changed line 8",)),)
    owners = ranked_owners(["a.py"], rules, blamed, [credit("omar")], signals)
    assert names(owners)[:3] == ["@one", "ines", "omar"] and owners[0].from_codeowners
    assert names(owners)[-1] == "Checkout team" and owners[-1].reasons == ("owns checkout at pagerduty",)


async def test_credits_are_read_from_trailers_mailmap_and_merges(checkout, opened):
    checkout.commit("Start", {"a.py": "x = 1\n", ".mailmap": "Ines Roth <ines@example.com>\n"}, author="ines")
    checkout.commit(
        "More\n\nReviewed-by: Ada L <ada@x.org>\nCo-authored-by: Ravi <ravi@x.org>", {"a.py": "x = 2\n"}
    )
    checkout.git("checkout", "-q", "-b", "side")
    checkout.commit("Side", {"a.py": "x = 3\n"}, author="omar")
    checkout.git("checkout", "-q", "main")
    checkout.git("merge", "-q", "--no-ff", "-m", "Merge side", "side", author="mira")
    repository, _ = await opened()
    credits = await repository.credits(checkout.git("rev-parse", "HEAD"), ["a.py"])
    plain = [item for item in credits if not item.merge]
    assert [item.author.name for item in plain] == ["omar", "jonas", "Ines Roth"]
    assert [(did, who.name) for did, who in plain[1].others] == [("reviewed", "Ada L"), ("wrote", "Ravi")]
    assert [item.author.name for item in credits if item.merge] == ["mira"]
    assert await repository.credits(checkout.git("rev-parse", "HEAD"), ["gone.py"]) == ()
