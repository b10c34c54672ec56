"""From plain values to settings: every key is known, every value has its type, every error its line."""

from __future__ import annotations

import difflib
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import msgspec

from rootcase.core.config.settings import McpServerSettings, Settings, SloSettings
from rootcase.core.config.windows import hours_of
from rootcase.core.config.yamltext import Parsed, Plain
from rootcase.core.model.errors import ConfigError

SECRET_KEYS = {"token", "api_key", "apikey", "key", "password", "secret"}
LATER = {"telemetry"}


def to_settings(parsed: Parsed, origin: str) -> tuple[Settings, list[str]]:
    """The settings and warnings about keys that this version does not use yet."""
    value = dict(parsed.value)
    warnings = [
        f"{origin}:{parsed.lines[key]}: `{key}` is not used by this version" for key in value if key in LATER
    ]
    for key in LATER:
        value.pop(key, None)
    _check_keys(value, Settings, "", parsed, origin)
    try:
        settings = msgspec.convert(value, Settings)
    except msgspec.ValidationError as fault:
        raise _explained(fault, parsed, origin) from None
    for index, repository in enumerate(settings.repositories):
        if not repository.path and not repository.url:
            line = parsed.lines.get(f"repositories.{index}") or parsed.lines.get("repositories") or 1
            raise ConfigError(
                f"{origin}:{line}: a repository has neither `path` nor `url`", "",
                "Give the folder of a checkout as path, or the repository's address as url.",
            )  # fmt: skip
    for number, server in enumerate(settings.mcp.servers):
        _check_server(
            server, f"{origin}:{parsed.lines.get(f'mcp.servers.{number}') or parsed.lines.get('mcp') or 1}"
        )
    for number, slo in enumerate(settings.slos):
        _check_slo(slo, f"{origin}:{parsed.lines.get(f'slos.{number}', 1)}")
    return settings, warnings


def _check_server(server: McpServerSettings, where: str) -> None:
    """A server is reached by one way, and offers nothing that was not allowed."""
    if bool(server.command) == bool(server.url):
        raise ConfigError(
            f"{where}: the MCP server {server.name} needs either `command` or `url`", "",
            "command: [my-server, --read-only] for a program, url: https://… for one that runs elsewhere.",
        )  # fmt: skip
    if not server.tools:
        raise ConfigError(
            f"{where}: the MCP server {server.name} allows no tools", "Only tools that are named are offered.",
            "tools: [search]; name those that only read.",
        )  # fmt: skip
    if server.deadline_s <= 0:
        raise ConfigError(f"{where}: {server.deadline_s:g} s is no deadline", "", "deadline_s: 30")


def _check_slo(slo: SloSettings, where: str) -> None:
    hours_of(slo.window)
    if not 0 < slo.target < 100:
        raise ConfigError(
            f"{where}: {slo.target:g} is no target of an SLO", "It is a percentage.", "Write 99.9 for 99.9 %."
        )


def _check_keys(value: Plain, kind: type, path: str, parsed: Parsed, origin: str) -> None:
    if not isinstance(value, dict) or not is_dataclass(kind):
        return
    known = [field.name for field in fields(kind)]
    hints = get_type_hints(kind)
    for key, child in value.items():
        name = f"{path}.{key}" if path else key
        line = parsed.lines.get(name, 1)
        if key not in known:
            raise _unknown_key(key, known, path, f"{origin}:{line}")
        hint = hints[key]
        inner = next((arg for arg in get_args(hint) if isinstance(arg, type) and is_dataclass(arg)), None)
        if isinstance(hint, type) and is_dataclass(hint):
            _check_keys(child, hint, name, parsed, origin)
        elif inner is not None and isinstance(child, list):
            for index, item in enumerate(child):
                _check_keys(item, inner, f"{name}.{index}", parsed, origin)


def _unknown_key(key: str, known: list[str], path: str, where: str) -> ConfigError:
    if key in SECRET_KEYS:
        return ConfigError(
            f"{where}: `{key}` does not belong into a file",
            "Others may read a configuration file.",
            "Put the secret into an environment variable and name it: token_env: MY_TOKEN",
        )
    near = difflib.get_close_matches(key, known, 1, 0.5)
    place = f" in `{path}`" if path else ""
    hint = f"Did you mean `{near[0]}`?" if near else f"Known keys{place}: {', '.join(known)}."
    return ConfigError(f"{where}: unknown key `{key}`{place}", "", hint)


def _explained(fault: msgspec.ValidationError, parsed: Parsed, origin: str) -> ConfigError:
    """msgspec names the place as `$.sources[0].kind`; the file's reader wants a line."""
    message, _, place = str(fault).partition(" - at `$")
    name = place.rstrip("`").lstrip(".").replace("[", ".").replace("]", "").lstrip(".")
    line = parsed.lines.get(name)
    while line is None and "." in name:
        name = name.rpartition(".")[0]
        line = parsed.lines.get(name)
    hint = ""
    if "array" in message and "got `str`" in message:
        hint = f"Write it as a list: {name.rpartition('.')[2]}: [pytest, -q]"
    if "missing required field" in message:
        hint = "Add it."
    return ConfigError(f"{origin}:{line or 1}: `{name}` cannot be used", message, hint)
