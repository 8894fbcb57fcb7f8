# The two commands a newcomer needs are `make app` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
WORKERS ?= 2
STAMP := $(VENV)/.installed

export TF_CPP_MIN_LOG_LEVEL ?= 2

.PHONY: app test quick model lint format types bench lock clean

app: $(STAMP)  ## install what is needed and start the app
	@echo "Mammolens: http://localhost:$(PORT)   (Ctrl-C ends it)"
	@$(BIN)/streamlit run streamlit_app.py --server.port $(PORT) --server.headless true

test: $(STAMP)  ## everything that can run on this machine
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m "not serial"
	$(BIN)/pytest -m serial

quick: $(STAMP)  ## the tests that take no more than a few seconds each
	$(BIN)/pytest -m "not slow and not browser and not serial"

lint: $(STAMP)  ## style, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(STAMP)  ## every benchmark, tables on standard output
	@for file in bench/*.py; do echo "== $$file"; PYTHONPATH=. $(BIN)/python $$file || exit 1; done

model: $(STAMP)  ## train the shipped model again, from nothing
	PYTHON=$(CURDIR)/$(BIN)/python trained_models/four-class-phantom/make.sh

lock:  ## resolve requirements.txt anew for Python 3.11 to 3.13
	uv pip compile --universal --python-version 3.11 -q --no-emit-index-url --upgrade \
	  -o requirements.lock requirements-dev.txt

$(STAMP): requirements.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -c "import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))" || \
	  { echo "Mammolens needs Python 3.11, 3.12 or 3.13. Try: make app PYTHON=python3.11" >&2; exit 2; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@touch $@

clean:
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis
