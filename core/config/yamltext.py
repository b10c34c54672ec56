"""YAML to plain values that remember their lines, so that an error can name file, line and key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from rootcase.core.model.errors import ConfigError

# A repository's own file is read too: an alias of an alias must not become a billion values.
MOST_VALUES = 20_000
LONGEST = 1_000_000
DEEPEST = 40

Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"


@dataclass(frozen=True, slots=True)
class Parsed:
    """value: the document, {} when it is empty. lines: 1-based line of each dotted key (`sources.0.kind`)."""

    value: dict[str, Plain]
    lines: dict[str, int]


def parse(text: str, origin: str) -> Parsed:
    """Read a mapping; ConfigError names `origin` and the line of what is wrong."""
    import yaml

    if len(text) > LONGEST:
        raise ConfigError(f"{origin} is too large", f"More than {LONGEST:,} characters.", "Make it smaller.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except RecursionError:
        raise _too_much(origin) from None
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        where = f"{origin}:{mark.line + 1}" if mark else origin
        raise ConfigError(
            f"{where}: this is not YAML",
            str(getattr(fault, "problem", fault)),
            "Check indentation and quotes there.",
        ) from None
    if node is None:
        return Parsed({}, {})
    if not isinstance(node, yaml.MappingNode):
        raise ConfigError(f"{origin}:1: expected keys and values", "The file holds something else.", "")
    lines: dict[str, int] = {}
    loader = yaml.SafeLoader("")
    try:
        value = _plain(node, "", lines, loader, origin)
    finally:
        loader.dispose()
    assert isinstance(value, dict)
    return Parsed(value, lines)


def _plain(node: object, path: str, lines: dict[str, int], loader: object, origin: str) -> Plain:
    import yaml

    assert isinstance(loader, yaml.SafeLoader)
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Plain] = {}
        for key_node, child in node.value:
            key = str(_constructed(key_node, loader, origin))
            name = f"{path}.{key}" if path else key
            if key in out:
                raise ConfigError(
                    f"{origin}:{key_node.start_mark.line + 1}: `{key}` is there twice",
                    f"It was first set in line {lines[name]}.",
                    "Keep one of them.",
                )
            _counted(lines, path, origin)
            lines[name] = key_node.start_mark.line + 1
            out[key] = _plain(child, name, lines, loader, origin)
        return out
    if isinstance(node, yaml.SequenceNode):
        items: list[Plain] = []
        for index, child in enumerate(node.value):
            name = f"{path}.{index}"
            _counted(lines, path, origin)
            lines[name] = child.start_mark.line + 1
            items.append(_plain(child, name, lines, loader, origin))
        return items
    assert isinstance(node, yaml.ScalarNode)
    value = _constructed(node, loader, origin)
    return value if isinstance(value, bool | int | float | str) or value is None else str(node.value)


def _constructed(node: object, loader: object, origin: str) -> object:
    """The plain value of a key or scalar; ConfigError for a tag or a value that YAML cannot make one of."""
    import yaml

    assert isinstance(loader, yaml.SafeLoader) and isinstance(node, yaml.Node)
    try:
        value: object = loader.construct_object(node, deep=True)
    except (yaml.YAMLError, ValueError, TypeError, OverflowError) as fault:
        why = str(getattr(fault, "problem", "") or fault)
        raise ConfigError(
            f"{origin}:{node.start_mark.line + 1}: this value cannot be read", why, "Put it in quotes."
        ) from None
    return value


def _counted(lines: dict[str, int], path: str, origin: str) -> None:
    if len(lines) >= MOST_VALUES or path.count(".") > DEEPEST:
        raise _too_much(origin)


def _too_much(origin: str) -> ConfigError:
    return ConfigError(
        f"{origin} holds too much", f"More than {MOST_VALUES:,} values, or nested more than {DEEPEST} deep.",
        "Write it without aliases and deep nesting.",
    )  # fmt: skip
