# Two commands: `make run` and `make test`. Both make .venv and install into it what they need.

PYTHON ?= python3
JOBS ?= 2
WAITING_JOBS = $(shell expr $(JOBS) + 1) # of what waits for servers and browsers a third of its time
# Where Node 20 or newer and npm are present, the JavaScript SDK is built for its tests and the npm clients of
# tests/interop are installed; else those tests are skipped, which pytest's summary says.
HAS_NODE := $(shell node -e 'process.exit(+(parseInt(process.versions.node) < 20))' 2>/dev/null && command -v npm)
SDK_JS := sdk/javascript
NPM_CLIENTS := $(if $(HAS_NODE),tests/interop/node/node_modules/.stamp)
NPM_PEERS := $(if $(HAS_NODE),tests/bench/peers/node/node_modules/.stamp)
# A browser without a window, from npm's registry: it does a third of an installed Chromium's work for a page.
ON_LINUX := $(filter Linux-x86_64,$(shell uname -sm | tr ' ' -))
HEADLESS := $(if $(and $(HAS_NODE),$(ON_LINUX)),tests/chromium/node_modules/.stamp)
BUILT_SDK_JS := $(if $(HAS_NODE),$(SDK_JS)/dist/index.js)
PY := .venv/bin/python
BENCH := .venv/.bench
AUDIT := .venv/.audit
PINNED := requirements.txt deploy/requirements-s3.txt deploy/requirements-sentry.txt $(wildcard tests/requirements.txt tests/*/requirements.txt)
UV := $(shell command -v uv 2>/dev/null)

ifdef UV
MAKE_VENV := uv venv --quiet --seed --python $(PYTHON) .venv
INSTALL := uv pip install --quiet --python $(PY) -r
MAKE_BENCH := uv venv --quiet --python $(PY) $(BENCH)
INSTALL_BENCH := uv pip install --quiet --python $(BENCH)/bin/python -r
MAKE_AUDIT := uv venv --quiet --python $(PY) $(AUDIT)
INSTALL_AUDIT := uv pip install --quiet --python $(AUDIT)/bin/python -r
else
MAKE_VENV := $(PYTHON) -m venv .venv
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check -r
MAKE_BENCH := $(PY) -m venv $(BENCH)
INSTALL_BENCH := $(BENCH)/bin/python -m pip install --quiet --disable-pip-version-check -r
MAKE_AUDIT := $(PY) -m venv $(AUDIT)
INSTALL_AUDIT := $(AUDIT)/bin/python -m pip install --quiet --disable-pip-version-check -r
endif

# A production as `check --deploy` should see it. Nothing here is real.
PRODUCTION := CRAFT_ENV_FILE= SECRET_KEY=for-the-check-only-0123456789abcdefghijklmnopqrstuvwxyz \
	WEB_URL=https://craft.example API_URL=https://api.craft.example PREVIEW_URL=https://craft-preview.example \
	DATABASE_URL=postgres://craft@localhost/craft REDIS_URL=redis://localhost/0 \
	EMAIL_URL=smtp+tls://craft@localhost:587 TRUSTED_PROXY_COUNT=1 DEBUG=off \
	ENCRYPTION_KEYS=for-the-check-only-0123456789abcdefghijklmn=
# SQLite and the process's memory, whatever the shell has set.
NO_SERVICES := env -u DATABASE_URL -u REDIS_URL
SERVICES := $(PY) -m tests.services
WITH_BROWSER := CHROMIUM="$$($(PY) -m tests.browser)" && export CHROMIUM && exec $(SERVICES)
# The tests' compiled code is kept, whatever the shell says: to compile it takes each process ten seconds.
SEQUENTIAL := env PYTHONDONTWRITEBYTECODE= $(PY) -m pytest -q
PYTEST := $(SEQUENTIAL) -n $(JOBS) --dist loadgroup --no-loadscope-reorder --durations=10
# The longest first. Side by side, the output of each in one piece (where make can: not in 3.81).
CHECKS := $(addprefix check-,types lint format types-sdk imports templates migrations settings)
PARALLEL = $(MAKE) --no-print-directory -j $(WAITING_JOBS) $(if $(filter output-sync,$(.FEATURES)),--output-sync)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test test-fast test-main test-sqlite test-all test-sdk mutants drill bench check $(CHECKS) audit licences lock format openapi sdk-generate sdk-packages screenshots

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

run: .venv/.run ## Serve Craft on http://localhost:8000, or on PORT
	@$(PY) -m craft.env_file
	@$(PY) manage.py migrate --verbosity 0
	@$(PY) -m craft.demo
	@exec $(PY) -m craft.serve

test: $(NPM_CLIENTS) $(BUILT_SDK_JS) $(HEADLESS) ## Run every check and every test: what CI runs
	@$(PARALLEL) test-main test-sqlite $(CHECKS)

test-main: .venv/.test # `+` lets its progress through
	+@$(WITH_BROWSER) $(PYTEST) -n $(WAITING_JOBS) -m "not variant"

test-fast: .venv/.test ## Run what answers soon, after each change: no browser, server, race, long or matrix test
	@$(SERVICES) $(PYTEST) -m "not browser and not server and not race and not long and not matrix and not variant"

# What the database decides, and the README's journey. The other tests ask of a database what they ask of any, and
# have passed on PostgreSQL: one that fails on SQLite alone has a cause that is tested here.
test-sqlite: .venv/.test
	@$(NO_SERVICES) nice $(SEQUENTIAL) -m "database and not browser and not race and not long and not variant"

# What `make test` leaves out, safely: variants of a cheaper test that it runs, as said beside each; on SQLite the
# tests of which the database decides nothing; and the whole minute of a rate limit, of which Valkey lets `make test`
# see the end alone, and the counter's own tests the rest.
test-all: test ## Run `make test`, then what it leaves out: variants, and every test on SQLite
	@export THOROUGH=1; $(WITH_BROWSER) $(PYTEST) -m "variant or drawn"
	@$(NO_SERVICES) $(PYTEST) -m "not browser and not race"

test-sdk: .venv/.test $(BUILT_SDK_JS) $(HEADLESS) ## Run the tests of the two SDKs alone
	@$(WITH_BROWSER) $(PYTEST) tests/sdk

mutants: .venv/.test ## Break the code in small ways and count what the tests notice
	@JOBS=$(JOBS) exec $(PY) -m tests.services $(PY) -m tests.mutants

drill: .venv/.test ## An hour's load, and faults of all that Craft needs: print what came of it; ten minutes, as root
	@$(SERVICES) $(SEQUENTIAL) $(sort $(wildcard tests/drill/drill_*.py))

bench: .venv/.test $(BENCH)/.stamp $(NPM_PEERS) ## Measure Craft beside its peers, alone on the machine; minutes (ONLY=craft ROUNDS=2: sooner)
	@exec $(PY) -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(ROWS),--rows $(ROWS))

check: .venv/.test ## Lint, format, types, imports, templates, migrations and settings
	@$(PARALLEL) $(CHECKS)

check-types: .venv/.test
	@$(PY) -m mypy

check-lint: .venv/.test
	@$(PY) -m ruff check --quiet .

check-format: .venv/.test
	@$(PY) -m ruff format --check --quiet .

check-types-sdk: .venv/.test
	@$(PY) -m mypy --config-file sdk/python/pyproject.toml sdk/python/src

check-imports: .venv/.test
	@out="$$(.venv/bin/lint-imports --no-logo)" || { echo "$$out"; exit 1; }

check-templates: .venv/.test
	@$(PY) -m djlint templates --lint --check --quiet

check-migrations: .venv/.test
	@$(NO_SERVICES) DATABASE_URL=sqlite://:memory: DJANGO_SETTINGS_MODULE=tests.settings \
		$(PY) manage.py makemigrations --check --dry-run --no-input

check-settings: .venv/.test
	@$(PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING

audit: .venv/.test $(AUDIT)/.stamp ## Ask for known holes in what Craft runs on
	@$(PY) -m tests.audit $(AUDIT)/bin/pip-audit

licences: .venv/.test ## Show what Craft runs on, and under which licences
	@$(PY) -m tests.licences

lock: ## Write the hashes of what is pinned, after a pin has changed
ifndef UV
	@echo "make lock needs uv: pip install uv" >&2; exit 1
endif
	@$(PYTHON) -m tests.lock $(PINNED)

format: .venv/.test ## Format code and templates
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .
	@$(PY) -m djlint templates --reformat --quiet || true

openapi: .venv/.test ## Write docs/openapi.json anew
	@CRAFT_ENV_FILE= SECRET_KEY=for-the-document-only-0123456789abcdefghijklmn PREVIEW_URL=https://craft-preview.example \
		WEB_URL=https://craft.fast API_URL=https://api.craft.fast TRUSTED_PROXY_COUNT=1 \
		ENCRYPTION_KEYS=for-the-document-only-0123456789abcdefghijk= \
		$(PY) manage.py openapi > docs/openapi.json

sdk-generate: .venv/.test ## Write anew what of the SDKs is generated
	@$(PY) sdk/generate

PACKAGES := sdk/dist
sdk-packages: .venv/.test $(SDK_JS)/dist/index.js ## Build the packages of both SDKs into sdk/dist, to be installed or published
	@rm -rf $(PACKAGES) && mkdir -p $(PACKAGES)
	@out="$$($(PY) -m build --no-isolation --outdir $(PACKAGES) sdk/python 2>&1)" || { echo "$$out"; exit 1; }
	@npm pack --silent --ignore-scripts --pack-destination $(PACKAGES) ./$(SDK_JS) >/dev/null
	@ls $(PACKAGES)

screenshots: .venv/.test ## Take the screenshots
	@$(WITH_BROWSER) $(PY) -m pytest -q tests/screenshots.py

$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Craft needs Python 3.11 or newer. Install it, or name another one: PYTHON=python3.12" >&2; exit 1; }
ifndef UV
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "$(PYTHON) cannot make virtual environments. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }
endif
	@rm -rf .venv
	@$(MAKE_VENV) || { rm -rf .venv; exit 1; }

.venv/.run: requirements.txt $(PY)
	@echo "Installing Craft's packages (the first time takes a minute)"
	@$(INSTALL) $<
	@touch $@

.venv/.test: tests/requirements.txt requirements.txt $(PY)
	@echo "Installing the test tools (the first time takes a minute or two)"
	@$(INSTALL) $<
	@touch .venv/.run $@

tests/interop/node/node_modules/.stamp: $(addprefix tests/interop/node/,package.json package-lock.json .npmrc)
	@echo "Installing the npm clients of tests/interop"
	@npm ci --no-progress --loglevel=error --prefix $(@D)/..
	@touch $@

tests/chromium/node_modules/.stamp: $(addprefix tests/chromium/,package.json package-lock.json .npmrc unpack.js)
	@echo "Installing the browser of the tests"
	@npm ci --no-progress --loglevel=error --prefix $(@D)/..
	@node $(@D)/../unpack.js
	@touch $@

$(AUDIT)/.stamp: tests/audit/requirements.txt $(PY)
	@echo "Installing pip-audit"
	@rm -rf $(AUDIT)
	@$(MAKE_AUDIT)
	@$(INSTALL_AUDIT) $<
	@touch $@

$(BENCH)/.stamp: tests/bench/requirements.txt requirements.txt $(PY)
	@echo "Installing the peers of tests/bench (the first time takes a minute)"
	@rm -rf $(BENCH)
	@$(MAKE_BENCH)
	@$(INSTALL_BENCH) $<
	@touch $@

tests/bench/peers/node/node_modules/.stamp: $(addprefix tests/bench/peers/node/,package.json package-lock.json .npmrc)
	@echo "Installing the npm peers of tests/bench"
	@npm ci --no-progress --loglevel=error --prefix $(@D)/..
	@touch $@

$(SDK_JS)/node_modules/.stamp: $(addprefix $(SDK_JS)/,package.json package-lock.json .npmrc)
	@echo "Installing the compiler of the JavaScript SDK"
	@npm ci --ignore-scripts --no-progress --loglevel=error --prefix $(SDK_JS) >/dev/null
	@touch $@

$(SDK_JS)/dist/index.js: $(SDK_JS)/node_modules/.stamp $(SDK_JS)/tsconfig.json $(shell find $(SDK_JS)/src -name '*.ts')
	@npm run --silent --prefix $(SDK_JS) build
