# What a newcomer types. Every target does its own set-up; re-running is quick.

SWIFT_FLAGS := -c release -Xswiftc -enable-testing
BINARY := .build/release/nnlut

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo build demo test unit certify certify-sample bench-tables bench-inference bench-jobs fuzz chaos results api-check check-format check-imports check-migrations reference fixtures clean

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

test: setup-demo check-format check-imports check-migrations unit certify-sample ## All checks and tests

unit:
	swift build $(SWIFT_FLAGS) --build-tests
	scripts/run_tests

check-format: ## Formatting, strictly
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks Certify Chaos Fuzz

check-imports: ## No import that runs upward against the module order
	@python3 scripts/check_imports.py

check-migrations: ## No released migration has changed
	@python3 scripts/check_migrations.py

reference: setup-demo ## The demonstration's baseline computed plainly by Hugging Face transformers, to compare with
	@test -x .venv-reference/bin/python || python3 -m venv .venv-reference
	@.venv-reference/bin/pip install --quiet -r scripts/requirements-fixtures.txt
	.venv-reference/bin/python scripts/reference_retrieval.py .cache/models/all-MiniLM-L6-v2 \
	  --retrieval .cache/data/wordnet-reverse-dictionary

bench-tables: setup ## How good and how fast tables are, beside bounds, rivals and PyTorch
	@test -x .venv-bench/bin/python || python3 -m venv .venv-bench
	@.venv-bench/bin/python -c 'import torch' 2>/dev/null || \
	  .venv-bench/bin/pip install --quiet -r Benchmarks/Tables/requirements.txt
	swift build $(SWIFT_FLAGS) --product TableBenchmark
	.build/release/TableBenchmark .venv-bench/bin/python

# OPENBLAS_CORETYPE is unset: the peer uses all that this processor has, and so do we here.
bench-inference: setup-demo ## The forward pass beside ONNX Runtime, one thread
	@test -x .venv-onnx/bin/python || python3 -m venv .venv-onnx
	@.venv-onnx/bin/python -c 'import onnxruntime, onnx, safetensors' 2>/dev/null || \
	  .venv-onnx/bin/pip install --quiet -r Benchmarks/Inference/requirements.txt
	swift build $(SWIFT_FLAGS) --product InferenceBenchmark
	env -u OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS=1 .build/release/InferenceBenchmark .venv-onnx/bin/python \
	  .cache/models/all-MiniLM-L6-v2 .cache/data/wordnet-reverse-dictionary/calibration.txt \
	  .cache/bench

bench-jobs: setup ## The job system: the store beside bare SQL and PgQueuer, fleets of workers through HTTP
	@test -x .venv-pgqueuer/bin/python || python3 -m venv .venv-pgqueuer
	@.venv-pgqueuer/bin/python -c 'import pgqueuer' 2>/dev/null || \
	  .venv-pgqueuer/bin/pip install --quiet -r Benchmarks/Jobs/requirements.txt
	swift build $(SWIFT_FLAGS) --product nnlut
	swift build $(SWIFT_FLAGS) --product JobBenchmark
	.build/release/JobBenchmark .venv-pgqueuer/bin/python .cache/bench/jobs

# CASES requests of every kind, seeded; another CERTIFY_SEED tries others. The documents stay in
# .cache/certify.
CASES ?= 2000
CERTIFY_SEED ?= 1
certify: setup-demo ## Certificates of 2 000 seeded tables held against verifiers and optima of other programs (an hour)
	swift build $(SWIFT_FLAGS) --product CertificateCheck
	scripts/certify/run $(CERTIFY_SEED) $(CASES)

certify-sample:
	scripts/certify/run 11 40

# FUZZ_COUNT inputs for each reader, at most FUZZ_SECONDS each; another FUZZ_SEED tries others.
FUZZ_COUNT ?= 1000000
FUZZ_SECONDS ?= 300
FUZZ_SEED ?= 1
fuzz: setup ## A million mutated inputs for every reader of outside data (up to 90 minutes)
	swift build $(SWIFT_FLAGS) --product ReaderFuzz
	scripts/fuzz $(FUZZ_SEED) $(FUZZ_COUNT) $(FUZZ_SECONDS)

# SEEDS schedules from FIRST on; FIRST=N SEEDS=1 replays schedule N. VIOLATIONS: a folder that keeps
# logs and journals of what went wrong.
SEEDS ?= 200
FIRST ?= 1
chaos: setup ## Faults by seeded schedules against a real cluster, its history checked (an hour)
	swift build $(SWIFT_FLAGS) --product nnlut
	swift build $(SWIFT_FLAGS) --product ChaosHarness
	.build/release/ChaosHarness --first $(FIRST) --seeds $(SEEDS) $(if $(VIOLATIONS),--keep $(VIOLATIONS))

# STSB=…/stsb-en-test.csv: also STS-B, whose data are not the project's.
results: setup-demo build ## What tables cost a real model, over five calibrations: docs/results.md (half an hour)
	scripts/results.py $(if $(STSB),--stsb $(STSB)) $(if $(TEXT),--calibration $(TEXT))

api-check: build ## The coordinator held against its own OpenAPI description by schemathesis (5 minutes)
	@test -x .venv-api/bin/schemathesis || (python3 -m venv .venv-api && \
	  .venv-api/bin/pip install --quiet --disable-pip-version-check -r scripts/requirements-api.txt)
	@python3 scripts/api_check.py $(BINARY) .venv-api/bin/schemathesis

clean: ## Remove what was built (not what was fetched)
	rm -rf .build out
