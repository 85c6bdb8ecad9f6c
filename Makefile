# `make help` lists what there is. Every target does its work once: stamps in .venv remember.

PYTHON ?= python3
PIP_FLAGS ?=
PORT ?= 9440
# How much `make faults`, `make fuzz` and `make soak` do; the tests run each for a few seconds.
faults: BUDGET ?= 60
fuzz: BUDGET ?= 1000000
soak: BUDGET ?= 10000

VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt $(PIP_FLAGS)
CODE := protocol/sfumato_protocol server/sfumato_server plugin/sfumato tools benchmarks examples tests
# Tests that do nothing but compute run beside all others, on a core of their own.
COMPUTES := tests/engines tests/imaging
# Krita only recommends PyQt5, without which it has no Python plugins.
KRITA := krita:krita /usr/lib/python3/dist-packages/PyQt5:python3-pyqt5 Xvfb:xvfb xdotool:xdotool
CHROMIUM := chromium:chromium

.DEFAULT_GOAL := help
.PHONY: help demo run plugin test check lint types bench bench-gpu quality screenshots faults fuzz soak clean

help:  ## This list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

demo: $(VENV)/.demo  ## Inpaint a photograph through a real server: out/demo.ora, out/demo.png
	$(BIN)/python examples/demo.py

run: $(VENV)/.demo  ## Install the plugin into Krita and run the server (PORT=9440)
	$(BIN)/sfumato install-plugin
	$(BIN)/sfumato serve --port $(PORT)

plugin: $(VENV)/.demo  ## Build the plugin's zip for Krita's importer: dist/sfumato-krita.zip
	$(BIN)/python tools/package_plugin.py --out build
	mkdir -p dist && cp build/sfumato-krita.zip dist/

test: $(VENV)/.dev  ## Run every test, the real Krita's too
	tools/system_packages.sh "make test" $(KRITA) $(CHROMIUM)
	@mkdir -p build
	$(BIN)/python -m pytest $(PYTEST_FLAGS) $(COMPUTES) > build/computes.log 2>&1 & other=$$!; \
	$(BIN)/python -m pytest $(PYTEST_FLAGS) $(addprefix --ignore=,$(COMPUTES)); here=$$?; \
	wait $$other; there=$$?; cat build/computes.log; \
	for status in $$here $$there; do [ $$status -eq 0 ] || [ $$status -eq 5 ] || exit $$status; done

check: lint types test  ## What CI runs: lint, format, types, architecture, tests

lint: $(VENV)/.dev  ## ruff and its formatter
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev  ## mypy, strict
	$(BIN)/mypy $(CODE)

bench: $(VENV)/.dev  ## Measure speeds and print one table
	tools/system_packages.sh "make bench" $(KRITA)
	$(BIN)/python -m benchmarks

bench-gpu: $(VENV)/.dev  ## Measure the diffusers engine at full size, random weights, on a CUDA GPU
	$(BIN)/python -m benchmarks.diffusers_ladder --full

quality: $(VENV)/.quality  ## Heal faces, spots and holes, ours against others (gmic too if installed): out/quality
	$(BIN)/python -m benchmarks.quality $(QUALITY_FLAGS)

screenshots: $(VENV)/.dev  ## Take the pictures in docs/images anew
	SFUMATO_SCREENSHOTS=docs/images $(BIN)/python -m pytest tests/krita/test_guide.py

faults: $(VENV)/.dev  ## Cut, kill and spoil at every point of a job (BUDGET=60 of each)
	FAULTS=$(BUDGET) $(BIN)/python -m pytest tests/faults $(PYTEST_FLAGS)

fuzz: $(VENV)/.dev  ## Feed spoiled bytes to all that reads bytes (BUDGET=1000000 inputs)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt atheris \
		|| echo "atheris does not install here: all inputs come from our own mutator" >&2
	cd tests && PYTHONPATH=.:../plugin ../$(BIN)/python -m fuzz --runs $(BUDGET)

soak: $(VENV)/.dev  ## Small jobs in number, in a storm of accidents, beside heavy load (BUDGET=10000 jobs)
	cd tests && PYTHONPATH=. ../$(BIN)/python -m soak --jobs $(BUDGET)
	cd tests && PYTHONPATH=. ../$(BIN)/python -m soak.storm
	cd tests && PYTHONPATH=. ../$(BIN)/python -m soak.lag

clean:  ## Remove what make built, the environment too
	rm -rf $(VENV) build dist out .mypy_cache .ruff_cache .pytest_cache .hypothesis .cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "The versions in constraints.txt need Python 3.11 or later: make PYTHON=python3.11 ..." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| tools/system_packages.sh "The Python environment" no-ensurepip:python3-venv
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: $(BIN)/python pyproject.toml constraints.txt
	@echo "Installing what the server needs, torch too: a few minutes the first time"
	$(INSTALL) -e '.[demo]'
	touch $@

$(VENV)/.dev: $(VENV)/.demo
	$(INSTALL) -e '.[demo,dev]'
	touch $@

$(VENV)/.quality: $(VENV)/.dev
	$(INSTALL) -e '.[demo,dev,quality]'
	touch $@
