"""A release is found under the many names that people and build machines give it; what is unknown is said."""

import pytest

from rootcase.core.codemap.release import given_release, resolve_release, with_guess
from rootcase.core.codemap.versions import shas_in, version_of
from rootcase.core.model.errors import RepositoryError
from rootcase.core.model.signals import Deploy, Release, Signal

DAY = 86_400_000_000
# The first commit of a test's checkout is of 2 March 2026, noon; each further one a day later.
SECOND_OF_MARCH = 1_772_452_800_000_000


@pytest.fixture
async def shop(checkout, opened):
    """Three commits; the second one is what was released."""
    first = checkout.commit("One", {"a.py": "1\n"})
    released = checkout.commit("Two", {"a.py": "2\n"})
    last = checkout.commit("Three", {"a.py": "3\n"})
    repository = None

    class Shop:
        commits = (first, released, last)

        async def find(self, release, tags=(), signals=(), **settings):
            for name in tags:
                checkout.git("tag", name, released)
            nonlocal repository
            repository, configured = await opened(**settings)
            return await resolve_release(release, repository, configured, signals)

        async def guess(self, found, event_us, signals=()):
            return await with_guess(found, repository, "main", last, event_us, signals)

    return Shop()


@pytest.mark.parametrize(
    ("release", "tag"),
    [
        ("2.14.0", "v2.14.0"),
        ("v2.14.0", "2.14.0"),
        ("checkout@2.14.0", "checkout@2.14.0"),
        ("@acme/checkout@2.14.0", "checkout-v2.14.0"),
        ("checkout@2.14.0+build.7", "checkout-2.14.0"),
        ("com.acme.shop@2.14.0+45", "release/2.14.0"),
        ("2.14", "v2.14.0"),
        ("2.14.0", "REL_2_14_0"),
        ("2.14.0-rc.1", "v2.14.0rc1"),
        ("checkout@2.14.0", "packages/checkout/v2.14.0"),
        ("Version 2.14.0", "2.14.0"),
    ],
)
async def test_a_tag_is_found_however_it_is_spelt(shop, release, tag):
    found = await shop.find(release, [tag, "v2.14.1", "v2.1.4", "v12.14.0"])
    assert found.commit == shop.commits[1] and tag in found.how


@pytest.mark.parametrize(
    "form", ["{sha}", "{short}", "shop@{sha}", "shop-{short}", "1.2-5-g{short}", "1.2+{short}"]
)
async def test_a_commit_in_the_name_is_found(shop, form):
    sha = shop.commits[1]
    found = await shop.find(form.format(sha=sha, short=sha[:9]))
    assert found.commit == sha and found.how == f"commit {sha[:7]}"


async def test_a_package_of_a_monorepo_has_its_own_tag(shop, checkout):
    checkout.git("tag", "web@2.14.0", shop.commits[0])
    found = await shop.find("api@2.14.0", ["api@2.14.0"])
    assert found.commit == shop.commits[1]
    found = await shop.find("2.14.0")
    assert found.commit == "" and "2 tags of shop can be 2.14.0" in found.how


async def test_what_the_source_says_and_a_pattern_win(shop):
    signals = (Signal("sentry", "1", releases=(Release("nightly", shop.commits[1]),)),)
    found = await shop.find("nightly", signals=signals)
    assert (found.commit, found.how) == (shop.commits[1], "commit named by sentry")
    found = await shop.find("9", ["shop-rel-9"], release_pattern="shop-rel-{version}")
    assert found.how == "tag shop-rel-9"


async def test_a_release_that_was_not_fetched_says_how_to_bring_it(shop):
    signals = (Signal("sentry", "1", releases=(Release("nightly", "b" * 40),)),)
    found = await shop.find("nightly", signals=signals)
    assert found.commit == "" and "git fetch --all --tags" in found.how


async def test_without_a_commit_what_was_head_at_the_time_is_a_guess(shop):
    found = await shop.find("unknown")
    guessed = await shop.guess(found, SECOND_OF_MARCH + DAY + 1_000_000)
    assert guessed.commit == "" and guessed.guess == shop.commits[1]
    assert "the last commit of main before the event, as a guess" in guessed.guess_how
    assert (await shop.guess(found, SECOND_OF_MARCH - DAY)).guess == shop.commits[2]
    assert "shown at HEAD of main, as a guess" in (await shop.guess(found, 0)).guess_how
    deployed = (Signal("sentry", "1", deploys=(Deploy("unknown", "prod", SECOND_OF_MARCH + 1_000_000),)),)
    guessed = await shop.guess(found, SECOND_OF_MARCH + 9 * DAY, deployed)
    assert guessed.guess == shop.commits[0] and "before the release went out" in guessed.guess_how


async def test_a_commit_that_somebody_names_must_be_there(shop, opened):
    repository, _ = await opened()
    found = await given_release("", shop.commits[0][:8], repository)
    assert (found.commit, found.how) == (shop.commits[0], f"commit {shop.commits[0][:7]}, as given")
    with pytest.raises(RepositoryError) as caught:
        await given_release("", "f" * 40, repository)
    assert "git fetch" in caught.value.hint


def test_versions_and_shas_are_read_from_names():
    assert version_of("REL_2_14_0") == version_of("v2.14") == version_of("shop/2.14.0") == "2.14"
    assert version_of("2.14.0-rc.1") == version_of("v2.14rc1") == "2.14rc1"
    assert version_of("main") == "" and list(shas_in("build-20260101")) == []
