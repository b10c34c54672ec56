"""A release's name against the tags and commits of a repository: which of them can it mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

_STAGE = "alpha|beta|preview|pre|rc|dev|post|final|a|b|c|m|sp"
_VERSION = re.compile(
    rf"(?<![0-9A-Za-z.])[vV]?(\d+(?:[._-]\d+)*(?:[._+-]?(?:{_STAGE})[._-]?\d*)?)(?![0-9A-Za-z])"
)
_HEX = re.compile(r"(?<![0-9A-Za-z])g?([0-9a-f]{7,40})(?![0-9A-Za-z])")
_FULL = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST = 300


def bare(release: str) -> str:
    """`checkout@2.14.0+build7` is 2.14.0."""
    return release.rsplit("@", 1)[-1].split("+", 1)[0]


def package_of(release: str) -> str:
    """`@acme/checkout@2.14.0` is of @acme/checkout; "" where no package is named."""
    return release.rsplit("@", 1)[0].strip("@/") if "@" in release.lstrip("@") else ""


def shas_in(release: str) -> Iterator[str]:
    """Words of a release's name that can be commit ids, the likeliest first: whole, full length, then others.

    A word of digits alone is a build number unless it is all that the name says.
    """
    release = release[:_LONGEST]
    words = list(dict.fromkeys(_HEX.findall(release.lower())))
    for word in sorted(words, key=lambda word: (not _FULL.fullmatch(word), -len(word))):
        if word in (release.lower(), bare(release).lower()) or not word.isdigit():
            yield word


def plain_names(release: str, pattern: str) -> list[str]:
    """Spellings of the tag that are tried as they are. pattern: as configured, with `{version}` in it."""
    version, package = bare(release), package_of(release)
    plain = version[1:] if re.match(r"[vV]\d", version) else version
    names = [pattern.replace("{version}", plain)] if pattern else []
    if package:
        short = package.rsplit("/", 1)[-1]
        for name in dict.fromkeys((package, short)):
            names += [f"{name}{joint}{plain}" for joint in ("@", "-", "-v", "/v", "/", "@v", "_", ".")]
    names += [release, version, f"v{plain}", plain]
    names += [
        f"{word}{joint}{plain}"
        for word in ("release", "releases", "rel")
        for joint in ("-", "/", "-v", "/v", "_")
    ]
    return list(dict.fromkeys(names))


def version_of(name: str) -> str:
    """The version in a tag's or release's name in one spelling, "" for none: `REL_2_14_0` and `v2.14` are 2.14."""
    found = _VERSION.findall(name[:_LONGEST])
    if not found:
        return ""
    numbers = re.sub(r"[_-](?=\d)", ".", found[-1].lower())
    numbers = re.sub(rf"[._+-]?({_STAGE})[._-]?", r" \1 ", numbers)
    head, *rest = numbers.split(" ")
    head = re.sub(r"(?:\.0)+$", "", head)
    words = [
        "a" if w == "alpha" else "b" if w == "beta" else "rc" if w in ("c", "pre", "preview") else w
        for w in rest
    ]
    return "".join([head, *words]).removesuffix("final").rstrip(".")


def alike_tags(release: str, tags: Iterable[str]) -> list[str]:
    """Tags of the same version however spelt; those that name the release's package alone, where any does."""
    wanted = version_of(bare(release))
    if not wanted or not re.search(r"\d", bare(release)):
        return []
    found = [name for name in tags if version_of(name) == wanted]
    package = package_of(release).rsplit("/", 1)[-1].lower()
    own = [name for name in found if package and package in name.lower()]
    return own or found


def one_commit(names: Iterable[str], tags: Mapping[str, str]) -> str:
    """The tag where all of these names are one commit, "" where they are several."""
    names = list(names)
    return names[0] if names and len({tags[name] for name in names}) == 1 else ""
