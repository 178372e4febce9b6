# One environment, .venv, serves every target. It is built from the locks, hashes checked, by uv
# where uv is installed and by venv and pip elsewhere.

SETS ?= deal_day latest
CASES ?= tests/cases
PYTHON ?= python3

# Byte-code is cached as modules are first used: compiling all 100 packages takes longer and 150 MB.
unexport PYTHONDONTWRITEBYTECODE
export PIP_DISABLE_PIP_VERSION_CHECK = 1

bin := .venv/bin
uv := $(shell command -v uv 2>/dev/null)
main := .venv/.installed-requirements
dev := .venv/.installed-requirements-dev
lab := .venv/.installed-requirements-lab

.PHONY: help briefing test check format format-check lint types imports cases lab lab-test hooks lock clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' Makefile

briefing: $(main)  ## build the briefings SETS="deal_day latest" and say where they lie
	$(bin)/briefing build $(SETS)

# The tests of a file stay together, because they share what takes long to make,
# and files are begun in the order that tests/conftest.py gives them.
test: $(dev)  ## run all tests
	$(bin)/pytest -n auto --dist loadfile --no-loadscope-reorder

check: format-check lint types imports test  ## say whether we are done: format, lint, types, imports, tests

format: $(dev)  ## format code and notebooks, strip outputs
	$(bin)/nbstripout --keep-id --extra-keys "metadata.papermill cell.metadata.papermill \
	cell.metadata.execution metadata.language_info.version" notebooks/*.ipynb
	$(bin)/ruff check --fix-only --quiet
	$(bin)/ruff format

format-check: $(dev)
	$(bin)/ruff format --check

lint: $(dev)
	$(bin)/ruff check

types: $(dev)
	$(bin)/basedpyright --pythonpath $(bin)/python

imports: $(dev)
	$(bin)/lint-imports

cases: $(dev)  ## compare the model with the published examples in CASES=path
	$(bin)/python -m tests.published $(CASES)

lab: $(lab)  ## open JupyterLab where an analyst starts
	$(bin)/jupyter lab notebooks/00_start_here.ipynb

lab-test: $(lab)  ## run every notebook in a real JupyterLab
	$(bin)/python tests/lab/run_in_jupyterlab.py

hooks: $(dev)  ## check every commit before it is made
	$(bin)/pre-commit install

clean:  ## remove the environment; reports stay
	rm -rf .venv

# --- The environment ---

# The first interpreter that will do. Debian ships venv without ensurepip; uv needs neither.
found = $(shell for python in $(PYTHON) python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; assert (3, 11) <= sys.version_info < (3, 15)$(if $(uv),,; import ensurepip)' \
	2>/dev/null && echo $$python && break; done)

define missing
Python 3.11 to 3.14 with venv and ensurepip is needed; $(PYTHON) is $(shell $(PYTHON) --version 2>/dev/null || echo missing).
Install one (Debian, Ubuntu: apt install python3 python3-venv) or name one: make PYTHON=/path/to/python3
endef

ifdef uv
whole := .venv/.made-by-uv
create = uv venv --quiet $(addprefix --python ,$(found)) .venv
install = uv pip install --quiet --python $(bin)/python
else
whole := .venv/.made-by-pip
create = $(if $(found),$(found) -m venv .venv,$(error $(missing)))
install = $(bin)/python -m pip install --quiet --no-compile
endif

# An environment left half made (nothing says by whom) is thrown away, whatever it holds already;
# one made by the other tool, only when something must be installed.
unfinished := $(if $(wildcard .venv/.made-by-*),,start-again)
.PHONY: start-again
start-again:

# The larger locks contain the main one.
.venv/.installed-%: %.lock pyproject.toml $(unfinished)
	@test -e $(whole) || { rm -rf .venv && $(create); }
	@rm -f $(whole)
	@echo "Installing $< into .venv (the first time takes a minute or two)"
	@$(install) --require-hashes -r $<
	@$(install) --no-index --no-deps --no-build-isolation -e .
	@$(bin)/jupyter kernelspec install --sys-prefix --name briefing lib/briefing/runs/kernel 2>&1 | grep -v '^\[InstallKernelSpec\]' || true
	@touch $(whole) $(main) $@

# Only the public index counts, whatever this machine is set to. Fewest: one version of a package
# for every Python, so that figures agree between machines.
compile = env -u UV_INDEX -u UV_DEFAULT_INDEX -u UV_INDEX_URL -u UV_EXTRA_INDEX_URL -u UV_FIND_LINKS \
	uv --no-config pip compile pyproject.toml --group build --quiet \
	--generate-hashes --universal --python-version 3.11 --fork-strategy fewest \
	--custom-compile-command 'make lock' --no-emit-index-url --no-emit-find-links $(UPGRADE)

# uv keeps the versions it finds in its output file; so each lock starts from one common resolution.
lock:  ## compile the locks and environment.yml from pyproject.toml (needs uv; UPGRADE=--upgrade for newer versions)
	cat requirements-*.lock >> requirements.lock
	$(compile) --all-extras -o requirements.lock
	cp requirements.lock requirements-dev.lock
	cp requirements.lock requirements-lab.lock
	cp requirements.lock requirements-cluster.lock
	$(compile) -o requirements.lock
	$(compile) --extra dev --extra cluster --extra mail -o requirements-dev.lock
	$(compile) --extra lab -o requirements-lab.lock
	$(compile) --extra cluster -o requirements-cluster.lock
	{ sed '/- pip:/q' environment.yml; echo '      - -e .'; \
	sed -n 's/^\([a-z].*\) \\$$/      - \1/p' requirements-lab.lock; } > environment.tmp
	mv environment.tmp environment.yml
