.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.stamp
DEFAULT_TESTS := "not warehouses and not replay and not slow and not long and not counterparts"
BENCHMARKS := main_job identity_world identity_scale decisions push smtp diff unchanged
NODE := tests/counterparts/node
SUDO := $(shell [ "$$(id -u)" = 0 ] && echo env || echo sudo)

.PHONY: help setup services demo demo-retail test test-all coverage test-slow test-long test-replay test-counterparts test-warehouses lint format screenshots docs dev bench clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: $(STAMP) ## install into .venv, from requirements.lock; uv when it is there, else venv and pip

$(STAMP): requirements.lock pyproject.toml
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv --quiet --allow-existing --python $(PYTHON) .venv && \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python -r requirements.lock && \
	  uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e . ; \
	else \
	  $(PYTHON) -m venv .venv && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -r requirements.lock && \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@touch $(STAMP)

services: ## the real services that tests run against, where missing: Debian packages, Tryton in .venv-tryton, clients for Node
	@need() { command -v "$$1" >/dev/null 2>&1 || ls $$1 >/dev/null 2>&1; }; \
	need '/usr/lib/postgresql/*/bin/initdb' || packages+=" postgresql"; \
	need java || packages+=" default-jre-headless"; \
	need postconf || packages+=" postfix"; \
	need bearerbox || packages+=" kannel kannel-extras"; \
	need chromium || packages+=" chromium fonts-noto-cjk"; \
	need npm || packages+=" nodejs npm"; \
	[ -z "$$packages" ] || $(SUDO) DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$packages
	@[ .venv-tryton/.stamp -nt tests/counterparts/tryton.lock ] || { $(PYTHON) -m venv .venv-tryton && \
	  .venv-tryton/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r tests/counterparts/tryton.lock && \
	  touch .venv-tryton/.stamp; }
	@[ $(NODE)/node_modules/.package-lock.json -nt $(NODE)/package-lock.json ] || \
	  npm ci --prefix $(NODE) --ignore-scripts --no-audit --no-fund --loglevel=error

demo: setup ## the sample company: records to contacts, segments, a diff and real deliveries in the sandbox
	@$(BIN)/sluice demo

demo-retail: setup ## 541,909 real order lines, month by month, pushed to the CRM sandbox
	@$(BIN)/sluice demo-retail

test: setup ## all tests but the slow ones and those on other warehouses
	@$(BIN)/python -m pytest -m $(DEFAULT_TESTS)

test-all: setup ## every test but the long ones in one session, as CI does; needs `make services`
	@$(BIN)/python -m pytest -m "not long" -n 3 -rs --durations=30

coverage: setup ## the tests of `make test` with coverage, which costs 2.7 times the CPU
	@$(BIN)/python -m pytest -m $(DEFAULT_TESTS) --cov --cov-report=term:skip-covered

test-slow: setup ## the tests that run edited copies of the project, and many days
	@$(BIN)/python -m pytest -m slow

test-long: setup ## 200 kills of whole runs (KILLS=50 a story), lives of thousands of people, days around lost files, more stories of whole runs
	@$(BIN)/python -m pytest -m long

test-replay: setup ## the test that replays days in a row: three, and thirty
	@$(BIN)/python -m pytest -m replay

test-counterparts: setup ## the tests beside Postfix, Kannel, Tryton, Chromium and the clients of vendors, which `make services` installs
	@$(BIN)/python -m pytest -m counterparts -rs

test-warehouses: setup ## the tests on Postgres and Spark, which `make services` installs
	@$(BIN)/python -m pytest -m warehouses

lint: setup ## ruff, mypy, import-linter, sqlfluff
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd dbt_project && ../$(BIN)/sqlfluff lint --config ../.sqlfluff --processes 2 models ../examples/*/models

format: setup ## let ruff put the Python files in form
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

screenshots: setup ## pictures of Dagster's pages and of the report, in .sluice/screenshots; needs Chromium
	@$(BIN)/python -m docs.screenshots

docs: setup ## write docs/commands.md, docs/settings.md and docs/tables.md anew, from the code
	@$(BIN)/python -m docs.generate

dev: setup ## open Dagster on http://127.0.0.1:3000
	@$(BIN)/sluice dev

bench: setup ## the benchmarks that need no data of yours
	@for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || exit 1; done

clean: ## remove the virtual environment, and what runs left in .sluice
	rm -rf .venv .venv-tryton
	find .sluice -mindepth 1 -not -name .gitignore -delete
