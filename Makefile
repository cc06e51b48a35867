# Verbs of the project; `make` prints them. Needed: Python >= 3.11 and make.
PYTHON ?= python3
BIN := .venv/bin

help: ## print this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup: ## make .venv from the hashed requirements (and a Java runtime where there is none)
	@$(PYTHON) infra/bootstrap.py

setup-dev:
	@$(PYTHON) infra/bootstrap.py --dev

run: setup ## start the axis with the demo province; Ctrl-C stops it
	@$(BIN)/lienthong up --demo

up: setup ## start the axis without the demo
	@$(BIN)/lienthong up

down: setup ## end whatever an earlier start left behind
	@$(BIN)/lienthong down

fmt: setup-dev ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

lint: setup-dev ## style only
	@$(BIN)/ruff format --check . && $(BIN)/ruff check .

check: lint ## style, types, import contracts, unused dependencies
	@$(BIN)/mypy schemas infra processors connectors tests
	@$(BIN)/lint-imports
	@$(BIN)/deptry .

test: check ## everything that fits into 15 minutes on two cores
	@$(BIN)/pytest -n 2 --dist loadscope -m "not slow and not alone"
	@$(BIN)/pytest -m "alone and not slow"

test-slow: setup-dev ## the large trials with full counts
	@$(BIN)/pytest -m slow

chaos: setup-dev ## every fault under load, an audit, and a scorecard in var/chaos/ (FAULTS=--short: the short schedule)
	@$(BIN)/python -m tests.chaos $(FAULTS)

bench: setup-dev ## every benchmark with its rivals; results in var/bench/
	@$(BIN)/python -m tests.bench

bench-sla: setup-dev ## the watcher with 1,000,000 deliveries open, SQLite and PostgreSQL, beside Kafka Streams; var/bench/open.md
	@$(BIN)/python -m tests.bench open --memory 1000000 --postgres here --rounds 3

bench-verify: setup-dev ## signatures: our verifier beside others, in validations a CPU-second; var/bench/verification.md
	@$(BIN)/python -m tests.bench.verification

bench-http: setup-dev ## uploads over HTTP beside nginx storing the same bodies (where there is an nginx); var/bench/http.md
	@$(BIN)/python -m tests.bench http

lock: setup-dev ## rewrite the hashed requirements from pyproject.toml
	@$(PYTHON) infra/requirements/lock.py

.PHONY: help setup setup-dev run up down fmt lint check test test-slow chaos bench bench-sla bench-verify bench-http lock
.DEFAULT_GOAL := help
