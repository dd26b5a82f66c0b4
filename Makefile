# `make` lists the targets. Everything is installed into .venv; nothing outside it is touched,
# except that `make setup-tests` may install Debian's Chromium.

PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip install --disable-pip-version-check

.PHONY: help run test test-all frameworks check bench bench-gpu families lint assets stored-backbones stored-measurements screenshots setup setup-tests check-python
.DEFAULT_GOAL := help

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: setup assets ## Set up what is missing, then start the app (PORT=8501)
	@exec $(PY) -m streamlit run app.py --server.port $(PORT)

# Three processes, a file each at a time: browser tests wait more than they compute.
TESTS := -m pytest -n 3 --dist loadfile --no-loadscope-reorder

test: setup-tests assets ## Set up what is missing, then run all tests but the longest
	@$(PY) $(TESTS) -m "not long"

test-all: setup-tests assets ## Run the longest as well (half an hour on two cores)
	@$(PY) $(TESTS)

frameworks: setup-tests ## Run README's lines for LangChain and LlamaIndex in environments of their own (a network)
	@EMBFILTER_TEST_FRAMEWORKS=1 $(PY) -m pytest tests/frameworks

bench: setup-tests assets ## Measure how long the work behind the screen takes
	@$(PY) -m tests.bench

families: setup-tests ## Check a tiny random model of every family and write the table into README
	@$(PY) -m tests.families

bench-gpu: setup-tests ## Measure this machine's CUDA GPU on random models, in under four minutes
	@$(PY) -m tests.bench.gpu

check: lint ## Check style and types, and run the quick tests of the library
	@$(PY) -m pytest -q -n 2 -m "not slow and not real" tests/core tests/figures

lint: setup-tests ## Check style, types and the floors of the house
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports --no-logo --no-cache

stored-backbones: setup assets ## Make the stored backbones again: the bundled one, or BACKBONES="id=file.gguf ..." DATA=folder
	@$(PY) -m embfilter_core.stored_backbones $(BACKBONES) $(if $(DATA),--data "$(DATA)")

stored-measurements: setup assets ## Measure public data in DATA=folder again (embfilter_core/data/measured; an hour)
	@test -n "$(DATA)" || { echo "Name the folder of the data: make stored-measurements DATA=folder" >&2; exit 2; }
	@$(PY) -m embfilter_core.stored "$(DATA)"

screenshots: setup-tests assets ## Take the README's pictures again
	@$(PY) -m tests.browser.screenshots

# The check needs no torch and no network, so a prepared machine starts at once and offline.
assets: setup ## Fetch, convert and embed what works offline (120 MB and some minutes, once)
	@$(PY) -c 'import sys; from embfilter_core.preparation import is_prepared; sys.exit(not is_prepared())' \
		|| $(PY) -m embfilter_core assets

# An installation is finished when its requirements file has been copied into .venv, which is its last step:
# an interrupted one is resumed, a changed file is installed again, and otherwise pip is not called.
setup: check-python ## Create .venv and install requirements.txt
	@cmp -s requirements.txt $(VENV)/requirements.installed || { \
		echo "Installing requirements.txt into $(VENV) (PyTorch and Streamlit: several minutes the first time) ..." && \
		rm -f $(VENV)/requirements.installed && \
		$(PIP_INSTALL) -r requirements.txt && \
		cp requirements.txt $(VENV)/requirements.installed; }

setup-tests: setup ## Install what the tests need as well, and a Chromium where there is none
	@cmp -s tests/requirements.txt $(VENV)/tests-requirements.installed || { \
		echo "Installing tests/requirements.txt into $(VENV) ..." && \
		rm -f $(VENV)/tests-requirements.installed && \
		$(PIP_INSTALL) -r tests/requirements.txt && \
		cp tests/requirements.txt $(VENV)/tests-requirements.installed; }
	@$(PY) tests/browser/install_browser.py

# A .venv without a working python or pip (an interrupted creation, a removed interpreter) is made anew.
check-python:
	@if test -f $(VENV)/requirements.installed && test -x $(PY) || $(PY) -c 'import pip' 2>/dev/null; then exit 0; fi; \
	command -v $(PYTHON) >/dev/null || { \
		echo "There is no '$(PYTHON)' here. Install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.12 run" >&2; exit 2; }; \
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "$$($(PYTHON) --version) is too old: Python 3.11 or newer is needed. Name one: make PYTHON=python3.12 run" >&2; exit 2; }; \
	$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) cannot create virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 2; }; \
	echo "Creating $(VENV) with $$($(PYTHON) --version) ..."; \
	$(PYTHON) -m venv --clear $(VENV)
