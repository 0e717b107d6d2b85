# Two commands on a fresh machine with Python 3.11-3.13 and make:
#   make build   the dataset of the sample corpus
#   make ui      the same in the Dagster UI
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SAMPLE_INPUT := data/sample
SAMPLE_OUTPUT := data/build/sample
WORKERS ?= 2
# One more than the machines of the tests have processors: a third of the tests' time is waiting (browsers, disks, clusters).
TEST_WORKERS ?= 3
# Quiet but for errors: pip warns of settings of the machine that have nothing to do with this project.
# Byte code is compiled at installation whatever the shell says: without it every start takes two to three times as long.
PIP := PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pip install -qq --compile

.PHONY: help
help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 22

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if (3, 11) <= v < (3, 14) else f"ogi-panel needs Python 3.11, 3.12 or 3.13; {sys.executable} is {v[0]}.{v[1]}. Name another: make PYTHON=python3.12")'
	@echo "Creating $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.core: requirements.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing the locked packages (about a minute) ..."
	@$(PIP) --require-hashes -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.core
	@echo "Installing the packages that the tests need ..."
	@$(PIP) --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: install
install: $(VENV)/.core ## the environment, without running anything

.PHONY: build
build: $(VENV)/.core ## the dataset of the sample corpus, in data/build/sample
	@$(BIN)/ogi build --input $(SAMPLE_INPUT) --output $(SAMPLE_OUTPUT) --workers $(WORKERS)

.PHONY: ui
ui: $(VENV)/.core ## the Dagster UI on the sample corpus
	@$(BIN)/ogi ui --input $(SAMPLE_INPUT) --output $(SAMPLE_OUTPUT)

.PHONY: test
test: $(VENV)/.dev lint ## lint, type check and tests
	@PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n $(TEST_WORKERS) --dist loadgroup

.PHONY: lint
lint: $(VENV)/.dev ## ruff and the strict type check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

.PHONY: ocr
ocr: $(VENV)/.core ## adds the reader of scans (300 MB)
	@echo "Installing the reader of scans ..."
	@$(PIP) --require-hashes -r requirements-ocr.lock

.PHONY: cluster
cluster: $(VENV)/.core ## adds what a Dask cluster and S3-compatible stores take
	@echo "Installing the packages for clusters and stores ..."
	@$(PIP) --require-hashes -r requirements-cluster.lock

$(VENV)/.notebooks: requirements-notebooks.lock $(VENV)/.core
	@echo "Installing Jupyter ..."
	@$(PIP) --require-hashes -r requirements-notebooks.lock
	@touch $@

.PHONY: notebooks
notebooks: $(VENV)/.notebooks ## opens the notebooks in Jupyter (OGI_DATASET=DIR: on another dataset)
	@[ -n "$$OGI_DATASET" ] || [ -e $(SAMPLE_OUTPUT)/ogi.duckdb ] || $(MAKE) build
	@$(BIN)/jupyter lab --ip=127.0.0.1 --notebook-dir=notebooks

.PHONY: bench-layouts bench-placement bench-reconcile bench-formats bench-ocr bench-claims
bench-layouts: $(VENV)/.dev ## every cell of 200 random reports in every text layout
	@$(BIN)/python -m benchmarks.bench_layouts $(ARGS)

bench-placement: $(VENV)/.dev ## placing the numbers of rows that lost their blanks
	@$(BIN)/python -m benchmarks.bench_placement $(ARGS)

bench-claims: $(VENV)/.dev ## figures that sentences state: precision and recall on sentences kept apart
	@$(BIN)/python -m benchmarks.bench_claims $(ARGS)

.PHONY: bench-points
bench-points: $(VENV)/.dev ## problems and improvements of section five: precision and recall on texts kept apart
	@$(BIN)/python -m benchmarks.bench_points $(ARGS)

.PHONY: bench-editing
bench-editing: $(VENV)/.dev ## errors of every kind put into known tables: noticed, located, repaired; reports without any
	@$(BIN)/python -m benchmarks.bench_editing $(ARGS)

.PHONY: bench-tokens
bench-tokens: $(VENV)/.dev ## tokens per second beside plain jieba, on narratives that repeat and on new ones
	@$(BIN)/python -m benchmarks.bench_tokens $(ARGS)

.PHONY: bench-reuse
bench-reuse: $(VENV)/.bench ## planted copies among 10⁴ and 10⁵ narratives: found, false, time and memory
	@$(BIN)/python -m benchmarks.bench_reuse $(ARGS)

bench-reconcile: $(VENV)/.dev ## reconciling 10⁵ tables of every kind: time and states of each
	@$(BIN)/python -m benchmarks.bench_reconcile $(ARGS)

$(VENV)/.bench: requirements-bench.lock $(VENV)/.dev
	@echo "Installing the libraries to compare with ..."
	@$(PIP) --require-hashes -r requirements-bench.lock
	@touch $@

.PHONY: bench-scale bench-accuracy bench-kills
bench-scale: $(VENV)/.bench ## corpora of 10³, 10⁴ and 10⁵ documents: reading by format, building, memory, queries
	@$(BIN)/python -m benchmarks.bench_scale $(ARGS)

bench-accuracy: $(VENV)/.dev ## every cell of thousands of documents in every format against its truth
	@$(BIN)/python -m benchmarks.bench_accuracy $(ARGS)

bench-kills: $(VENV)/.dev ## 100 times kill -9 at random moments of builds of 2,000 documents, which are run again
	@$(BIN)/python -m benchmarks.bench_kills $(ARGS)

$(VENV)/.fuzz: requirements-fuzz.lock $(VENV)/.dev
	@echo 'Installing the fuzzer ...'
	@$(PIP) --require-hashes -r requirements-fuzz.lock
	@touch $@

.PHONY: fuzz
fuzz: $(VENV)/.fuzz ## coverage-guided fuzzing of 28 targets, a minute each (ARGS="--targets read_html --seconds 300")
	@$(BIN)/python -m tests.fuzz.run $(ARGS)

.PHONY: bench-queries
bench-queries: $(VENV)/.dev ## what users ask of the DuckDB file, cold and warm: seconds and memory
	@$(BIN)/python -m benchmarks.bench_queries $(ARGS)

bench-formats: $(VENV)/.bench ## every file format: speed and cells right, beside the libraries that users would take
	@$(BIN)/python -m benchmarks.bench_formats $(ARGS)

bench-ocr: $(VENV)/.dev ## scans at 150 and 200 dpi, clean and degraded: digits right
	@$(BIN)/python -m benchmarks.bench_ocr $(ARGS)

.PHONY: made
made: $(VENV)/.dev ## the sample's Word and PDF files anew, with LibreOffice and Chromium
	@$(BIN)/python -m tests.corpus.make_files

.PHONY: sample
sample: $(VENV)/.dev ## writes the sample corpus anew (identical bytes unless the generator changed)
	@$(BIN)/python -m tests.corpus.write_sample

.PHONY: lock
lock: $(VENV)/.dev ## the lock files anew; needs uv
	./scripts/lock

.PHONY: clean
clean: ## removes the environment and what was built
	rm -rf $(VENV) data/build .mypy_cache .ruff_cache .pytest_cache .hypothesis
