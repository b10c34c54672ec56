"""Load the settings: flag, environment, user file, default; and say where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path

from rootcase.core.config.checked import check_policy
from rootcase.core.config.paths import Folders, folders
from rootcase.core.config.schema import to_settings
from rootcase.core.config.settings import Settings
from rootcase.core.config.yamltext import Parsed, parse
from rootcase.core.model.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from. key: dotted; value: as text; origin: `default`, `--store`, `file:line`."""

    key: str
    value: str
    origin: str


@dataclass(frozen=True, slots=True)
class Loaded:
    """file: the configuration file that was read, None where there is none."""

    settings: Settings
    file: Path | None
    folders: Folders
    origins: tuple[Origin, ...] = ()
    warnings: tuple[str, ...] = ()


def load(
    environment: Mapping[str, str],
    *,
    config: str = "",
    store: str = "",
    replay: str = "",
    may_be_missing: bool = False,
) -> Loaded:
    """The settings in force. config, store, replay: values of the flags, "" where not given.

    may_be_missing: the file that was named is about to be made.

    ConfigError names file, line and key; a file that was named and is not there is an error,
    the user's own default file may be missing.
    """
    places = folders(environment)
    named = config or environment.get("ROOTCASE_CONFIG", "")
    file = Path(named).expanduser() if named else places.config / "config.yaml"
    settings, parsed, warnings = _from_file(file, required=bool(named) and not may_be_missing)
    overrides = {
        "store": ("--store" if store else "ROOTCASE_STORE", store or environment.get("ROOTCASE_STORE", "")),
        "models.replay": (
            "--replay" if replay else "ROOTCASE_REPLAY",
            replay or environment.get("ROOTCASE_REPLAY", ""),
        ),
    }
    if overrides["store"][1]:
        settings = replace(settings, store=overrides["store"][1])
    if overrides["models.replay"][1]:
        settings = replace(settings, models=replace(settings.models, replay=overrides["models.replay"][1]))
    given = {key: origin for key, (origin, value) in overrides.items() if value}
    return Loaded(
        settings, file if parsed else None, places,
        tuple(_origins(settings, "", parsed, str(file), given)), tuple(warnings),
    )  # fmt: skip


def _from_file(file: Path, *, required: bool) -> tuple[Settings, Parsed | None, list[str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if required:
            raise ConfigError(
                f"{file} is not there", "It was named as the configuration.", "Make it with: rootcase init"
            ) from None
        return Settings(), None, []
    except (OSError, UnicodeDecodeError) as fault:
        raise ConfigError(f"{file} cannot be read", str(fault), "Check the file and its mode.") from None
    parsed = parse(text, str(file))
    settings, warnings = to_settings(parsed, str(file))
    check_policy(settings, parsed, str(file))
    return _with_base(settings, file.parent), parsed, warnings


def _with_base(settings: Settings, base: Path) -> Settings:
    """Relative paths in a configuration file are relative to that file."""

    def absolute(path: str) -> str:
        return str((base / Path(path).expanduser()).absolute()) if path else path

    return replace(
        settings,
        sources=tuple(
            replace(s, path=absolute(s.path), token_file=absolute(s.token_file)) for s in settings.sources
        ),
        repositories=tuple(replace(r, path=absolute(r.path)) for r in settings.repositories),
        models=replace(
            settings.models, replay=absolute(settings.models.replay), record=absolute(settings.models.record)
        ),
        proposal=replace(
            settings.proposal,
            pull_request=absolute(settings.proposal.pull_request),
            ticket=absolute(settings.proposal.ticket),
        ),
    )


def _origins(
    value: object, path: str, parsed: Parsed | None, file: str, given: Mapping[str, str]
) -> list[Origin]:
    out: list[Origin] = []
    if is_dataclass(value):
        for field in fields(value):
            name = f"{path}.{field.name}" if path else field.name
            out.extend(_origins(getattr(value, field.name), name, parsed, file, given))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for index, item in enumerate(value):
            out.extend(_origins(item, f"{path}.{index}", parsed, file, given))
    else:
        line = parsed.lines.get(path) if parsed else None
        text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
        out.append(Origin(path, text, given.get(path) or (f"{file}:{line}" if line else "default")))
    return out
