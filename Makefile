# Two commands: `make demo` shows the application, `make test` runs every test. Both set up what they need.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes

.PHONY: setup port demo test soak bench lint lock system system-test

setup: system .venv/.run

# Said at once, not after minutes of preparation.
port:
	@$(PYTHON) .ci/port.py $(PORT)

system:
	@sh .ci/system.sh run

system-test:
	@sh .ci/system.sh test

.venv/.run: requirements.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) -r requirements.txt
	@touch $@

.venv/.dev: requirements-dev.txt .venv/.run
	$(PIP) -r requirements-dev.txt
	@touch $@

demo: port setup
	@$(BIN)/python manage.py demo
	@echo && echo "L'application est servie sur http://localhost:$(PORT)/ (Ctrl+C pour arrêter)"
	@exec $(BIN)/gunicorn cper.wsgi --config .ci/gunicorn.py --bind 127.0.0.1:$(PORT)

test: setup system-test .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m pytest -n auto

# What the tests prove on a few trials, on many: the server killed 100 times during 500 submissions, the maker of an edition
# after each of its statements, a walk of 10 000 acts.
soak: setup system-test .venv/.dev
	CRASH_TRIALS=500 MAKING_EVERY=1 WALK_STEPS=10000 WALK_SEED=$$(date +%s) $(BIN)/python -m pytest -s tests/test_crash.py \
		tests/test_making_crash.py tests/test_walk.py

bench: setup system-test .venv/.dev
	$(BIN)/python -m tests.bench

# The parts of the livret are left out: a line end there would be a space in the printed text.
lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/djade --check --target-version 5.2 $$(git ls-files 'templates/*.html' ':!templates/documents')

# New versions: edit pyproject.toml, then `make lock`. The files hold versions and hashes, no address.
lock: .venv/.dev
	$(BIN)/python -m pip install --quiet pip-tools
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-options --no-emit-index-url --no-emit-find-links --no-header --strip-extras --allow-unsafe -o requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --upgrade --generate-hashes --no-emit-options --no-emit-index-url --no-emit-find-links --no-header --strip-extras --allow-unsafe --extra dev -o requirements-dev.txt pyproject.toml
