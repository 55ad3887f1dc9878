# A newcomer's commands. Needs only make and a Python of 3.11 or newer; choose another with `make test PYTHON=python3.12`.
#
#   make demo     set up, run the acceptance plan in virtual time and the smoke plan on real sockets, say where the reports are
#   make test     set up, run every test
#   make check    lint, types, import contracts, tests: before each commit
#   make bench    print speed, memory and deadlines beside their baselines; asserts nothing but the safety deadlines
#   make mutants  change the oracles and codecs a thousand times over, and say which changes no test notices
#   make newest   run the tests with the newest versions that pyproject.toml allows, in an environment of its own
#   make clean    remove what these commands made (runs in out/ stay)

PYTHON ?= python3
VENV   := .venv
NEWEST := .venv-newest
PIP     = -m pip install --quiet --disable-pip-version-check
WORKERS ?= 2

# The stamps carry the version of PYTHON, so that another interpreter means another environment.
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
RUN     := $(VENV)/.run-$(VERSION)
DEV     := $(VENV)/.dev-$(VERSION)

.PHONY: demo test check lint bench mutants newest clean python broken
.DELETE_ON_ERROR:

# An environment whose interpreter has gone is set up again.
ifneq ($(shell $(VENV)/bin/python -c 'print("works")' 2>/dev/null),works)
$(RUN) $(DEV): broken
endif

$(RUN): pyproject.toml constraints.txt | python
	$(call environment,$(VENV))
	$(VENV)/bin/python $(PIP) --constraint constraints.txt --editable .
	@touch $@

$(DEV): pyproject.toml constraints.txt | python
	$(call environment,$(VENV))
	$(VENV)/bin/python $(PIP) --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(RUN)

# Keeps an environment that works and has the right version; else makes it anew.
define environment
	@have=$$($(1)/bin/python -c 'import sys, pip; print("%d.%d" % sys.version_info[:2])' 2>/dev/null); \
	if [ "$$have" != "$(VERSION)" ]; then echo "$(PYTHON) -m venv --clear $(1)"; $(PYTHON) -m venv --clear $(1); fi
endef

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "make: $(PYTHON) is $(if $(VERSION),$(VERSION),not there), and 3.11 or newer is needed: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }

demo: $(RUN)
	@out=out/demo-$$(date +%Y-%m-%d-%H%M%S); code=0; \
	echo "== acceptance plan, virtual time"; \
	$(VENV)/bin/rig run --plan acceptance --bench sim --out $$out/acceptance-sim || code=$$?; \
	echo "== smoke plan, real sockets and wall time"; \
	$(VENV)/bin/rig run --plan smoke --bench loopback --out $$out/smoke-loopback || code=$$?; \
	echo; echo "Reports, to open in a browser:"; \
	for report in $$out/*/report.html; do \
	if [ -f "$$report" ]; then echo "  $$PWD/$$report"; else echo "  none was written"; code=4; fi; done; \
	exit $$code

# What waits for wall time runs after what fills the processors, and alone. Programs that are missing are listed last.
test: $(DEV)
	$(call tests,$(VENV))

define tests
	@code=0; \
	$(1)/bin/python -m pytest -q -m 'not loopback and not interop' -n $(WORKERS) || code=1; \
	$(1)/bin/python -m pytest -q -m 'loopback or interop' || code=1; \
	exit $$code
endef

lint: $(DEV)
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy --strict
	$(VENV)/bin/lint-imports

check: lint test

bench: $(DEV)
	@$(VENV)/bin/python -m tests.benchmarks.bench

mutants: $(DEV)
	$(VENV)/bin/python $(PIP) --constraint constraints.txt --editable '.[dev,mutants]'
	rm -rf mutants
	$(VENV)/bin/mutmut run --max-children $(WORKERS) > mutants.log 2>&1 || { tail -c 2000 mutants.log; exit 1; }
	$(VENV)/bin/python -m tests.mutants.summary

newest: | python
	$(call environment,$(NEWEST))
	$(NEWEST)/bin/python $(PIP) --upgrade --upgrade-strategy eager --editable '.[dev]'
	$(call tests,$(NEWEST))
	@echo "If all is well, these are the new constraints (keep the lines for Windows: colorama):"
	@$(NEWEST)/bin/python -m pip freeze --exclude-editable

clean:
	rm -rf $(VENV) $(NEWEST) mutants mutants.log dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	find rig drivers scenarios reports tests -name __pycache__ -type d -prune -exec rm -rf {} +
