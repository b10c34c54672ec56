"""A protected path stays protected however it is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootcase.core.model.errors import GuardrailError
from rootcase.core.safety.paths import matches, normal

RULES = (
    "*.env*",
    "config/production.*",
    "k8s/production/**",
    "Dockerfile*",
    "*.lock",
    "/only-root.txt",
    "secrets/",
)


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (".env", "*.env*"),
        ("deep/down/.env.local", "*.env*"),
        ("deep/.ENV", "*.env*"),
        ("./deep//.env", "*.env*"),
        ("deep\\.env", "*.env*"),
        ("config/production.yaml", "config/production.*"),
        ("CONFIG/Production.YAML", "config/production.*"),
        ("k8s/production/a/b/c.yml", "k8s/production/**"),
        ("dockerfile.dev", "Dockerfile*"),
        ("services/api/Dockerfile", "Dockerfile*"),
        ("\uff24ockerfile", "Dockerfile*"),
        ("uv.lock", "*.lock"),
        ("only-root.txt", "/only-root.txt"),
        ("a/secrets/key.txt", "secrets/"),
    ],
)
def test_a_path_is_covered_by_its_rule(path, rule):
    assert matches(path, RULES) == rule


@pytest.mark.parametrize(
    "path",
    [
        "src/environment.py",
        "sub/config/production.yaml",
        "k8s/staging/a.yml",
        "sub/only-root.txt",
        "src/lock.py",
    ],
)
def test_other_paths_are_free(path):
    assert matches(path, RULES) is None


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "a/../.env",
        "a/..",
        "/etc/passwd",
        "C:\\x",
        "c:/x",
        "a\\..\\x",
        "a\0b",
        ".git/hooks/x",
        "sub/.GIT/config",
    ],
)
def test_a_path_that_leaves_the_repository_or_is_gits_own_is_refused(path):
    with pytest.raises(GuardrailError):
        matches(path, RULES)


def test_stars_stay_in_their_folder_and_double_stars_do_not():
    assert matches("src/a/b.py", ["src/*.py"]) is None
    assert matches("src/b.py", ["src/**/*.py"]) == "src/**/*.py"
    assert matches("src/a/c/b.py", ["src/**/*.py"]) == "src/**/*.py"
    assert matches("x/y/z.sql", ["**/z.sql"]) == "**/z.sql"


def test_an_exclamation_mark_lifts_no_rule():
    assert matches(".env", ["*.env*", "!.env"]) == "*.env*"


SEGMENT = st.text(alphabet="abcAB.-_", min_size=1, max_size=6).filter(lambda s: s not in (".", ".."))


@given(st.lists(SEGMENT, min_size=1, max_size=5))
def test_a_path_is_always_covered_by_itself_and_by_its_folders(parts):
    path = "/".join(parts)
    assert normal(path) == path
    for end in range(1, len(parts) + 1):
        rule = "/" + "/".join(parts[:end])
        assert matches(path.upper(), [rule]) == rule
    assert matches(path, ["**"]) == "**"


def test_a_pattern_of_many_stars_is_quick():
    assert matches("a" * 2_000, ["*a" * 40 + "b"]) is None
    assert matches("/".join("a" * 300), ["**/a/" * 40 + "b"]) is None
