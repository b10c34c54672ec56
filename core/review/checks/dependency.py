"""The draft brings in a dependency."""

from __future__ import annotations

import ast
import json
import re
import tomllib
from collections.abc import Iterator
from configparser import ConfigParser
from configparser import Error as ConfigError

from rootcase.core.review.change import Change, FileChange, Found

CHECK = "new dependency"
SETTLE = "Do it without, or waive this with the reason; a dependency is a decision of its own."
MANIFEST = re.compile(
    r"(?:^|/)(?:requirements[^/]*\.(?:txt|in)|constraints[^/]*\.txt|pyproject\.toml|setup\.py|setup\.cfg|Pipfile"
    r"|environment\.ya?ml|package\.json|go\.mod|Gemfile|[^/]*\.gemspec|composer\.json|Cargo\.toml|pom\.xml"
    r"|build\.gradle(?:\.kts)?|[^/]*\.csproj)$"
)
NAME = re.compile(r"[\"']?([A-Za-z][\w.@/-]*)")
# How pom.xml, .csproj and Gradle name a package on a line of its own.
ELEMENT = re.compile(
    r"<artifactId>\s*([\w.-]+)|<PackageReference\s+Include=\"([\w.-]+)|\b\w*[iI]mplementation\s*\(?\s*['\"]([\w.:-]+)"
)
REQUIREMENT = re.compile(r"[A-Za-z0-9][\w.-]*")
JSON_FILES = ("package.json", "composer.json")
JSON_PARTS = (
    "dependencies",
    "devDependencies",
    "peerDependencies",
    "optionalDependencies",
    "require",
    "require-dev",
)
SETUP_WORDS = frozenset({"install_requires", "extras_require", "tests_require", "setup_requires"})


def dependency(change: Change) -> Iterator[Found]:
    """What a manifest names as needed that it did not name before; by its sections where it has some."""
    for file in change.files:
        if MANIFEST.search(file.path):
            yield from _added(file)


def _added(file: FileChange) -> Iterator[Found]:
    named = [needed(file.path, text or "") for text in (file.old, file.new)]
    before, now = named
    if before is not None and now is not None:
        for name in sorted(now - before):
            line = next((each for each in file.added if name in each.text.lower().replace("_", "-")), None)
            hunk, index, said = (
                (line.hunk.id, line.index, line.text) if line else (file.hunks[0].id, -1, name)
            )
            text = f"Adds `{name}` to `{file.path}`."
            yield Found(CHECK, "warn", file.path, hunk, text, SETTLE, index, said=said)
        return
    known = {_name(text) for text in (file.old or "").splitlines()}
    for line in file.added:
        name = _name(line.text)
        if name and name not in known:
            text = f"Adds `{name}` to `{file.path}`."
            yield Found(CHECK, "warn", file.path, line.hunk.id, text, SETTLE, line.index, said=line.text)


def needed(path: str, text: str) -> frozenset[str] | None:
    """The packages that a manifest names as needed; None where its sections are not known here or do not parse."""
    name = path.rpartition("/")[2]
    try:
        if name in ("pyproject.toml", "Cargo.toml", "Pipfile"):
            return _toml(tomllib.loads(text))
        if name in JSON_FILES:
            return _json(json.loads(text or "{}"))
        if name == "setup.cfg":
            return _cfg(text)
        if name == "setup.py":
            return _setup(ast.parse(text))
    except (tomllib.TOMLDecodeError, ValueError, SyntaxError, RecursionError, ConfigError):
        return None
    return None


def _toml(table: object, section: str = "") -> frozenset[str]:
    """Every list of requirements and every table of packages, by the names their sections go by."""
    out: set[str] = set()
    if isinstance(table, dict):
        for key, value in table.items():
            listed = key.endswith(("dependencies", "packages")) or section.endswith("groups")
            if listed or (key == "requires" and section == "build-system"):
                out |= _toml_names(value)
            else:
                out |= _toml(value, key)
    return frozenset(out)


def _toml_names(value: object) -> set[str]:
    if isinstance(value, list):
        return {_plain(item) for item in value if isinstance(item, str)} - {""}
    out: set[str] = set()
    for key, inner in value.items() if isinstance(value, dict) else ():
        out |= _toml_names(inner) if isinstance(inner, list) else {_plain(key)}
    return out - {"", "python"}


def _json(table: object) -> frozenset[str]:
    parts = [table.get(part) for part in JSON_PARTS] if isinstance(table, dict) else []
    return frozenset(name.lower() for part in parts if isinstance(part, dict) for name in part)


def _cfg(text: str) -> frozenset[str]:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    listed = [parser.get("options", name, fallback="") for name in SETUP_WORDS]
    if parser.has_section("options.extras_require"):
        listed += [value or "" for _, value in parser.items("options.extras_require")]
    return frozenset(_plain(row) for block in listed for row in block.splitlines()) - {""}


def _setup(tree: ast.Module) -> frozenset[str]:
    out: set[str] = set()
    for node in ast.walk(tree):
        if (isinstance(node, ast.keyword) and node.arg in SETUP_WORDS) or (
            isinstance(node, ast.Assign) and any("requires" in ast.unparse(t).lower() for t in node.targets)
        ):
            out |= _strings(node.value)
    return frozenset(out) - {""}


def _strings(node: ast.AST) -> set[str]:
    return {
        _plain(n.value) for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)
    }


def _plain(requirement: str) -> str:
    found = REQUIREMENT.match(requirement.strip())
    return found.group(0).lower().replace("_", "-") if found else ""


def _name(line: str) -> str:
    text = line.strip().removeprefix("-").strip()
    if text.startswith(("#", "//", "[", "]", "{", "}", "<!--")):
        return ""
    found = ELEMENT.search(text) or NAME.match(text)
    return next(part for part in found.groups() if part).lower() if found else ""
