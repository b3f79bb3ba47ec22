# `make` lists the targets. They need python3 (3.11 or later), git and make; everything else they bring themselves.

BIN := .venv/bin
# of the tests; more on a larger machine
WORKERS ?= 2
STAMP := .venv/.synced
export UV_PYTHON_DOWNLOADS := never
export UV_PROJECT_ENVIRONMENT := .venv

.DEFAULT_GOAL := help
.PHONY: help setup demo check test test-all test-bare chaos bench-intake bench-annotated eval-wordings fuzz-intake try-celery try-compose try-backfill docs codes catalogues expectations clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | while IFS='	' read -r name meaning; do printf '  %-12s %s\n' "$$name" "$$meaning"; done

setup: $(STAMP) ## bring uv and everything in uv.lock into .venv

$(STAMP): pyproject.toml uv.lock tools/bootstrap.py
	uv=$$(python3 tools/bootstrap.py uv) && "$$uv" sync --locked --all-extras
	@touch $@

demo: setup ## show it all from nothing; ONCE=1 ends by itself, QUARTERS=8 makes more of them live
	$(BIN)/ievq demo $(if $(filter-out 0,$(ONCE)),--once) $(if $(QUARTERS),--quarters $(QUARTERS))

check: setup ## style, types and import directions
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
# its cache would miss an import whose target came later
	$(BIN)/lint-imports --no-cache

test: check ## check, the tests by two workers, and those about time once more in another zone
	$(BIN)/pytest -n $(WORKERS)
	TZ=Asia/Shanghai $(BIN)/pytest -m timezone

test-all: check ## check, and all tests in two time zones
	$(BIN)/pytest -n $(WORKERS)
	TZ=Asia/Shanghai $(BIN)/pytest -n $(WORKERS)

test-bare: ## demo and test in a bare Debian; needs root and debootstrap
	@if command -v debootstrap >/dev/null; then tools/test_bare.sh; \
	else echo "test-bare: SKIPPED, nothing was tested: there is no debootstrap here"; fi

chaos: setup ## kill every process of the stack in turn; nothing may be lost
	$(BIN)/python -m tests.chaos

bench-intake: setup ## time files through their rooms, ROWS=50000 for smaller ones; OTHERS=1 beside what others take
	@[ -z "$(OTHERS)" ] || { uv=$$(python3 tools/bootstrap.py uv) && UV_PROJECT_ENVIRONMENT=.uv/bench "$$uv" sync --locked --quiet --only-group bench; }
	nice $(BIN)/python -m tests.bench_intake $(if $(ROWS),--rows $(ROWS)) $(if $(OTHERS),--others)

bench-annotated: setup ## time the workbook that a submitter gets back
	nice $(BIN)/python -m tests.bench_annotated

fuzz-intake: setup ## ten thousand mutations of good files through the check; COUNT=500 SEED=7 ONLY=123 for others
	nice $(BIN)/python -m tests.fuzz_intake $(if $(COUNT),--count $(COUNT)) $(if $(SEED),--seed $(SEED)) $(if $(ONLY),--only $(ONLY))

eval-wordings: setup ## measure the matching of wordings, TEST=1 with the second set, MISSES=1 with what went wrong in the first
	$(BIN)/python -m tests.eval_wordings $(if $(TEST),--test) $(if $(BLIND),--blind) $(if $(MISSES),--misses)

# a Redis of the machine comes first; the one from the index stays out of .venv
.uv/broker: uv.lock
	@command -v redis-server valkey-server >/dev/null || { uv=$$(python3 tools/bootstrap.py uv) && \
	UV_PROJECT_ENVIRONMENT=.uv/broker "$$uv" sync --locked --quiet --only-group broker && touch .uv/broker; } || true

try-celery: setup .uv/broker ## two Celery workers and a Redis, one worker killed at work
	$(BIN)/python -m tests.celery_trial

try-compose: setup .uv/broker ## the services of docker-compose.yml as processes, without an engine
	$(BIN)/python -m tests.compose_trial

try-backfill: setup ## eight quarters through a real Airflow by one command
	TEST_BACKFILL_QUARTERS=8 $(BIN)/pytest tests/stack/test_backfill.py --durations=1

docs: setup ## write docs/contracts.md and docs/findings.md from the code
	$(BIN)/python tools/contracts_page.py > docs/contracts.md
	$(BIN)/python -m tools.findings_page > docs/findings.md

catalogues: setup ## bring ievq_pipeline/locale/ up to date with the texts that the code asks for
	$(BIN)/python -m tools.catalogues

codes: setup ## count the lists of skills and technologies in data/codes/README.md
	$(BIN)/python -m tools.skill_counts > data/codes/README.new && mv data/codes/README.new data/codes/README.md

expectations: setup ## write expectations/ from the contracts
	$(BIN)/python -m tools.expectations

clean: ## remove what setup and the tools made; the data in var/ stay
	rm -rf .venv .uv dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
