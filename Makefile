# Listenhouse: `make run` and `make test` are all that a newcomer needs.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export DAGSTER_DISABLE_TELEMETRY := yes
export RUNTIME__DLTHUB_TELEMETRY := false

.PHONY: help run test ui bench soak lint lock clean

help:  ## Show this help.
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 is needed: install it, or name it with 'make PYTHON=/path/to/python3.11 ...'"; exit 2; }
	@echo "Setting up $(VENV) (once; about a gigabyte of packages)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@if command -v uv >/dev/null; then \
		uv pip install -q --python $(BIN)/python --compile-bytecode --require-hashes -r requirements.lock && \
		uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements.lock && \
		$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $@

run: $(STAMP)  ## Set up, then land, model, classify, check and publish.
	@$(BIN)/listenhouse run

test: $(STAMP)  ## Set up, then run every test.
	@$(BIN)/python -m pytest

ui: $(STAMP)  ## Dagster's user interface on http://127.0.0.1:3000.
	@$(BIN)/listenhouse ui

bench: $(STAMP)  ## Measure speed and memory on 500,000 posts.
	@$(BIN)/python -m tests.bench

soak: $(STAMP)  ## Kill the run again and again and compare the marts.
	@$(BIN)/python -m pytest -m soak -n 0

lint: $(STAMP)  ## Check style and package boundaries.
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

lock:  ## Resolve requirements.lock anew (needs uv).
	uv pip compile pyproject.toml --extra dev --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --only-binary :all: --no-header -o requirements.lock

clean:  ## Remove the environment and all local data.
	rm -rf $(VENV) data transform/target transform/logs
