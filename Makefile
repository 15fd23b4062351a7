# What a newcomer types. Every target does its own set-up; re-running is quick.

SWIFT_FLAGS := -c release -Xswiftc -enable-testing
BINARY := .build/release/nnlut

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo build demo test unit check-format check-imports check-migrations reference fixtures clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /|/' | column -t -s '|'

setup:
	@scripts/setup

setup-demo:
	@scripts/setup --demo

build: setup ## Build the program
	swift build $(SWIFT_FLAGS) --product nnlut

demo: setup-demo build ## Calibrate MiniLM on WordNet, from nothing to a verified artifact in ./out
	$(BINARY) run config/jobs/minilm-wordnet.yaml --out out

test: setup-demo check-format check-imports check-migrations unit ## All checks and tests

unit:
	swift build $(SWIFT_FLAGS) --build-tests
	scripts/run_tests

check-format: ## Formatting, strictly
	swift format lint --strict --recursive Package.swift Sources Tests

check-imports: ## No import that runs upward against the module order
	@python3 scripts/check_imports.py

check-migrations: ## No released migration has changed
	@python3 scripts/check_migrations.py

reference: setup-demo ## The demonstration's baseline computed plainly by Hugging Face transformers, to compare with
	@test -x .venv-reference/bin/python || python3 -m venv .venv-reference
	@.venv-reference/bin/pip install --quiet -r scripts/requirements-fixtures.txt
	.venv-reference/bin/python scripts/reference_retrieval.py .cache/models/all-MiniLM-L6-v2 \
	  --retrieval .cache/data/wordnet-reverse-dictionary

clean: ## Remove what was built (not what was fetched)
	rm -rf .build out
