# Needs make and Python 3.11 with venv; fetches everything else, by hash, from the package index.
#
#   make run    start the product with a small demo (PORT=8000)
#   make test   the suite on SQLite, and on PostgreSQL and Redis where they answer
#   make lint   format, lint, types, import contract, templates, migrations
#   make lock   resolve requirements/*.in again (needs uv)

PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --require-hashes

.PHONY: help run test lint lock
.DEFAULT_GOAL := help

help:
	@sed -n 's/^#   //p' Makefile

run: $(VENV)/.base
	@$(BIN)/python manage.py migrate --verbosity 0
	@$(BIN)/python manage.py demo --once
	@exec $(BIN)/python manage.py up --port $(PORT)

test: $(VENV)/.test
	@$(BIN)/python -m tests.lanes $(LANES)

lint: $(VENV)/.dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --check --lint templates
	$(BIN)/python manage.py check --fail-level WARNING
	$(BIN)/python manage.py makemigrations --check --dry-run

LOCK := uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-annotate --no-header --only-binary :all:
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	cd requirements && for set in base production test dev; do \
		$(LOCK) $(UPGRADE) $$set.in -o $$set.txt; done

# Stamp files: what is installed already is not installed again.
$(VENV)/.created:
	@command -v $(PYTHON) >/dev/null || { \
		echo "Python 3.11 is missing ($(PYTHON) was not found)."; \
		echo "On Debian and Ubuntu: apt install python3.11 python3.11-venv"; \
		echo "Elsewhere: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed; $(PYTHON) is older."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments (ensurepip is missing)."; \
		echo "On Debian and Ubuntu: apt install python3.11-venv"; exit 1; }
	@echo "Creating $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.base: $(VENV)/.created requirements/base.txt
	@echo "Installing requirements/base.txt"
	@$(PIP) -r requirements/base.txt
	@touch $@

$(VENV)/.test: $(VENV)/.base requirements/test.txt
	@echo "Installing requirements/test.txt"
	@$(PIP) -r requirements/test.txt
	@touch $@

$(VENV)/.dev: $(VENV)/.test requirements/dev.txt
	@echo "Installing requirements/dev.txt"
	@$(PIP) -r requirements/dev.txt
	@touch $@
