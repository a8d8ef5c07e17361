# What people and CI run. Everything is set up from the package registries alone.
PYTHON ?= python3
VENV   := .venv
EXTRAS ?= dev
CONSTRAINTS ?=
BIN    := $(VENV)/bin

.PHONY: demo test check bench clean

demo: $(VENV)/.base  ## render a sample shop, index it, answer three queries; on a terminal, open it in a browser, too
	@if [ -t 1 ]; then $(BIN)/snapshelf demo demo --serve; else $(BIN)/snapshelf demo demo; fi

test: $(VENV)/.dev check  ## lint, types, and every test
	$(BIN)/pytest -n 2 --dist worksteal

check: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.dev
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[bench]'
	$(BIN)/snapshelf demo demo
	$(BIN)/python benchmarks/startup.py demo/shelf
	$(BIN)/python benchmarks/ingest.py demo/shop
	$(BIN)/python benchmarks/engines.py --size 100k

$(VENV)/.base: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/.dev: pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -e '.[$(EXTRAS)]' $(addprefix -c ,$(CONSTRAINTS))
	@touch $@ $(VENV)/.base

clean:
	rm -rf $(VENV) demo .pytest_cache .mypy_cache .ruff_cache
