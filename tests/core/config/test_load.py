"""Configuration: errors name file, line and key; precedence holds; a repository only tightens."""

from __future__ import annotations

from pathlib import Path

import pytest

from rootcase.core.config.load import Loaded, load
from rootcase.core.config.settings import Settings
from rootcase.core.config.tighten import tightened
from rootcase.core.model.errors import ConfigError


def loaded(tmp_path: Path, text: str, **environment: str) -> Loaded:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    return load({"ROOTCASE_HOME": str(tmp_path / "home"), **environment}, config=str(file))


def fault(tmp_path: Path, text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    return caught.value


def test_an_unknown_key_names_file_line_and_the_nearest_key(tmp_path: Path) -> None:
    error = fault(tmp_path, "store: sqlite\nguardrial:\n  max_files_modified: 1\n")
    assert error.title.endswith("config.yaml:2: unknown key `guardrial`")
    assert "guardrails" in error.hint
    assert error.exit_code == 2


def test_an_unknown_key_inside_a_source_is_found_too(tmp_path: Path) -> None:
    error = fault(tmp_path, "sources:\n  - kind: sentry\n    organisation: acme\n")
    assert ":3: unknown key `organisation` in `sources.0`" in error.title
    assert "organization" in error.hint


def test_a_wrong_type_names_the_line_and_what_was_expected(tmp_path: Path) -> None:
    error = fault(tmp_path, "budget:\n  usd: lots\n")
    assert ":2: `budget.usd` cannot be used" in error.title
    assert "float" in error.detail


def test_a_command_as_one_string_shows_the_list_form(tmp_path: Path) -> None:
    error = fault(tmp_path, "repositories:\n  - path: .\n    test_command: pytest -q\n")
    assert ":3: `repositories.0.test_command`" in error.title
    assert "test_command: [pytest, -q]" in error.hint


def test_a_token_in_the_file_is_refused_with_the_way_out(tmp_path: Path) -> None:
    error = fault(tmp_path, "sources:\n  - kind: sentry\n    token: abc\n")
    assert "token_env" in error.hint


def test_an_unknown_source_kind_is_refused(tmp_path: Path) -> None:
    error = fault(tmp_path, "sources:\n  - kind: sentri\n")
    assert ":2: `sources.0.kind`" in error.title


def test_broken_yaml_names_the_line(tmp_path: Path) -> None:
    assert "config.yaml:2" in fault(tmp_path, "store: sqlite\n  bad: [\n").title


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    assert ":3: `store` is there twice" in fault(tmp_path, "store: a\nbudget: {}\nstore: b\n").title


def test_a_named_file_that_is_missing_is_an_error_but_the_default_one_may_be(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"ROOTCASE_HOME": str(tmp_path)}, config=str(tmp_path / "none.yaml"))
    assert "rootcase init" in caught.value.hint
    assert load({"ROOTCASE_HOME": str(tmp_path)}).settings == Settings()


def test_flag_beats_environment_beats_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("store: /from/file\n")
    environment = {"ROOTCASE_HOME": str(tmp_path), "ROOTCASE_CONFIG": str(file)}
    assert load(environment).settings.store == "/from/file"
    environment["ROOTCASE_STORE"] = "/from/env"
    assert load(environment).settings.store == "/from/env"
    result = load(environment, store="/from/flag")
    assert result.settings.store == "/from/flag"
    assert next(o for o in result.origins if o.key == "store").origin == "--store"


def test_every_value_tells_its_origin(tmp_path: Path) -> None:
    result = loaded(tmp_path, "budget:\n  usd: 0.5\n")
    origins = {o.key: o for o in result.origins}
    assert origins["budget.usd"].origin.endswith("config.yaml:2")
    assert origins["budget.minutes"].origin == "default"


def test_relative_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    result = loaded(tmp_path, "repositories:\n  - path: src/shop\n")
    assert result.settings.repositories[0].path == str(tmp_path / "src/shop")


def test_keys_for_later_are_accepted_and_named(tmp_path: Path) -> None:
    result = loaded(tmp_path, "telemetry: {otlp_endpoint: 'http://127.0.0.1:4318'}\n")
    assert "telemetry" in result.warnings[0]


def test_a_repository_tightens_and_never_widens() -> None:
    text = (
        "budget: {usd: 0.2, minutes: 900}\n"
        "guardrails:\n  max_files_modified: 2\n  protected_files: [secret/**]\n  network: true\n"
        "policy: {level: auto-merge, stop: true}\n"
        "models: {strong: evil/model}\n"
    )
    settings, warnings = tightened(Settings(), text, "rootcase.yaml")
    assert settings.budget.usd == 0.2
    assert settings.budget.minutes == Settings().budget.minutes
    assert settings.guardrails.max_files_modified == 2
    assert "secret/**" in settings.guardrails.protected_files
    assert "*.lock" in settings.guardrails.protected_files
    assert settings.guardrails.network is False
    assert settings.policy.level == "draft-only"
    assert settings.policy.stop is True
    assert settings.models == Settings().models
    assert len(warnings) == 3


def test_a_repository_file_that_cannot_be_read_stops_the_run() -> None:
    with pytest.raises(ConfigError):
        tightened(Settings(), "guardrails: [", "rootcase.yaml")


def test_service_levels_and_what_is_ours_are_read(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(
        "gate: {services: [stock], internal_hosts: ['*.acme.example'], owners: {payments: olga}}\n"
        "slos:\n  - {service: shop, target: 99.5, window: 28d, requests_per_day: 1000}\n"
    )
    settings = load({}, config=str(file)).settings
    assert settings.gate.owners == {"payments": "olga"} and settings.slos[0].window == "28d"


@pytest.mark.parametrize("slo", ["{service: shop, window: soon}", "{service: shop, target: 999}"])
def test_a_service_level_that_is_none_is_refused(tmp_path, slo):
    file = tmp_path / "config.yaml"
    file.write_text(f"slos:\n  - {slo}\n")
    with pytest.raises(ConfigError):
        load({}, config=str(file))
