# One way to do each thing. `make run` or `make test` is the first and only command on a fresh machine.
#
#   make run      the whole product on http://localhost:8000 (PORT), its data in ./data (DATA)
#   make test     everything that is checked, as the continuous integration does it
#   make quick    what is checked before each commit, in under two minutes: style, types, import directions, the
#                 domain's tests, the stores' contract over memory and SQLite, and the sites' unit tests
#   make prove    the promises at full size, within HOURS (1), or some ROWS of them; writes docs/promises.md
#   make drill    the operator's drills, within 20 minutes (ONLY="restore,disk full": some); their page is in build/drills
#   make bench    uconnect beside five other servers (PEERS=native,prosody: some); writes bench/results.json and the README's table
#   make wheel    what a server needs, without Node and this clone, in dist (docs/operate.md)
#   make release-check   whether version, changelog and tag agree; then the wheel, the lists of packages, the proof   make sbom
#   make deploy   the whole product on AWS, or an update of it (docs/aws.md)       make destroy   all of it gone
#   make code, expanded-template   the zips and the template for those who use the SAM CLI or Terraform (docs/aws.md)
#   make invite-school, list-schools, close-school, close-user, list-jobs, retry-jobs, show-audit   what its operator does
#   make restore  the stack as it was at a moment (AT), without what was deleted since (docs/aws.md)
#   make export, import   all data out of the stack into an archive (FILE), and into an empty stack (docs/archive.md)
#   make show-domains   the DNS records that a stack's own domains need
#   make deploy-local   the same on an emulator of AWS on this machine, sites and all
#   make second-opinion   the store's tests over DynamoDB Local, by AWS           make bench-aws   what it costs there
#   make lighthouse   Lighthouse's scores of the pages before sign-in (PAGES=landing: of one)
#   make check    style, types, import directions, names, texts    make unit     the domain's tests, with their coverage
#   make format   put the style right                     make sites    build the three sites into sites/dist
#   make workshop   a page that shows every component of the sites in every state
#   make generated   what is made of the backend: docs/protocol.md, openapi.json, settings.md, rules.md,
#                 sees.md, the lists of modules in architecture.md, the server's page of the protocol (protocol_docs.html),
#                 the sites' types and their limits of texts; and the README's table of bench/results.json
#   make screens  pictures of every page of the sites in build/screens (ONLY=user: of one site)
#   make lock     choose versions anew from requirements/*.in and sites/package.json

PYTHON ?= python3
PORT ?= 8000
DATA ?= ./data
CHROMIUM ?= /usr/bin/chromium-headless-shell
STRACE := /usr/bin/strace
NGINX := /usr/sbin/nginx
SQLITE_HEADER := /usr/include/sqlite3.h
ENGINES := build/.engines-stamp
OIDC_PROVIDER := build/oidc-provider/.stamp
GLEWLWYD := build/glewlwyd/.stamp
export PORT DATA CHROMIUM

BIN := .venv/bin
# Files only: a folder is as new as the last file that anything, such as the checks, wrote into it.
SITE_SOURCES := $(shell find sites -mindepth 1 \( -path sites/node_modules -o -path sites/dist -o -path sites/src/api/http.ts \) -prune -o -type f -print)
UNBUILT := $(if $(wildcard sites/dist/*),,unbuilt)

.DEFAULT_GOAL := run
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: needed run deploy destroy restore code expanded-template invite-school list-schools close-school close-user list-jobs retry-jobs deploy-local template second-opinion bench-aws test quick prove drill bench lighthouse lock check format generated unit sites workshop screens unbuilt wheel show-audit show-domains export import sbom release-check

run: needed .venv/.run-stamp sites
	@exec $(BIN)/uconnect demo

# What apt fetches and what pip and npm fetch come beside each other; .venv first, which may need apt itself.
test: needed .venv/.test-stamp
	$(call BESIDE,$(SUBMAKE) $(CHROMIUM) $(ENGINES) $(STRACE) $(NGINX) $(SQLITE_HEADER) $(OIDC_PROVIDER) $(GLEWLWYD),$(SUBMAKE) .venv-emulator/.stamp .venv-lambda/.stamp .venv-deploy/.stamp .venv-release/.stamp sites)
	$(call BESIDE,$(SUBMAKE) check,$(SUBMAKE) unit template && $(SITES_TESTS))
	$(BIN)/pytest --ignore=backend/tests/unit/domain --ignore=backend/tests/e2e -n 2 --dist loadgroup
	$(BROWSER_TESTS) -n 2 || $(BROWSER_TESTS) -n 1 --last-failed --last-failed-no-failures=none

quick: needed .venv/.test-stamp sites/node_modules/.stamp
	$(call BESIDE,$(SUBMAKE) check && $(SITES_TESTS),$(BIN)/pytest -q backend/tests/unit/domain backend/tests/contract -k "not dynamodb")

# Apart, as Playwright keeps an event loop to itself. What fails beside others is tried once more by itself (decision 0063).
# It needs a worker for that: the group of a test is a part of its name on workers alone.
BROWSER_TESTS := $(BIN)/pytest backend/tests/e2e --dist loadgroup --timeout 120

SUBMAKE := $(MAKE) --no-print-directory
SITES_TESTS := npm --prefix sites test

# $(2), and beside it $(1), which writes to a log that is shown at its end.
define BESIDE
	@mkdir -p build
	@{ $(1); } > build/beside.log 2>&1 & beside=$$!; \
	$(2); status=$$?; \
	wait $$beside; besides=$$?; cat build/beside.log; test $$status = 0 && test $$besides = 0
endef

wheel: needed .venv/.run-stamp sites
	@$(BIN)/python -m tools.wheel dist

# What is in a release: lists of packages with their versions and hashes (CycloneDX), of Python and of the sites.
sbom: .venv/.run-stamp .venv-release/.stamp sites/node_modules/.stamp
	@$(BIN)/python -m tools.sbom dist

release-check: needed .venv/.run-stamp
	@$(BIN)/python -m tools.release
	@$(SUBMAKE) wheel
	@$(SUBMAKE) sbom
	@cp docs/promises.md dist
	@echo "dist is the release."

# With the product's own code, which is not installed there.
DEPLOY = PYTHONPATH=backend .venv-deploy/bin/python -m deploy

# What AWS would refuse is asked for first: the sites take a minute.
deploy: needed .venv/.run-stamp .venv-deploy/.stamp
	@$(DEPLOY) check
	@$(SUBMAKE) sites
	@$(DEPLOY) up

destroy: .venv-deploy/.stamp
	@$(DEPLOY) down

invite-school close-school: .venv-deploy/.stamp
	@$(DEPLOY) school $(@:-school=) "$(EMAIL)"

list-schools: .venv-deploy/.stamp
	@$(DEPLOY) school list

close-user: .venv-deploy/.stamp
	@$(DEPLOY) user close "$(EMAIL)"

show-domains: .venv-deploy/.stamp
	@$(DEPLOY) domains

list-jobs retry-jobs: .venv-deploy/.stamp
	@$(DEPLOY) jobs $(@:-jobs=)

show-audit: .venv-deploy/.stamp
	@$(DEPLOY) audit show

restore: .venv-deploy/.stamp
	@$(DEPLOY) restore

import export: .venv-deploy/.stamp
	@umask 077 && $(DEPLOY) $@

deploy-local: needed .venv/.run-stamp .venv-deploy/.stamp .venv-emulator/.stamp sites
	@exec env $(DEPLOY) local

# The DynamoDB that AWS gives away for tests, as a second opinion on the store. It listens to every network there is and
# cannot be told not to: so it is given none but a loopback of its own, and the tests with it. Needs Java and Linux.
DYNAMODB_LOCAL := build/dynamodb-local/package/emulator
DYNAMODB_TGZ := amplify-dynamodb-simulator-2.9.30.tgz
DYNAMODB_SHA256 := 3503ffac19f183407909fecdacf4db51ab1fdad1da7b2f177016670b2d80e4b9

second-opinion: .venv/.test-stamp $(DYNAMODB_LOCAL)/DynamoDBLocal.jar
	@command -v java >/dev/null || { echo "DynamoDB Local needs Java: install it (on Debian: apt-get install default-jre-headless)." >&2; exit 1; }
	unshare -rn deploy/second-opinion.sh $(DYNAMODB_LOCAL)

$(DYNAMODB_LOCAL)/DynamoDBLocal.jar:
	@$(NODE)
	mkdir -p build/dynamodb-local
	cd build/dynamodb-local && npm pack --silent amplify-dynamodb-simulator@2.9.30 && \
		echo "$(DYNAMODB_SHA256)  $(DYNAMODB_TGZ)" | sha256sum --check --quiet && tar xzmf $(DYNAMODB_TGZ)

# The zips where CloudFormation finds them, and the parameters that say where.
code: needed .venv/.run-stamp .venv-deploy/.stamp
	@$(DEPLOY) code

expanded-template: .venv-emulator/.stamp
	@.venv-emulator/bin/python deploy/expanded.py build/template.json

template: .venv-deploy/.stamp
	.venv-deploy/bin/cfn-lint deploy/template.yaml

check: needed .venv/.test-stamp sites
	$(BIN)/ruff check
	$(BIN)/ruff check --preview --select PLW1514 # each file is read and written in UTF-8, whatever the machine's locale
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check_names
	$(BIN)/python -m tools.check_texts
	cd sites && npm run --silent check

unit: .venv/.test-stamp
	$(BIN)/coverage run -m pytest backend/tests/unit/domain
	$(BIN)/coverage report

format: .venv/.test-stamp sites/node_modules/.stamp
	$(BIN)/ruff check --fix
	$(BIN)/ruff format
	cd sites && npm run --silent format

generated: .venv/.test-stamp sites/node_modules/.stamp
	$(GENERATE).typescript > sites/src/api/protocol.ts
	$(GENERATE).text_fields > sites/src/i18n/text-fields.ts
	$(BIN)/python -m uconnect.api.openapi > docs/openapi.json
	$(GENERATE).protocol_page > docs/protocol.md
	$(GENERATE).protocol_docs > backend/uconnect/entrypoints/server/protocol_docs.html
	$(GENERATE).rules_page > docs/rules.md
	$(GENERATE).sees_page > docs/sees.md
	$(GENERATE).settings_page > docs/settings.md
	$(GENERATE).architecture_page
	PYTHONPATH=.:backend $(BIN)/python -m bench.table

GENERATE = PYTHONPATH=.:backend $(BIN)/python -m tools

prove: .venv/.test-stamp .venv-emulator/.stamp $(CHROMIUM) $(ENGINES) $(STRACE) sites
	@cd backend && ../$(BIN)/python -m tests.prove

drill: .venv/.test-stamp .venv-emulator/.stamp $(STRACE) sites
	@cd backend && ../$(BIN)/python -m tests.drills

bench: .venv/.test-stamp sites
	@PYTHONPATH=backend:. $(BIN)/python -m bench.run $(PEERS)

LIGHTHOUSE := build/lighthouse/.stamp-12.8.2

lighthouse: .venv/.test-stamp $(CHROMIUM) $(LIGHTHOUSE) sites
	@$(BIN)/python bench/lighthouse.py

# It is no part of what the sites are built with: it is larger than all of that.
$(LIGHTHOUSE):
	@$(NODE)
	mkdir -p build/lighthouse
	npm install --silent --no-audit --no-fund --prefix build/lighthouse lighthouse@$(@:build/lighthouse/.stamp-%=%)
	@touch $@

bench-aws: .venv/.test-stamp .venv-emulator/.stamp
	@PYTHONPATH=backend:. $(BIN)/python bench/aws.py

sites: sites/node_modules/.built

workshop: sites/node_modules/.stamp
	cd sites && npm run --silent workshop

screens: .venv/.test-stamp $(CHROMIUM) sites
	@PYTHONPATH=backend $(BIN)/python -m tests.screens

# --- setting up: each stamp is as old as the last time its step was done ------------------------------------------------

# Asked before anything is fetched, which takes minutes. Sites that are built already need no Node.
needed:
	@$(PYTHON_IS_NEW)
	@test -e sites/node_modules/.built || { $(NODE); }

# The two stamps of .venv are one environment: test.txt holds all of run.txt, so after `make test`, `make run` has nothing
# to do. Syncing takes the package itself out, so it is put back at once; uv builds it without downloading anything.
SYNC = $(BIN)/uv pip sync --quiet --require-hashes --python $(BIN)/python $(1) && \
	$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .

.venv/.run-stamp: requirements/run.txt requirements/uv.txt
	@$(call VENV,.venv)
	@rm -f .venv/.test-stamp
	$(call SYNC,requirements/run.txt)
	@touch $@

.venv/.test-stamp: requirements/test.txt requirements/run.txt requirements/uv.txt
	@$(call VENV,.venv)
	$(call SYNC,requirements/test.txt)
	@touch .venv/.run-stamp $@

# What a job needs of its own lives apart: the emulator pins its SDK, the deployer is not what is deployed, and Lambda has
# nothing but its runtime.
.venv-emulator/.stamp: requirements/emulator.txt requirements/uv.txt
	@$(call APART,.venv-emulator,emulator)

.venv-deploy/.stamp: requirements/deploy.txt requirements/uv.txt
	@$(call APART,.venv-deploy,deploy)

.venv-release/.stamp: requirements/release.txt requirements/uv.txt
	@$(call APART,.venv-release,release)

.venv-lambda/.stamp: requirements/runtime.txt requirements/uv.txt
	@$(call APART,.venv-lambda,runtime)

define APART
	$(call VENV,.venv)
	$(PYTHON) -m venv --without-pip $(1)
	$(BIN)/uv pip sync --quiet --require-hashes --python $(1)/bin/python requirements/$(2).txt
	touch $(1)/.stamp
endef

sites/node_modules/.stamp: sites/package.json sites/package-lock.json sites/.npmrc
	@$(NODE)
	cd sites && npm ci
	@touch $@

sites/node_modules/.built: sites/node_modules/.stamp $(SITE_SOURCES) $(UNBUILT)
	@$(NODE)
	cd sites && npm run --silent build
	@touch $@

# An OpenID provider that others wrote, which people sign in with in the tests.
$(OIDC_PROVIDER): backend/tests/support/oidc_provider/package.json backend/tests/support/oidc_provider/package-lock.json
	@$(NODE)
	mkdir -p $(@D)
	cp $^ $(@D)
	cd $(@D) && npm ci --silent --ignore-scripts --no-audit --no-fund
	@touch $@

# Another, of Debian. It is unpacked, not installed: a package that is installed starts a service with a known password.
# The libraries that it names are installed.
$(GLEWLWYD):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
		echo "The tests sign in with Glewlwyd, a package of Debian: run them as root there." >&2; exit 1; }
	rm -rf $(@D) && mkdir -p $(@D)
	cd $(@D) && { $(APT) download glewlwyd || { apt-get update && $(APT) download glewlwyd; }; }
	libraries="$$(dpkg-deb --field $(@D)/glewlwyd_*.deb Depends | tr , '\n' | sed -n 's/^ *\(lib.*\)/\1/p' | paste -sd ,)"; \
		$(APT) satisfy "$$libraries" || { apt-get update && $(APT) satisfy "$$libraries"; }
	dpkg-deb --extract $(@D)/glewlwyd_*.deb $(@D)/package
	@touch $@

$(CHROMIUM):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
		echo "The browser tests need Chromium: install it (on Debian: apt-get install chromium-headless-shell), or say where it is with CHROMIUM=/path/to/chromium." >&2; exit 1; }
	$(APT) install chromium-headless-shell || { apt-get update && $(APT) install chromium-headless-shell; }

# Firefox, WebKit with its driver, and a screen that nobody sees for it.
$(ENGINES):
	@test -x /usr/bin/firefox-esr && test -x /usr/bin/WebKitWebDriver && test -x /usr/bin/Xvfb || { \
		test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
			echo "The browser tests need Firefox and WebKit: install them (on Debian: apt-get install firefox-esr webkit2gtk-driver xvfb)." >&2; exit 1; }; \
		$(APT) install firefox-esr webkit2gtk-driver xvfb || { apt-get update && $(APT) install firefox-esr webkit2gtk-driver xvfb; }; }
	@mkdir -p build && touch $@

$(STRACE):
	$(APT) install strace || { apt-get update && $(APT) install strace; }

# RUNLEVEL=1: it is not started as a service, tests start their own.
$(NGINX):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
		echo "The tests put nginx in front: install it (on Debian: apt-get install nginx-light)." >&2; exit 1; }
	RUNLEVEL=1 $(APT) install nginx-light || { apt-get update && RUNLEVEL=1 $(APT) install nginx-light; }

# The benchmark's programs in C, which have tests.
$(SQLITE_HEADER):
	@test "$$(id -u)" = 0 && command -v apt-get >/dev/null || { \
		echo "The tests of the benchmark need a C compiler and SQLite's headers: install them (on Debian: apt-get install build-essential libsqlite3-dev)." >&2; exit 1; }
	$(APT) install build-essential libsqlite3-dev || { apt-get update && $(APT) install build-essential libsqlite3-dev; }

APT = DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends

# Each answers in one sentence when it is missing or too old.
NODE = node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null || { \
	echo "uconnect builds its sites with Node 20.19 or newer: install it (nodejs.org, or your system's packages) and run make again." >&2; exit 1; }; \
	command -v npm >/dev/null || { \
	echo "uconnect builds its sites with npm, which comes with Node from nodejs.org: install it (on Debian: apt-get install npm) and run make again." >&2; exit 1; }

PYTHON_IS_NEW = $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "uconnect needs Python 3.11 or newer: install it, or say which one with PYTHON=/path/to/python3.11, and run make again." >&2; exit 1; }

define VENV
	$(PYTHON_IS_NEW); \
	$(PYTHON) -c 'import ensurepip' 2>/dev/null || { test "$$(id -u)" = 0 && { $(APT) install python3-venv || { apt-get update && $(APT) install python3-venv; }; }; } || { \
		echo "This Python cannot make virtual environments: install it (on Debian: apt-get install python3-venv) and run make again." >&2; exit 1; }; \
	test -x $(1)/bin/pip || $(PYTHON) -m venv $(1) || exit 1; \
	test "$$($(1)/bin/uv --version 2>/dev/null | cut -d' ' -f2)" = "$$(sed -n 's/^uv==\([0-9.]*\).*/\1/p' requirements/uv.txt)" || \
		$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
endef

# --- choosing versions anew ---------------------------------------------------------------------------------------------

LOCK = $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header

lock:
	@$(call VENV,.venv)
	for name in uv run traces test emulator lambda pillow deploy release runtime; do $(LOCK) requirements/$$name.in -o requirements/$$name.txt || exit 1; done
	$(LOCK) bench/peers/channels/requirements.in -o bench/peers/channels/requirements.txt
	cd sites && npm install --package-lock-only
	cd bench/peers/socketio && npm install --package-lock-only
