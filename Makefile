# `make demo` and `make test` set up all they need in .venv; a machine with Python 3.11 or later and make is enough.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: demo test test-fast test-thorough coverage lint types check docs pictures site bench clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed, this is " + sys.version)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	touch $@

demo: $(VENV)/.ready
	@mkdir -p out
	@$(BIN)/opencheck check examples/*.xlsx --pack pingdu-2018 --as-of 2018-12-31 --fail-on never
	@$(BIN)/opencheck check examples/*.xlsx --pack pingdu-2018 --as-of 2018-12-31 --fail-on never --output out/检查结果.xlsx 2>/dev/null
	@$(BIN)/opencheck check examples/*.xlsx --pack pingdu-2018 --as-of 2018-12-31 --fail-on never --output out/检查报告.html 2>/dev/null
	@echo
	@echo "网页报告 / the page: $(CURDIR)/out/检查报告.html"
	@echo "标注后的台账 / the marked workbook: $(CURDIR)/out/检查结果.xlsx"

# Where it is set, each of some hundred commands that the tests start would compile all modules anew, and pytest every file of tests.
unexport PYTHONDONTWRITEBYTECODE

# Three workers on two cores: of two, each waits for a quarter of the time, for a browser, a service or Spark.
PYTEST := $(BIN)/python -m pytest -n 3 --dist loadfile

# What one runs all day: everything without a marker of pyproject.toml, with fewer examples of Hypothesis.
test-fast: $(VENV)/.ready
	$(BIN)/python -m pytest -n 2 --dist loadfile --hypothesis-profile fast \
	  -m "not slow and not spark and not postgres and not browser and not wheel and not docs and not java and not thorough"

# One thread of Polars in each of the three workers: to hand work from thread to thread took a twentieth of all time. The other targets
# leave a thread for each core, and a test compares what several find with what one finds.
test: export POLARS_MAX_THREADS = 1
test: $(VENV)/.ready
	$(PYTEST)

# The long search: 500 examples of Hypothesis instead of 30, every rule, example, table and form of a file where `make test` takes some of a kind,
# and what is marked as thorough. Before a release.
test-thorough: $(VENV)/.ready
	$(PYTEST) --hypothesis-profile thorough -m ""

# All tests under measurement, which makes it half as slow again.
coverage: $(VENV)/.ready
	$(PYTEST) --cov --cov-report=term:skip-covered

lint: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/codespell

types: $(VENV)/.ready
	$(BIN)/mypy

check: lint types test

docs: $(VENV)/.ready
	$(BIN)/python scripts/build_packs.py
	$(BIN)/opencheck schema --output docs/schema
	$(BIN)/python examples/make_ledger.py
	$(BIN)/python scripts/make_docs.py

pictures: $(VENV)/.ready
	$(BIN)/python scripts/screenshots.py

site: docs
	$(BIN)/mkdocs build --strict --quiet
	@echo "网站 / site: $(CURDIR)/out/site/index.html"

bench: $(VENV)/.ready
	$(BIN)/python benchmarks/bench.py
	$(BIN)/python benchmarks/preflight.py

clean:
	rm -rf $(VENV) out dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage*
