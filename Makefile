# Every target works in a clean clone on a machine with python3 (3.11 or later) alone.
# Environments are made in the folder, with the versions of constraints.txt, and are made anew when those change.

PYTHON ?= python3
WORKERS ?= 2
INSTALL = -m pip install --quiet --disable-pip-version-check
export PIP_CONSTRAINT := $(CURDIR)/constraints.txt

# Where the shapes in the types are checked while the tests run.
SHAPES = losscompass.signal

DEV = .venv-test/bin
BENCH = .venv-bench/bin
PEERS = .venv-peers/bin

.PHONY: demo test lint bare bench bench-logs bench-read bench-record bench-forecast bench-losses calibrate clean bench-page bench-data bench-watch zoo zoo-kill bench-causes calibrate-watched bench-peers

demo: .venv-demo/ready  ## a real training with one fault in it, watched: its verdict, and its page in demo-out/
	mkdir -p demo-out
	.venv-demo/bin/losscompass run --output demo-out/report.html examples/digits_classifier.py

test: .venv-test/ready
	$(DEV)/python -m pytest -n $(WORKERS) --dist loadfile --jaxtyping-packages=$(SHAPES),shape_checker.check

lint: .venv-test/ready
	$(DEV)/ruff check
	$(DEV)/ruff format --check
	$(DEV)/mypy
	$(DEV)/lint-imports

bare:  ## a wheel and what it needs, nothing else: it must start, read and import without torch
	rm -rf .venv-bare build/bare
	$(PYTHON) -m venv .venv-bare
	.venv-bare/bin/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir build/bare .
	.venv-bare/bin/python $(INSTALL) build/bare/*.whl
	cd build/bare && $(CURDIR)/.venv-bare/bin/losscompass --help > help.txt
	cd build/bare && $(CURDIR)/.venv-bare/bin/losscompass read $(CURDIR)/src/losscompass/cli/demo_log.csv --fail-on never > verdict.txt
	cd build/bare && $(CURDIR)/.venv-bare/bin/losscompass demo --output page.html > demo.txt
	cd build/bare && echo "print('as ever')" > script.py && test "$$($(CURDIR)/.venv-bare/bin/losscompass run script.py)" = "as ever"
	cd build/bare && $(CURDIR)/.venv-bare/bin/python -c "import losscompass, sys; losscompass.read('$(CURDIR)/src/losscompass/cli/demo_log.csv'); assert 'torch' not in sys.modules"
	@echo "the bare install works"

bench: bench-logs bench-forecast bench-read bench-record bench-losses bench-page bench-data bench-watch

bench-logs: .venv-test/ready  ## verdicts against the labelled logs of other people's runs
	$(DEV)/python benchmarks/bench_logs.py

bench-forecast: .venv-test/ready  ## forecasts from the first half of those logs
	$(DEV)/python benchmarks/forecast.py

bench-read: .venv-bench/ready  ## speed, beside TensorBoard and pandas in one run
	$(BENCH)/python benchmarks/bench_read.py

bench-record: .venv-bench/ready  ## recording a number, and what a kill takes, beside JSON lines, SummaryWriter and W&B in one run
	$(BENCH)/python benchmarks/bench_record.py

bench-losses: .venv-bench/ready  ## what each loss must read, measured; the box losses beside torchvision
	$(BENCH)/python benchmarks/bench_losses.py

# Which programs of the zoo: a sample that is spread over causes, splits and families. `make zoo ZOO=` runs all of them.
ZOO ?= --sample 320

zoo: .venv-test/ready  ## run the zoo under losscompass; cached, goes on where it was stopped
	$(DEV)/python -m zoo.run --workers $(WORKERS) $(ZOO)

bench-causes: zoo  ## how often the cause is named first, with its line, and healthy programs are left alone
	$(DEV)/python -m zoo.score $(ZOO)

bench-peers: .venv-peers/ready  ## other tools on the same programs and the same runs, and trivial rules; an environment of its own
	$(PEERS)/python -m zoo.peers --workers $(WORKERS) $(ZOO)

zoo-kill: .venv-test/ready  ## which faults of the zoo hurt, and whether the healthy programs learn; cached in zoo/kill.json
	$(DEV)/python -m zoo.kill --workers $(WORKERS)

bench-page: .venv-bench/ready  ## the page beside the same data in a Plotly page; zoom, size, a thousand runs, live
	$(BENCH)/python benchmarks/bench_page.py

bench-data: .venv-bench/ready  ## faults planted in data sets, clean ones, wrong labels, and a table of ten million rows
	$(BENCH)/python benchmarks/bench_data.py

bench-watch: .venv-bench/ready  ## what watching adds to a training, beside other ways to look at one
	$(BENCH)/python benchmarks/bench_watch.py

calibrate: .venv-test/ready  ## measure every threshold again
	$(DEV)/python -m calibration
	$(DEV)/python -m calibration.watched

calibrate-watched: .venv-test/ready  ## of these, what is measured on the zoo's families for tuning: thresholds and confidence of causes
	$(DEV)/python -m calibration.watched --workers $(WORKERS)

.venv-demo/ready: constraints.txt pyproject.toml $(shell find src -type f -not -name '*.pyc')
	rm -rf .venv-demo
	$(PYTHON) -m venv .venv-demo
	.venv-demo/bin/python $(INSTALL) '.[torch]' scikit-learn
	touch $@

.venv-test/ready: constraints.txt requirements-dev.txt pyproject.toml
	rm -rf .venv-test
	$(PYTHON) -m venv .venv-test
	.venv-test/bin/python $(INSTALL) --editable . --requirement requirements-dev.txt
	touch $@

.venv-bench/ready: constraints.txt requirements-bench.txt pyproject.toml
	rm -rf .venv-bench
	$(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python $(INSTALL) --editable . --requirement requirements-bench.txt
	touch $@

.venv-peers/ready: constraints.txt requirements-peers.txt pyproject.toml
	rm -rf .venv-peers
	$(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python $(INSTALL) --editable . --requirement requirements-peers.txt
	touch $@

clean:
	rm -rf .venv-demo .venv-test .venv-bench .venv-peers .venv-bare build dist demo-out bench-out .pytest_cache .mypy_cache .ruff_cache .hypothesis
