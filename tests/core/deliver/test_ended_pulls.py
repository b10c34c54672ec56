"""How a pull request ended: merged at which commit, closed by whom, and whose commit was last on its branch."""

from __future__ import annotations

import json

import msgspec
import pytest

from rootcase.core.deliver.forge import Made
from rootcase.core.deliver.github_shapes import Pull
from rootcase.core.deliver.gitlab_shapes import MergeRequest
from tests.contract.contract import ABSENT, FOLDER

AT, AT_US = "2026-11-03T02:15:00Z", 1_793_672_100_000_000


def github(**more: object) -> Made:
    told = {
        "number": 12,
        "html_url": "https://github.com/a/b/pull/12",
        "head": {"ref": "x", "sha": "h" * 40},
        **more,
    }
    return msgspec.json.decode(json.dumps(told), type=Pull).made()


def gitlab(**more: object) -> Made:
    told = {"iid": 12, "web_url": "https://gitlab.com/a/b/-/merge_requests/12", "sha": "h" * 40, **more}
    return msgspec.json.decode(json.dumps(told), type=MergeRequest).made()


def test_merged_at_github():
    made = github(
        state="closed", merged_at=AT, closed_at=AT, merge_commit_sha="m" * 40, merged_by={"login": "lena"}
    )
    assert (made.state, made.merge_commit, made.head_commit) == ("merged", "m" * 40, "h" * 40)
    assert (made.ended_us, made.ended_by) == (AT_US, "lena")


def test_closed_at_github_names_nobody_and_a_test_merge_is_no_merge():
    made = github(state="closed", closed_at=AT, merge_commit_sha="t" * 40)
    assert (made.state, made.merge_commit, made.ended_us, made.ended_by) == ("closed", "", AT_US, "")


@pytest.mark.parametrize("name", ["merge_user", "merged_by"])
def test_merged_at_gitlab_by_its_newer_and_its_older_name(name):
    made = gitlab(state="merged", merged_at=AT, squash_commit_sha="s" * 40, **{name: {"username": "lena"}})
    assert (made.state, made.merge_commit, made.ended_us, made.ended_by) == (
        "merged",
        "s" * 40,
        AT_US,
        "lena",
    )


def test_closed_at_gitlab():
    made = gitlab(state="closed", closed_at=AT, closed_by={"username": "lena"})
    assert (made.state, made.merge_commit, made.ended_us, made.ended_by) == ("closed", "", AT_US, "lena")


def test_an_open_one_has_not_ended():
    assert github(state="open").ended_us == gitlab(state="opened").ended_us == 0


@pytest.mark.parametrize(
    ("file", "schema", "fields"),
    [
        ("github.json", "pull-request", ("merged_at", "closed_at", "merged_by", "merge_commit_sha", "head")),
        (
            "gitlab.json",
            "APIEntitiesMergeRequest",
            ("closed_at", "closed_by", "merged_by", "merge_user", "sha"),
        ),
    ],
)
def test_the_services_describe_these_fields(file, schema, fields):
    if not FOLDER.is_dir():
        pytest.skip(ABSENT)
    told = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    assert set(fields) <= set(told["components"]["schemas"][schema]["properties"])
