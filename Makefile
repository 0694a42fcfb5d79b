# Allclear · 报平安. `make` alone prints this help.

PYTHON ?= python3
VENV := .venv/bin/python
ARGS ?=
BOOTSTRAP := $(PYTHON) tools/bootstrap.py
# A suite starts hundreds of processes: with this set, as in many containers, each of them would compile every module anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run portal reset manage shell test proofs demo hour pages chaos bench simulate check audit format openapi clients generators messages screenshots lock python

help: ## Print this help
	@awk 'BEGIN {FS = ":.*## "; print "Allclear: school safety reports with deadlines nobody can lose.\n"} \
		/^[a-z]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' Makefile
	@printf '\nExamples:\n  PORT=9000 make run\n  make manage ARGS="showmigrations"\n  make test ARGS="tests/deadlines -q"\n'

run: python ## Start everything; Ctrl-C stops everything (HOST, PORT, DATABASE_URL, REDIS_URL)
	@$(BOOTSTRAP) run
	@exec $(VENV) -m tools.run.supervisor

portal: python ## The same with a school's portal beside it, connected: sign-in, to-dos, webhooks, staff (PORTAL_PORT)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.run.portal

reset: python ## Remove the data, the mail and the secrets of `make run` (var/)
	@$(BOOTSTRAP) run
	@$(VENV) -m tools.run.reset

manage: python ## Run a management command with the settings of `make run`: ARGS="…"
	@$(BOOTSTRAP) run
	@exec $(VENV) -m tools.run.manage $(ARGS)

shell: python ## Open Django's shell with the settings of `make run`
	@$(BOOTSTRAP) run
	@exec $(VENV) -m tools.run.manage shell

test: python ## Run the tests on private servers: ARGS="…" for pytest, REQUIRE_ALL=1 leaves none out, COVERAGE=1 counts lines
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.testing $(ARGS)

proofs: python ## Run the slow proofs, which `make test` leaves out, in the same way
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.testing -m slow $(ARGS)

demo: python ## Play a day of a school in three minutes against the running system: ARGS="--reports 80 --seconds 60"
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.demo $(ARGS)

hour: python ## Set a school of 120 people up in a browser with a person's hands, zh and en: ARGS="--language zh", --strain
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.hour $(ARGS)

pages: python ## Look at every page by role, language, width and light: layout, axe, HTML, words (needs Chromium, Java, npm)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.pages $(ARGS)

chaos: python ## Break a private system in every way under load and prove that nothing is lost: ARGS="--fault NAME …"
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.chaos $(ARGS)

bench: python ## Measure what the system costs, as ratios made in one run (var/bench.json): ARGS="--part filing"
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.bench $(ARGS)

simulate: python ## Let a year of two schools pass on a virtual clock, judged by an oracle: ARGS="--tickets 2000", --long
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.simulate $(ARGS)

check: python ## Check format, lint, types, layers, templates, system, migrations, source and papers, words, API schema, audit: ARGS="types lint"
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.check $(ARGS)

audit: python ## Ask the public database OSV for known vulnerabilities of the pinned packages (needs the internet)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.check.audit

format: python ## Format the code and mend what the linter can
	@$(BOOTSTRAP) dev
	@$(VENV) -m ruff check --fix --quiet . || true
	@$(VENV) -m ruff format .
	@.venv/bin/djade --target-version 5.2 backend/*/templates/*.html backend/*/templates/*/*.html || true

openapi: python ## Write openapi/openapi.yaml anew
	@$(BOOTSTRAP) dev
	@$(VENV) -m tools.check openapi

clients: python ## Write clients for Python and TypeScript from openapi/openapi.yaml (clients/*/dist; needs npm)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.check.clients

generators: python ## Let five foreign generators write clients of the API and check their types (minutes; needs npm, Java)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.check.generators $(ARGS)

messages: python ## Bring the Chinese catalogue in step with the code; then fill in what is empty
	@$(BOOTSTRAP) dev
	@$(VENV) -m tools.check.translations update

screenshots: python ## Draw the pictures of the READMEs anew from a demo school of their own (needs Chromium)
	@$(BOOTSTRAP) dev
	@exec $(VENV) -m tools.prove.pictures

lock: python ## Resolve the dependencies of pyproject.toml anew into requirements/*.txt
	@$(BOOTSTRAP) dev
	@$(VENV) -m tools.check.lock

python:
	@command -v $(PYTHON) >/dev/null || { \
		printf 'allclear: Python 3.11 or newer is needed.\n\n    apt-get install python3-venv\n\n' >&2; exit 1; }
