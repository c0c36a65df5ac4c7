# The commands of Liaison. `make` alone lists them; what each does lies in Python, not here.
.DEFAULT_GOAL := help
.PHONY: help run test lint bench verify demo lock install install-dev install-foreign build messages

PYTHON ?= $(shell for p in python3 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' 2>/dev/null && echo $$p && break; \
	done || echo python3)
PY := .venv/bin/python
TESTS ?= tests
SCALE ?= 240

help: ## list the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-12s %s\n' "$$name" "$$text"; done

run: install ## install, build and start everything (PORT=8000 LIAISON_HOME=var)
	@exec $(PY) -m liaison.supervisor

test: install-dev install-foreign build ## run all tests (TESTS=tests/core for some)
	@exec $(PY) -m pytest $(TESTS) -n 2 --dist worksteal -q

lint: install-dev ## check style, imports, migrations and lock files
	@exec $(PY) -m liaison.lint

bench: install-dev build ## measure pages against their budgets (CASES=10000 for one size)
	@exec $(PY) -m benchmarks $(CASES)

verify: install-dev install-foreign build ## prove everything in full, within an hour, and write docs/VERIFICATION.md
	@exec $(PY) -m tests.verify

demo: install build ## load the demo city into the running installation (SCALE=1000 cases)
	@exec $(PY) manage.py demo --scale $(SCALE)

messages: install-dev ## bring locale/*/LC_MESSAGES/django.po up to date with the texts in the source
	@exec $(PY) -m liaison.messages

lock: install-dev ## lock the requirements anew, with hashes and without addresses
	@for name in uv node base dev foreign; do \
		.venv/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 --generate-hashes \
			--no-header --no-emit-index-url --no-emit-find-links $(UPGRADE) \
			requirements/$$name.in -o requirements/$$name.txt || exit 1; \
	done

install:
	@$(PYTHON) liaison/install.py base

install-dev:
	@$(PYTHON) liaison/install.py dev

install-foreign: install-dev
	@$(PYTHON) liaison/install.py foreign

build: install
	@$(PY) -m liaison.build
