"""A team's own template: its words around our parts, a clear error where it is broken, and nothing lost."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from rootcase.core.deliver.naming import marker
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose, propose
from rootcase.core.deliver.template import PULL_REQUEST, TICKET, Templates, template
from rootcase.core.model.entries import Faulted, Proposed
from rootcase.core.model.errors import ConfigError
from tests.core.deliver.reading import live_in, visible

OURS = (
    "## Why\n\n{{cause}}\n\n## What was ruled out\n\n{{ruled_out}}\n\n"
    "## Proof\n\n{{tests}}\n{{confidence}}\n\nSigned-off: team\n"
)


def made(kit, place, case, text, *, ticket=False):
    settings = kit.settings_for("http://127.0.0.1:1")
    repository = settings.repositories[0]
    own = template(text, "own.md", ticket=ticket)
    return compose(
        case, settings, repository, kit.where(settings, place), depth(case, settings, repository),
        templates=Templates(ticket=own) if ticket else Templates(pull_request=own),
    )  # fmt: skip


def test_parts_stand_where_the_team_wants_them_and_the_rest_is_folded_at_the_end(kit, place, proved):
    proposal = made(kit, place, proved.case, OURS)
    headings = [line for line in proposal.body.split("\n") if line.startswith("#")]
    assert headings == ["## Why", "## What was ruled out", "## Proof"]
    assert "load returns a row without a currency." in proposal.body and "Signed-off: team" in proposal.body
    folded = proposal.body.partition("<details><summary>More from the case</summary>")[2]
    for name, text in proposal.parts:
        if name in ("Cause", "Ruled out", "Tests", "Confidence"):
            assert text.split("\n")[0] in proposal.body
        else:
            assert f"**{name}**" in folded and text.split("\n")[0] in folded
    assert proposal.body.rstrip().endswith(marker(proved.case))
    assert live_in(proposal.body) == [] and len(visible(proposal.body)) <= 60
    assert [name for name, _ in proposal.parts][:2] == ["Production signal", "Cause"]


def test_a_section_without_anything_to_say_goes_with_its_heading(kit, place, proved):
    from dataclasses import replace

    case = replace(proved.case, claims=tuple(c for c in proved.case.claims if c.status != "refuted"))
    body = made(kit, place, case, OURS).body
    assert "What was ruled out" not in body and "## Why" in body


def test_a_template_of_its_own_for_tickets(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    proposal = made(kit, place, journal.case, "# For the owners\n\n{{owners}}\n\n{{missing}}\n", ticket=True)
    assert proposal.kind == "ticket" and proposal.body.startswith("# For the owners\n\n- `@mira`")


def test_every_part_may_be_placed(kit, place, proved):
    assert set(PULL_REQUEST.values()) == {name for name, _ in made(kit, place, proved.case, OURS).parts}
    everything = "\n\n".join(f"{{{{{name}}}}}" for name in PULL_REQUEST)
    assert "More from the case" not in made(kit, place, proved.case, everything).body
    assert template("\n\n".join(f"{{{{ {name} }}}}" for name in TICKET), "t.md", ticket=True)


def test_many_lines_of_the_teams_own_leave_less_room_for_ours(kit, place, proved):
    text = "\n\n".join(f"Line {n} of our rules" for n in range(20)) + "\n\n" + "\n\n".join(
        f"## {name}\n\n{{{{{name}}}}}" for name in PULL_REQUEST if name not in ("evidence", "ledger")
    )  # fmt: skip
    with pytest.raises(ConfigError, match="too long"):
        template(text, "own.md", ticket=False)
    shorter = text.split("Line 9 of")[0] + "\n\n" + "\n\n".join(f"{{{{{name}}}}}" for name in PULL_REQUEST)
    assert len(visible(made(kit, place, proved.case, shorter).body)) <= 60


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Nothing of ours\n", "own.md places no part"),
        ("{{cause}}\n\n{{cuase}}\n", "own.md:3: no part is called 'cuase'"),
        ("Why: {{cause}}\n", "own.md:1: a part stands on a line of its own"),
        ("{{cause}}\n\n{{tests}\n", "own.md:3: these braces are not closed"),
        ("```\n{{cause}}\n", "own.md:1: a part stands inside of code or HTML"),
        ("<!--\n{{cause}}\n", "own.md:1: a part stands inside of code or HTML"),
        ("<details>\n\n{{cause}}\n", "own.md: a <details> is not closed"),
        ("{{owners}}\n", "own.md:1: no part is called 'owners'"),
        ("{{cause}}\n" + "x" * 30_000, "own.md is no template"),
    ],
)
def test_what_is_broken_is_named_with_its_line(text, words):
    with pytest.raises(ConfigError) as fault:
        template(text, "own.md", ticket=False)
    assert fault.value.title.startswith(words)


async def test_a_broken_template_loses_nothing_ours_stands_in(kit, place, proved):
    settings = kit.settings_for("http://127.0.0.1:1")
    fault = Faulted(
        "deliver", "own.md:1: no part is called 'cuase'", "Rootcase's own is used.", "Parts: cause."
    )
    stage = propose(
        proved.case, settings, settings.repositories[0], kit.where(settings, place),
        templates=Templates(faults=(fault,)),
    )  # fmt: skip
    bodies = [body async for body in stage]
    assert bodies[0] == fault and isinstance(bodies[1], Proposed)
    assert bodies[1].proposal.body.startswith("### Production signal")


def test_hostile_text_stays_neutral_in_a_teams_own_template(kit, place, proved):
    from tests.core.deliver.poisoning import poisoned
    from tests.core.deliver.test_hostile_bodies import HOSTILE

    for text in HOSTILE[::6]:
        body = made(kit, place, poisoned(proved.case, text), OURS).body
        assert live_in(body) == [], text
        assert next(t.content for t in MarkdownIt().parse(body) if t.type == "inline") == "Why"
