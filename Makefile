# From nothing but git, make and python3 (3.11 or newer): every target makes .venv first, once.
.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

BIN := .venv/bin
PY := $(BIN)/python
VENV := .venv/.stamp
PROJECTS := proto/pyproject.toml web/pyproject.toml node/pyproject.toml hub/pyproject.toml
OURS := songtor-proto songtor-web songtor-node songtor-hub
LOCK := tools/bootstrap uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
	--no-emit-index-url --no-annotate --custom-compile-command "make lock" $(if $(UPGRADE),--upgrade)

# (More than two cores: a third of its time a test waits, for a disk, a browser, a server.)
JOBS ?= 3
ARGS ?=
SEEDS ?= 200
AGAINST ?= HEAD
SIDE ?= node
PREFIX ?= /opt/songtor

# (Of the many programs that the tests start each would compile anew all that it imports.)
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help venv install demo test check check-style check-types check-imports check-schemas fix proto bench simulate vectors breaking lock clean

help: ## what can be made
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' Makefile | expand -t 12

# (The distributions' names are read again when a pyproject.toml changes; the stamp makes the next run instant.)
$(VENV): requirements.lock tools/editable.txt tools/uv.txt tools/bootstrap $(PROJECTS)
	@tools/bootstrap
	@touch $@

venv: $(VENV) ## .venv, with everything

# (To run it for good: exactly the locked libraries of that side, none of the tools.)
install: ## one side into a folder of its own (SIDE=node or hub, PREFIX=/opt/songtor)
	@tools/bootstrap uv venv --quiet --clear --no-project --python "$${PYTHON:-python3}" $(PREFIX)
	@tools/bootstrap uv pip install --quiet --python $(PREFIX)/bin/python $(OURS:%=--refresh-package %) \
		--constraint requirements.lock --build-constraint requirements.lock ./proto ./web ./$(SIDE)
	@echo "$(PREFIX)/bin/songtor-$(SIDE) is installed."

demo: $(VENV) ## a whole network on this machine, from enrolment to outcome (KEEP=1 leaves it running, ARGS="--lang th")
	@$(PY) -m tests.demo.run $(if $(KEEP),--keep) $(ARGS)

test: $(VENV) ## all tests, side by side (ARGS=…)
	@$(if $(findstring --ignore tests/browser,$(ARGS)),,tools/debian)
	@$(PY) -m pytest -q -n $(JOBS) --dist worksteal $(ARGS)

check: check-style check-types check-imports check-schemas ## style, types, who may import whom, schemas and their code

check-style: $(VENV)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

check-types: $(VENV)
	@$(BIN)/mypy proto web node hub tests

check-imports: $(VENV)
	@$(BIN)/lint-imports --no-logo

check-schemas: $(VENV)
	@cd proto && ../$(BIN)/buf lint
	@$(PY) proto/generate.py --check

fix: $(VENV) ## put right what can be put right by machine
	@$(BIN)/ruff check --fix
	@$(BIN)/ruff format

proto: $(VENV) ## code from the schemas
	@$(PY) proto/generate.py

breaking: $(VENV) ## would the schemas break a network that runs AGAINST=<commit or tag>?
	@cd proto && ../$(BIN)/buf breaking --against "../.git#ref=$(AGAINST),subdir=proto"

bench: $(VENV) ## what it costs, measured
	@$(PY) -m tests.bench $(ARGS)
	@$(PY) -m tests.bench.pages $(ARGS)
	@$(PY) -m tests.bench.pictures $(ARGS)

simulate: $(VENV) ## a simulated network under faults, one run a seed (SEEDS=200)
	@$(PY) -m tests.simulate --seeds $(SEEDS) $(ARGS)

vectors: $(VENV) ## test vectors for other implementations
	@$(PY) -m tests.vectors.make

lock: ## requirements.lock from the four pyproject.toml files (UPGRADE=1 takes newer versions)
	@$(LOCK) $(OURS:%=--no-emit-package %) $(PROJECTS) --group dev -o requirements.lock
	@$(LOCK) tools/uv.in -o tools/uv.txt

clean: ## away with everything that can be made again
	@rm -rf .venv .tools .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build
	@find proto web node hub tests \( -name __pycache__ -o -name dist -o -name '*.egg-info' \) -type d -prune -exec rm -rf {} +
