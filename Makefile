PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SESSION ?= workouts/ladder-5x1000.txt

.DEFAULT_GOAL := help
# What is installed is what the lock names, to the byte.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.10 --no-header --no-emit-index-url --generate-hashes

.PHONY: help run test test-web test-wheel wheel pictures lint web-shot setup lock bench clean faults flash fuzz screens soak golden mip image
.PHONY: mutants coverage licences

help: ## Show this help
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.run ## Run a session on the virtual watch, live, and leave pictures in out/ (SESSION='a file' for another)
	@$(BIN)/pacer sim "$(SESSION)" --out out

test: $(VENV)/.dev $(VENV)/parts ## Run all tests
	@$(BIN)/pytest -n 2 --dist worksteal

test-web: $(VENV)/.dev $(VENV)/axe.min.js ## Look at the report's pages with Chromium and axe (Debian: apt-get install chromium; or CHROMIUM=path)
	@$(BIN)/pytest -rs tests/web

wheel: $(VENV)/.dev ## Build the wheel into dist/ and check it
	@rm -rf dist && $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation --wheel-dir dist .
	@$(BIN)/twine check --strict dist/*.whl
	@$(BIN)/check-wheel-contents dist/*.whl

test-wheel: wheel ## Install the wheel with each Python here from 3.10 on, with pip, pipx and uv, and run it (takes packages from PyPI)
	@PACER_INSTALL=1 $(BIN)/pytest -rs tests/host/test_wheel.py

lint: $(VENV)/typings ## Check style and types of firmware and tools
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/mypy --config-file firmware/mypy.ini

faults: $(VENV)/.dev ## Try to break it, a quarter of an hour: the fault campaign, with a table that says what was compared
	@$(BIN)/python -m pacer_watch.faults

soak: $(VENV)/.dev ## 24 virtual hours with random faults on both interpreters; half an hour
	@$(BIN)/python -m pacer_watch.faults --soak 24

bench: $(VENV)/.dev ## What each piece of the firmware costs, beside the usual way (ARGS='--compare FILE', --runtime unix, --json)
	@$(BIN)/python -m pacer_watch.benches.cost $(ARGS)

fuzz: $(VENV)/.dev ## Coverage-guided fuzzing of all that strangers hand to the tools, with atheris (Linux); an hour (SECONDS=600, ARGS=run)
	@$(BIN)/python -m tests.fuzz --seconds $(or $(SECONDS),3600) $(ARGS)

flash: $(VENV)/.dev ## Put Pacer on a board (PORT=/dev/ttyUSB0 BOARD=esp32_devkit)
	@$(BIN)/pacer flash $(if $(PORT),--port $(PORT)) $(if $(BOARD),--board $(BOARD))

mip: $(VENV)/.run ## Compile the firmware for `mpremote mip install package.json` (BOARD=esp32_devkit)
	@rm -rf out/mip
	@$(BIN)/python -m pacer_watch.mip $(or $(BOARD),esp32_devkit)

image: ## Build MicroPython with Pacer inside (BOARD=esp32_devkit MICROPYTHON=path/to/micropython; ESP-IDF set up)
	@test -n "$(IDF_PATH)" || { echo "ESP-IDF is not set up here: source its export.sh first (MicroPython's ports/esp32/README.md says which version)"; exit 1; }
	@test -f "$(MICROPYTHON)/ports/esp32/Makefile" || { echo "say where MicroPython's sources are: make image MICROPYTHON=path/to/micropython"; exit 1; }
	@test -f "boards/$(or $(BOARD),esp32_devkit)/mpconfigboard.cmake" || { echo "there is no board $(BOARD); there are: $$(ls boards)"; exit 1; }
	$(MAKE) -C $(MICROPYTHON)/mpy-cross
	$(MAKE) -C $(MICROPYTHON)/ports/esp32 BOARD_DIR=$(abspath boards/$(or $(BOARD),esp32_devkit)) submodules
	$(MAKE) -C $(MICROPYTHON)/ports/esp32 BOARD_DIR=$(abspath boards/$(or $(BOARD),esp32_devkit)) BUILD=$(abspath out/image/$(or $(BOARD),esp32_devkit))
	@echo "out/image/$(or $(BOARD),esp32_devkit)/firmware.bin is ready: pacer flash --micropython puts it on"

setup: $(VENV)/.run ## Make .venv with what the tools need, and nothing else

lock: $(VENV)/.dev ## Renew the lock files from pyproject.toml
	@$(COMPILE) pyproject.toml -o requirements.lock
	@$(COMPILE) --extra dev pyproject.toml -o requirements-dev.lock
	@$(COMPILE) --group venv -c requirements-dev.lock -o requirements-venv.lock
	@$(COMPILE) --group parts --no-deps -o requirements-parts.lock

licences: $(VENV)/.dev ## List what Pacer's tools are made of: each package, its version and its licence
	@$(BIN)/pip-licenses --format=markdown --order=license --with-urls \
	  --packages $$(sed -n 's/^\([a-z0-9-]*\)==.*/\1/p' requirements.lock | sort -u)

mutants: $(VENV)/.dev $(VENV)/parts ## Break the code on purpose, 40 times a file: do its tests notice? (ARGS=--patches, ARGS=store); half an hour
	@PYTHONPATH=$(VENV)/parts $(BIN)/python -m tests.mutants $(ARGS)

coverage: $(VENV)/.dev ## Which branches of the core and the tools the tests take on CPython; ten minutes
	@$(BIN)/coverage erase
	@$(BIN)/coverage run -m pytest tests/core tests/app tests/host tests/faults/test_link_noise.py tests/golden
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

# MicroPython's own stubs for the ESP32, apart from site-packages: mypy takes them in place of CPython's.
$(VENV)/typings: $(VENV)/.dev requirements-dev.lock
	@sed -n '/^micropython-[a-z0-9-]*stubs==/,/^    # via/p' requirements-dev.lock > $(VENV)/stubs.txt
	@$(INSTALL) --no-deps --upgrade --target $@ -r $(VENV)/stubs.txt
	@touch $@

# Of MicroPython's stubber the tests use its tool for manifests, of cosmic-ray its operators.
$(VENV)/parts: $(VENV)/.dev requirements-parts.lock
	@$(INSTALL) --no-deps --upgrade --target $@ -r requirements-parts.lock
	@touch $@

# axe-core looks for what shuts people out. It comes from npm once, held to its checksum; without it those tests skip.
$(VENV)/axe.min.js: $(VENV)/.dev
	@command -v npm > /dev/null || { echo "npm is not here, so the tests with axe will skip: install Node.js"; exit 0; }; \
	cd $(VENV) && npm pack --silent axe-core@4.14.1 > /dev/null && \
	tar xzf axe-core-4.14.1.tgz --strip-components 1 -m package/axe.min.js && rm axe-core-4.14.1.tgz && \
	echo "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c  axe.min.js" | sha256sum --check --quiet || \
	{ rm -f axe.min.js axe-core-4.14.1.tgz; echo "axe-core could not be fetched from npm, so the tests with it will skip"; }

golden: $(VENV)/.dev ## Record the kept sessions of tests/golden anew and print what differs (ARGS=--check, ARGS=NAME)
	@$(BIN)/python -m tests.golden.record $(ARGS)

screens: $(VENV)/.run ## Draw every screen on each board, as the twin shows it
	@$(BIN)/python -m pacer_watch.gallery

web-shot: $(VENV)/.dev ## Draw docs/report.png: the ladder's report, wide and on a phone, by Chromium
	@$(BIN)/pacer sim workouts/ladder-5x1000.txt --out out > /dev/null
	@$(BIN)/python -m tests.web.picture out/report.html docs/report.png

pictures: screens web-shot ## Draw all pictures of the docs anew: screens, report, the run as GIF, plots
	@cp out/run.gif out/pace.png out/map.png docs/
	@$(BIN)/pacer bench accuracy --out out > /dev/null
	@cp out/accuracy.png docs/arm.png

clean: ## Remove what the other targets made
	rm -rf $(VENV) out build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.run: pyproject.toml requirements.lock requirements-venv.lock
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "setting up $(VENV) (once)"
	@$(INSTALL) -r requirements-venv.lock
	@$(INSTALL) -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@echo "adding what the tests need (once)"
	@$(INSTALL) -r requirements-dev.lock
	@touch $@
