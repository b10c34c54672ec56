# Everything a newcomer needs: `make demo`, `make test`, `make check`.
SHELL := bash
PYTHON ?= $(shell for p in python3.12 python3.13 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { command -v $$p; break; }; done)
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PYTEST_ARGS ?= -q

.PHONY: help demo test check format setup bench-tui bench-journal bench-sync bench-codemap bench-cluster soak snapshots \
	schemas clean

help:
	@echo "make demo        both sample incidents in the terminal; no key, no network"
	@echo "make test        all tests"
	@echo "make check       format, lint, types, import rules, tests"
	@echo "make bench-tui   the screen's budget, measured on a real pty"
	@echo "make bench-cluster  clusters of labelled events, beside simpler rules"
	@echo "make snapshots   take the screens' pictures anew"
	@echo "make schemas     write the published schemas of JSON output anew"

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Rootcase needs Python 3.11 or newer; set PYTHON=/path/to/python" >&2; exit 1; }
	@if command -v uv >/dev/null 2>&1; then \
		uv venv -q --allow-existing --python "$(PYTHON)" $(VENV) && \
		uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .; \
	else \
		"$(PYTHON)" -m venv $(VENV) && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .; \
	fi
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q core tui sample_incidents >/dev/null || true
	@touch $(READY)

demo: $(READY)
	@$(BIN)/rootcase demo

test: $(READY)
	$(BIN)/pytest $(PYTEST_ARGS)

check: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest $(PYTEST_ARGS)

format: $(READY)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

snapshots: $(READY)
	$(BIN)/pytest -q tests/tui --snapshot-update

schemas: $(READY)
	$(BIN)/python -m rootcase.core.schemas

bench-tui: $(READY)
	@env -u PYTHONDONTWRITEBYTECODE $(BIN)/python -m compileall -q $(VENV)/lib core tui >/dev/null || true
	$(BIN)/python -m bench.tui

bench-journal: $(READY)
	$(BIN)/python -m bench.journal

bench-sync: $(READY)
	$(BIN)/python -m bench.sync

bench-codemap: $(READY)
	$(BIN)/python -m bench.codemap

bench-cluster: $(READY)
	$(BIN)/python -m bench.clusters

soak: $(READY)
	$(BIN)/pytest -q tests/faults --soak -n 2

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
