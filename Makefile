# The commands of this project. Each works from a fresh clone; `make help` lists them.

PYTHON ?= python3
VENV ?= .venv
VAR ?= $(CURDIR)/var
ARGS ?=
PY := $(VENV)/bin/python
export PYTHON VENV VAR

.DEFAULT_GOAL := help
.PHONY: help run test check bench faults

help:  ## what there is
	@echo "make run     everything on this machine, from nothing (PORT, HOST and VAR from the environment)"
	@grep -hE '^[a-z]+:.*##' Makefile | grep -vE '^run:' | sed -E 's/^([a-z]+):.*## (.*)/\1\t\2/' \
		| while IFS="$$(printf '\t')" read -r name text; do printf 'make %-7s %s\n' "$$name" "$$text"; done

# EMBEDDED: keys that the environment does not name are made once and kept in VAR/keys.json, also with a
# database of your own. `exec` in the recipes: a signal to make must reach the program, not a shell that leaves it behind.
run:  ## everything on this machine, from nothing
	@sh scripts/system-packages.sh run
	@sh scripts/venv.sh base
	@mkdir -p '$(VAR)' && test -w '$(VAR)' || { echo "Choose a folder that you can write to: VAR=..." >&2; exit 1; }
	@EMBEDDED=$${EMBEDDED:-true} exec $(PY) manage.py up

test:  ## the whole suite, browser journeys included (more arguments: ARGS="-k name")
	@sh scripts/system-packages.sh test
	@sh scripts/venv.sh dev
	@$(PY) manage.py compile_translations
	@VAR=$(VAR)/test exec $(PY) -m coalition.embedded exec -- $(PY) -m pytest -n auto $(ARGS)

check:  ## style, types, import directions, migrations, templates, translations, settings, security
	@sh scripts/system-packages.sh check
	@sh scripts/venv.sh dev
	@exec $(PY) -m scripts.check $(ARGS)

bench:  ## the benchmark: a table and var/bench.json
	@sh scripts/system-packages.sh bench
	@sh scripts/venv.sh dev
	@$(PY) manage.py compile_translations
	@VAR=$(VAR)/bench BENCH_JSON=$(VAR)/bench.json exec $(PY) -m coalition.embedded exec -- $(PY) -m benchmarks.bench $(ARGS)

faults:  ## the fault drills: a table and var/faults.json
	@sh scripts/system-packages.sh bench
	@sh scripts/venv.sh dev
	@$(PY) manage.py compile_translations
	@VAR=$(VAR)/faults FAULTS_JSON=$(VAR)/faults.json exec $(PY) -m coalition.embedded exec -- $(PY) -m benchmarks.faults $(ARGS)
