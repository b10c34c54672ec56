"""A crash in production and its reproduction in a worktree are one, wherever the checkout lies and however deep."""

import subprocess
import sys
import textwrap
import traceback

import pytest

from rootcase.core.cluster.fingerprint import DefaultFingerprinter
from rootcase.core.config.settings import RepositorySettings, Settings
from rootcase.core.model.events import Event, ExceptionInfo
from tests.core.cluster.crashes import PRODUCTION, crash, frame

F = DefaultFingerprinter()


def test_a_production_crash_and_its_reproduction_in_a_worktree_are_one(tmp_path):
    text = f'''Traceback (most recent call last):
  File "{tmp_path}/tests/test_pricing.py", line 9, in test_price
    price_for("A-1", rows, region)
  File "{tmp_path}/app/pricing.py", line 93, in price_for
    return Money(amount, row["currency"])
                         ~~~^^^^^^^^^^^^
KeyError: 'currency'
'''
    found = F.text(text, root=str(tmp_path))
    assert found is not None and found.key == F.event(PRODUCTION).key
    assert found.anchor == "app.pricing.price_for"
    other = F.text(text.replace("'currency'", "'sku'").replace('"currency"', '"sku"'), root=str(tmp_path))
    assert other.key != found.key


@pytest.mark.parametrize("layout", ["", "src/"])
@pytest.mark.parametrize("package", [True, False])
def test_a_real_crash_has_the_same_key_deployed_and_in_a_worktree(tmp_path, layout, package):
    code = 'def price_for(row):\n    return row["amount"], row["currency"]\n'
    deployed = tmp_path / "srv" / "shop"
    worktree = tmp_path / "worktrees" / "C-1"
    for folder in (deployed, worktree / layout):
        (folder / "app").mkdir(parents=True)
        (folder / "app" / "pricing.py").write_text(code)
        if package:
            (folder / "app" / "__init__.py").write_text("")
    test = worktree / "tests" / "test_pricing.py"
    test.parent.mkdir()
    test.write_text(
        "from app.pricing import price_for\n\ndef test_it():\n    price_for({'amount': 1})\n\ntest_it()\n"
    )

    def run(command, folder):
        environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
        return done.stderr

    crashed = run(
        [sys.executable, "-c", "from app.pricing import price_for; price_for({'amount': 1})"], deployed
    )
    line = 'return row["amount"], row["currency"]'
    event = crash(
        "KeyError",
        "'currency'",
        frame("price_for", "app/pricing.py", 2, line, abs_path=f"{deployed}/app/pricing.py"),
    )
    red = run([sys.executable, str(test)], worktree / layout)
    assert "KeyError" in crashed and "KeyError" in red
    assert F.text(red, root=str(worktree)).key == F.event(event).key
    assert F.text(crashed, root=str(deployed)).key == F.event(event).key


def test_a_module_run_with_dash_m_is_named_by_its_file():
    helper = frame("load", "app/load.py", 3, "x")
    main = frame("main", "cli.py", 8, 'go(args["x"])', module="__main__", abs_path="/srv/shop/app/cli.py")
    event = Event("e", exceptions=(ExceptionInfo("KeyError", "'x'", frames=(helper, main)),))
    assert F.event(event).anchor == "app.cli.main"


def test_a_package_below_the_worktree_is_named_from_where_it_is_imported(tmp_path):
    package = tmp_path / "services" / "api" / "app"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    text = f'Traceback (most recent call last):\n  File "{package}/pricing.py", line 1, in price_for\n'
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    assert F.text(text, root=str(tmp_path)).key == F.event(PRODUCTION).key


def test_a_script_that_crashed_elsewhere_is_the_same_file_in_a_worktree(tmp_path):
    place = "/tmp/pytest-0/test_it0/repo/report.py"
    main = frame("total", "report.py", 2, 'return row["sum"]', module="__main__", abs_path=place)
    mark = F.event(crash("KeyError", "'sum'", main))
    for folder in ("", "tools/"):
        text = (
            f'Traceback (most recent call last):\n  File "{tmp_path}/{folder}report.py", line 9, in total\n'
        )
        text += "    return row[\"sum\"]\nKeyError: 'sum'\n"
        assert DefaultFingerprinter(known=(mark,)).text(text, root=str(tmp_path)).key == mark.key
        assert folder or F.text(text, root=str(tmp_path)).key == mark.key


def test_stack_root_and_source_root_name_the_same_code(tmp_path):
    settings = Settings(
        repositories=(RepositorySettings(path="x", stack_root="app/", source_root="python/"),)
    )
    fingerprinter = DefaultFingerprinter(settings)
    text = (
        f'Traceback (most recent call last):\n  File "{tmp_path}/python/pricing.py", line 1, in price_for\n'
    )
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    assert fingerprinter.text(text, root=str(tmp_path)).key == fingerprinter.event(PRODUCTION).key


def test_a_known_case_names_the_file_of_a_monorepo_worktree(tmp_path):
    text = "Traceback (most recent call last):\n"
    text += f'  File "{tmp_path}/services/api/app/pricing.py", line 1, in price_for\n'
    text += "    return row[\"currency\"]\nKeyError: 'currency'\n"
    known = F.event(PRODUCTION)
    assert F.text(text, root=str(tmp_path)).key != known.key
    assert DefaultFingerprinter(known=(known,)).text(text, root=str(tmp_path)).key == known.key


def test_a_raised_chain_reads_the_same_from_text_and_from_frames(tmp_path):
    (tmp_path / "shop.py").write_text(
        textwrap.dedent(
            """
            class PricingError(Exception): pass
            def price(row):
                return row["currency"]
            def quote(row):
                try:
                    return price(row)
                except KeyError as e:
                    raise PricingError("cannot quote") from e
            """
        )
    )
    sys.path.insert(0, str(tmp_path))
    try:
        import shop  # type: ignore[import-not-found]

        shop.quote({})
    except shop.PricingError:
        text = traceback.format_exc()
    finally:
        sys.path.remove(str(tmp_path))
        sys.modules.pop("shop", None)
    event = crash("KeyError", "'currency'", frame("price", "shop.py", 4, 'return row["currency"]'))
    assert F.text(text, root=str(tmp_path)).key == F.event(event).key
