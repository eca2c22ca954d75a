# Everything a newcomer needs:  make demo
# PYTHON=python3.13 make setup   chooses the interpreter;  ARGS="--port 9000" is passed on by demo, test, bench and chaos.

PYTHON ?= python3
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.stamp
PIP_FLAGS := -qq --no-input --disable-pip-version-check --progress-bar off

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo lint test check bench chaos format clean FORCE

# The stamp is written last and holds the folder: without it, or in a folder that was moved, copied or has lost its
# interpreter, .venv is built anew.
ifneq ($(shell $(BIN)/python -c "print(open('$(STAMP)').read(), end='')" 2>/dev/null),$(CURDIR))
STALE := FORCE
endif

help:
	@echo "make demo    play one complaint through, from message to posted log, and stay at the page (ARGS=\"--once\" ends)"
	@echo "make setup   build $(VENV) from constraints.txt, when it is missing or stale"
	@echo "make test    run the tests (ARGS=\"-k ledger\" chooses)"
	@echo "make check   format, lint, types and tests: what a change must pass"
	@echo "make format  put the source in order"
	@echo "make bench   measure, and print the figures as JSON"
	@echo "make chaos   the tests that kill, cancel and starve"
	@echo "make clean   remove $(VENV) and the caches; data folders stay"

setup: $(STAMP)
	@:

$(STAMP): pyproject.toml constraints.txt $(STALE)
	@command -v $(PYTHON) >/dev/null 2>&1 || { echo "make: there is no '$(PYTHON)' here; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: Huying needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) -V 2>&1); name another: make PYTHON=python3.13" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "make: '$(PYTHON)' cannot make a virtual environment; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "setup: $$($(PYTHON) -V) in $(VENV)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@echo "setup: installing the packages pinned in constraints.txt, hashes checked (a minute or two, once)"
	@$(BIN)/python -m pip install $(PIP_FLAGS) --require-hashes -r constraints.txt
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps --no-build-isolation -e .
	@printf '%s' '$(CURDIR)' > $(STAMP)
	@echo "setup: ready"

demo: setup
	@$(BIN)/huying demo $(ARGS)

lint: setup
	@$(BIN)/ruff format --quiet --check . || { echo "lint: 'make format' puts these in order:" >&2; $(BIN)/ruff format --check . >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@echo "lint: formatted, clean, typed"

test: setup
	@$(BIN)/pytest $(ARGS)

check: setup
	@$(MAKE) lint
	@$(MAKE) test

bench: setup
	@$(BIN)/huying bench $(ARGS)

chaos: setup
	@$(BIN)/pytest -m chaos $(ARGS)

format: setup
	@$(BIN)/ruff check --quiet --fix . || true
	@$(BIN)/ruff format .

clean:
	@rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +
