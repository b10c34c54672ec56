"""A repository's pull request template, sign-off and titles are respected; nothing in them becomes live."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from rootcase.core.deliver.customs import Customs, customs, in_template
from rootcase.core.deliver.naming import is_ours
from rootcase.core.deliver.policy import depth
from rootcase.core.deliver.proposal import compose

TEMPLATE = """<!-- Thanks! Delete this. -->
Thank you for contributing.

## What does this change?
<!-- one sentence -->

## Why

## How was it tested?

## Screenshots

## Checklist
- [x] I have read CONTRIBUTING.md
- [ ] A changelog line
* plain @acme/everyone closes #12 ![x](https://evil.example/p.png)
<img src=x onerror=alert(1)>
/label ~bug
"""
PARTS = (("Production signal", "4 events"), ("Cause", "a lost column"), ("Change", "- one hunk"),
         ("Tests", "1 passed"), ("Ledger", "case C-1"))  # fmt: skip


def test_sections_keep_their_names_and_order_and_ours_go_where_they_are_asked_for():
    body = in_template(TEMPLATE, PARTS, "last line")
    headings = re.findall(r"^#+ .*$", body, re.MULTILINE)
    assert headings == ["## What does this change?", "## Why", "## How was it tested?", "## Screenshots",
                        "## Checklist", "### Ledger"]  # fmt: skip
    sections = re.split(r"^#+ .*$", body, flags=re.MULTILINE)
    assert sections[0].strip() == "Thank you for contributing."
    assert "- one hunk" in sections[1] and "1 passed" in sections[3]
    assert "**Production signal**\n4 events" in sections[2] and "**Cause**\na lost column" in sections[2]
    assert sections[4].strip() == "Not filled in."
    assert "- [ ] I have read CONTRIBUTING" in sections[5].replace("\\", "") and "- [x]" not in body
    assert body.endswith("last line\n") and "Delete this" not in body


def test_nothing_of_a_template_is_live():
    body = in_template(TEMPLATE, PARTS, "last line")
    html = MarkdownIt("commonmark", {"html": True}).render(body)
    assert "<img" not in html and "<a " not in html
    assert not re.search(r"^/label", body, re.MULTILINE) and "closes #12" not in body
    assert "@acme" not in re.sub(r"`[^`]*`", "", body)


def test_what_files_say_about_how_to_contribute():
    assert customs({}) == Customs()
    assert customs({"docs/pull_request_template.md": TEMPLATE}).template == TEMPLATE
    assert customs({".gitlab/merge_request_templates/Default.md": "## Why"}).template == "## Why"
    assert customs({"CONTRIBUTING.md": "We use Conventional Commits."}).prefix == "fix: "
    assert customs({".commitlintrc.yml": "extends: x"}).prefix == "fix: "
    assert customs({".github/dco.yml": ""}).signs_off
    assert customs({"CONTRIBUTING.md": "Add a Signed-off-by line."}).signs_off


def test_a_proposal_follows_them_and_is_found_again_by_its_line(kit, place, proved):
    settings = kit.settings_for("http://127.0.0.1:9")
    repository = settings.repositories[0]
    wanted = Customs(TEMPLATE, "fix: ", True, "Dana <dana@example.com>")
    how = depth(proved.case, settings, repository)
    proposal = compose(proved.case, settings, repository, kit.where(settings, place), how, customs=wanted)
    assert proposal.title == "fix: Load the currency with the price rows"
    push = proposal.writes[0]
    assert push.text.startswith(proposal.title) and push.note.endswith(", signed off")
    assert push.text.endswith("Rootcase-Evidence: E4\nSigned-off-by: Dana <dana@example.com>\n")
    assert "## Checklist" in proposal.body and is_ours(proposal.body, proved.case)


def test_a_ticket_has_no_template(kit, place):
    journal = kit.Journal()
    journal.add(*kit.opening(place.base))
    settings = kit.settings_for("http://127.0.0.1:9")
    repository = settings.repositories[0]
    how = depth(journal.case, settings, repository)
    wanted = Customs(TEMPLATE, "fix: ", True, "Dana <dana@example.com>")
    proposal = compose(journal.case, settings, repository, kit.where(settings, place), how, customs=wanted)
    assert proposal.title.startswith("Investigate") and "Checklist" not in proposal.body
