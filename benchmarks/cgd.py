"""What the code generation dataset of the core corpus holds, whether a sample of it is as it says, and what extraction costs.

    python benchmarks/cgd.py [--json] [--quick] [--dataset FOLDER] [--manifest FILE]

Counts come from the lock and the statistics committed beside the manifest, and are counted again where the built folder is here. From
that folder every span is cut out of its source again, the rows are held to their limits, and of a sample of 500 rows, drawn with the
first 8 hex digits of the dataset's hash, every program that has an environment runs again in a sandbox and must get the verdict that
its row says. And all packages of the corpus are extracted on two cores and scipy alone on one, from the fetched artefacts, with
nothing cached and nothing run; of the public names of scipy.signal those without a candidate or a row are listed. `labels` tells of
each figure whether it was measured here, is from the lock, or was not measured.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from code_figures import name_figures, row_figures

from gpiot_data.console import printable
from gpiot_data.errors import BadDataset, GpiotError
from gpiot_data.extract import extract_all, extract_source, obtain
from gpiot_data.lockfile import read_lock
from gpiot_data.packages.archive import read_source
from gpiot_data.plan import Source, load_plan, load_sources, source_of
from gpiot_data.publish.statistics import EXECUTED, FILE, measure_rows
from gpiot_data.quality.subjects import packages_of
from gpiot_data.recheck import Dataset, open_dataset
from gpiot_data.reexecute import cpu_limit, execute_again, modules_of, recorded_environments
from gpiot_data.sandbox import CHOICES
from gpiot_data.sandbox.process_tree import descendants
from gpiot_data.show import choose_rows
from gpiot_data.stages import run_stage
from gpiot_data.store import read_json, sha256_bytes, sha256_file
from gpiot_data.verify.workers import SandboxRunner

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / "manifests" / "cgd" / "core.yaml"
WORKERS = 2
SAMPLE, QUICK_SAMPLE = 500, 20
POLL_S = 0.05
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
MEASURED, FROM_LOCK, NOT_MEASURED = "measured", "from_lock", "not_measured"
#: Our name of each count, and that of the statistics.
COUNTS = {
    "rows": "rows",
    "rows_specialised": "specialised",
    "rows_by_kind": "kinds",
    "origin_programs": "origin_programs",
    "executed_share": "executed_share",
    "unrunnable_share": "unrunnable_share",
}

Figures = dict[str, tuple[Any, str]]


def say(line: str) -> None:
    """Tell a person what goes on."""
    print(line, file=sys.stderr, flush=True)


class PeakMemory:
    """The most memory that this process and all below it had resident at one time, in MiB; shared pages count for each process."""

    def __init__(self) -> None:
        self.mib = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> PeakMemory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while True:
            pages = 0
            for pid in (os.getpid(), *descendants(os.getpid())):
                with contextlib.suppress(OSError, IndexError):
                    pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            self.mib = max(self.mib, pages * PAGE_BYTES / 2**20)
            if self._ended.wait(POLL_S):
                return


@contextlib.contextmanager
def own_cache() -> Iterator[Path]:
    """Keep what is extracted in a new folder for a while, so that nothing is taken from the user's cache."""
    before = os.environ.get("GPIOT_CACHE")
    with tempfile.TemporaryDirectory(prefix="gpiot-cgd-") as folder:
        os.environ["GPIOT_CACHE"] = folder
        try:
            yield Path(folder)
        finally:
            os.environ.pop("GPIOT_CACHE")
            if before is not None:
                os.environ["GPIOT_CACHE"] = before


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and all threads that it starts, on one core for a while."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def extract_corpus(sources: list[Source]) -> Figures:
    """Extract all packages as a build does, its rows and rejections held and written, and measure time and memory."""
    paths: list[Path | None] = [obtain(source) for source in sources]
    with own_cache() as folder, PeakMemory() as memory:
        started = time.perf_counter()
        stage = run_stage(folder / "1-pairs", "pairs", {}, [], None, lambda: extract_all(sources, paths, WORKERS, say))
        seconds = time.perf_counter() - started
    say(f"{len(sources)} packages: {len(stage.rows)} candidates, {len(stage.rejected)} refused, in {seconds:.1f} s")
    return {
        "core_packages": (len(sources), MEASURED),
        "core_candidates": (len(stage.rows), MEASURED),
        "core_seconds": (round(seconds, 1), MEASURED),
        "peak_rss_mib": (round(memory.mib), MEASURED),
    }


def extract_scipy(sources: Sequence[Source], rows: Sequence[dict[str, Any]] | None) -> Figures:
    """Extract all of scipy on one core, and see which names of its signal modules are among the candidates and among `rows`."""
    found = [source for source in sources if source.id == "scipy"]
    if not found:
        return {"scipy_seconds_one_core": (None, NOT_MEASURED)}
    path = obtain(found[0])
    with own_cache() as folder, one_core():
        started, busy = time.perf_counter(), time.process_time()
        lines = extract_source(folder, (found[0], path))
        seconds, busy = time.perf_counter() - started, time.process_time() - busy
    say(f"{found[0].label}: {sum('row' in line for line in lines)} candidates in {seconds:.1f} s on one core")
    candidates = [line["row"] for line in lines if "row" in line]
    names = name_figures(found[0].version, candidates, rows)
    timed = {"scipy_seconds_one_core": round(seconds, 1), "scipy_cpu_seconds": round(busy, 1)}
    return {name: (value, MEASURED) for name, value in (timed | names).items()}


def read_committed(manifest: Path) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Return the lock and the statistics beside a manifest; None where no lock is there.

    Raises:
        BadDataset: if the statistics are not those of the lock.
    """
    path, statistics = manifest.with_suffix(".lock.json"), manifest.with_suffix(f".{FILE}")
    if not path.is_file():
        return None
    lock = read_lock(path)
    recorded = {entry["path"]: entry["sha256"] for entry in lock["outputs"]}
    if not statistics.is_file() or sha256_file(statistics) != recorded.get(FILE):
        raise BadDataset(f"{statistics}: is not the {FILE} that {path} describes; copy it from the dataset folder")
    return lock, read_json(statistics)


def count_rows(dataset: Dataset, statistics: dict[str, Any]) -> Figures:
    """Count the rows of a folder again; shares of verdicts stay what the rows say, as only a sample is run again.

    Raises:
        BadDataset: if the folder's rows are not what the statistics say.
    """
    again = measure_rows(dataset.rows, packages_of(source_of(entry) for entry in dataset.lock["sources"]))
    wrong = [name for name, value in again.items() if statistics[name] != value]
    if wrong:
        raise BadDataset(f"{dataset.folder}: {FILE} says other {', '.join(wrong)} than the rows give; build the dataset again")
    counted = {name: (again[key], FROM_LOCK if name.endswith("_share") else MEASURED) for name, key in COUNTS.items()}
    return {**counted, "verdicts": (again["verdicts"], FROM_LOCK)}


def cut_spans(dataset: Dataset) -> list[str]:
    """Return the ids of the rows whose span, cut out of the artefact, does not have the hash that the row says."""
    wrong = []
    for entry in dataset.lock["sources"]:
        rows = [row for row in dataset.rows if row["source"]["source"] == entry["id"]]
        if not rows:
            continue
        source = source_of(entry)
        archive = read_source(source, obtain(source), documents=True)
        files = {file.path: file.data or b"" for file in archive.files} | {document.path: document.data for document in archive.documents}
        for row in rows:
            start, end = row["source"]["span"]
            if sha256_bytes(files.get(row["source"]["path"], b"")[start:end]) != row["source"]["span_sha256"]:
                wrong.append(str(row["id"]))
    return wrong


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What checking showed: how many spans were cut, rows drawn and programs run, and a sentence for each that is not as it says."""

    spans: int
    rows: int
    bad_spans: tuple[str, ...]
    programs: int
    differences: tuple[str, ...]

    def to_figures(self, sample: Sequence[dict[str, Any]]) -> Figures:
        """Return the figures of the sample."""
        executed = sum(row["verdict"]["status"] in EXECUTED for row in sample if row.get("code"))
        return {
            "spans_ok_share": (round(1 - len(self.bad_spans) / self.spans, 6) if self.spans else None, MEASURED),
            "spans_cut": (self.spans, MEASURED),
            "sample_rechecked": (self.rows, MEASURED),
            "sample_executed": (executed, FROM_LOCK),
            "sample_programs_run_again": (self.programs, MEASURED),
            "sample_same_verdicts": (self.programs - len(self.differences), MEASURED),
            "sample_differences": ([*self.bad_spans, *self.differences], MEASURED),
        }


def recheck_sample(dataset: Dataset, options: argparse.Namespace) -> Figures:
    """Run the programs again of rows drawn by the dataset's own hash, and cut the spans again: theirs when quick, else of all rows."""
    sample = choose_rows(dataset.folder, None, QUICK_SAMPLE if options.quick else SAMPLE, None)
    cut = replace(dataset, rows=tuple(sample)) if options.quick else dataset
    bad = cut_spans(cut)
    environments = recorded_environments(dataset)
    programs = [row for row in sample if row.get("code") and environments.of(row["source"]["source"]) is not None]
    runnable = replace(dataset, rows=tuple(programs))
    modules = modules_of(runnable)
    comparison = execute_again(runnable, SandboxRunner(options.sandbox, WORKERS, cpu_limit(dataset), modules, say), say)
    return Rechecked(len(cut.rows), len(sample), tuple(bad), comparison.executed, comparison.different).to_figures(sample)


def open_built(manifest: Path, folder: Path) -> Dataset:
    """Open the built folder.

    Raises:
        GpiotError: if it is not as it should be, or holds another dataset than the lock beside the manifest describes.
    """
    committed = read_committed(manifest)
    dataset, wrong = open_dataset(folder)
    if wrong:
        raise BadDataset(f"{folder}: {wrong[0]}; build the dataset again")
    if committed is not None and committed[0]["dataset_sha256"] != dataset.lock["dataset_sha256"]:
        raise BadDataset(f"{folder}: holds another dataset than {manifest.with_suffix('.lock.json')} describes; build it again")
    return dataset


def counts_of_lock(manifest: Path) -> Figures:
    """Return what the lock says, where there is one, and that nothing else was measured.

    Raises:
        GpiotError: if the statistics are not those of the lock.
    """
    committed = read_committed(manifest)
    counts: Figures = dict.fromkeys(COUNTS, (None, NOT_MEASURED))
    if committed is not None:
        counts = {name: (committed[1][key], FROM_LOCK) for name, key in COUNTS.items()}
    return {**counts, **dict.fromkeys(("spans_ok_share", "sample_rechecked"), (None, NOT_MEASURED))}


def examine(dataset: Dataset, options: argparse.Namespace) -> Figures:
    """Return what the built folder shows.

    Raises:
        GpiotError: if it is not as it should be.
    """
    counted = count_rows(dataset, read_json(dataset.folder / FILE))
    held = {name: (value, MEASURED) for name, value in row_figures(dataset.rows).items()}
    return {**counted, **held, **recheck_sample(dataset, options)}


def measure(options: argparse.Namespace) -> Figures:
    """Return all figures.

    Raises:
        GpiotError: if something needed is missing or not as it should be.
    """
    plan = load_plan(options.manifest)
    sources = load_sources(plan, options.manifest)
    default = Path("out") / plan.name
    folder = options.dataset or (default if (default / "lock.json").is_file() else None)
    figures: Figures = dict.fromkeys(("core_seconds", "peak_rss_mib"), (None, NOT_MEASURED))
    # First of all, while this process is still small.
    if not options.quick:
        figures |= extract_corpus(sources)
    dataset = None if folder is None else open_built(options.manifest, folder)
    figures |= extract_scipy(sources, None if dataset is None else dataset.rows)
    return figures | (counts_of_lock(options.manifest) if dataset is None else examine(dataset, options))


def main() -> None:
    """Measure and print a table; exit with 1 where a sampled row is not as it says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help=f"scipy only, and the spans and programs of {QUICK_SAMPLE} rows")
    parser.add_argument("--manifest", type=Path, default=MANIFEST)
    parser.add_argument("--dataset", type=Path, help="the built folder; by default out/NAME, if it is there")
    parser.add_argument("--sandbox", choices=CHOICES, default="auto")
    options = parser.parse_args()
    try:
        figures = measure(options)
    except GpiotError as error:
        sys.exit(f"error: {error}")
    for name, (value, label) in sorted(figures.items()):
        print(printable(f"{name:<34}{label:<14}{json.dumps(value, sort_keys=True)}"))
    if options.json:
        answer = {name: value for name, (value, _) in figures.items()}
        labels = {name: label for name, (_, label) in figures.items()}
        print(json.dumps({**answer, "quick": options.quick, "labels": labels}, sort_keys=True))
    if (found := figures.get("sample_differences")) and found[0]:
        sys.exit(1)


if __name__ == "__main__":
    main()
