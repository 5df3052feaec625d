# make demo: install, then run the main job on what ships with the project.
# make test: the test suite, in the same environment.

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)
REQUIREMENT := Detect heartbeats in a single-lead ECG sampled at 360 Hz from a wearable patch and report the heart rate every ten seconds.

.PHONY: demo test test-slow check install samples clean

demo: $(READY)
	gpiot-data build manifests/tdd/demo.yaml
	gpiot-data build manifests/cgd/demo.yaml
	gpiot-train run manifests/train/demo.yaml
	gpiot-infer run "$(REQUIREMENT)" --adapters out/adapters-demo --out out/chain-demo

test: $(READY)
	pytest -m "not slow and not net and not gpu"

test-slow: $(READY)
	pytest -m "slow and not net and not gpu"

check: $(READY)
	ruff check .
	ruff format --check .
	mypy
	lint-imports
	deptry .
	rm -rf build dist && python -m build --wheel --no-isolation --outdir dist . >/dev/null && check-wheel-contents dist

install: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gpiot needs Python 3.11 or newer; set one with: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "this Python has no venv module; on Debian: apt install python3-venv" >&2; exit 1; }
	@command -v c++ >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null || { echo "a C++ compiler is needed to build llama-cpp-python; on Debian: apt install g++" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	# torch first and by its exact version: a looser request may fetch a build with CUDA.
	$(VENV)/bin/python -m pip install --quiet -c constraints.txt torch==2.13.0 setuptools
	$(VENV)/bin/python -m pip install --quiet -c constraints.txt -e '.[train,infer,bench,offline,sandbox,publish,dev]'
	@touch $@

# The sample papers, typeset from corpora/samples/src; the same sources give the same bytes.
samples: $(READY)
	python corpora/samples/src/typeset.py

clean:
	rm -rf out build dist *.egg-info
