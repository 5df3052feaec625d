"""Near-duplicate removal, how fast and how repeatable: python benchmarks/dedup.py [--json] [--quick] [--growth].

Texts are docstrings of installed packages. A run is from texts in memory to the ids that go, with the encoder loaded.
SemHash gets the same vectors in the same run. `--quick` takes 5,000 texts; `--growth` goes on to 500,000 texts put
together from real paragraphs and takes several minutes and gigabytes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from docstrings import PACKAGES, QUICK, describe, read_docstrings, recombine, versions

from gpiot_data.quality.near import Removal, near_duplicates
from gpiot_data.store import sha256_json
from gpiot_data.vectors import CachedEncoder, Encoder, neighbours, open_encoder
from gpiot_data.vectors.cells import PROBES, CellIndex, cell_count, make_centres

PLANTED = Path(__file__).with_name("dedup_planted.json")
THRESHOLD = 0.9
TRUTH_TEXTS = 3_000
LARGEST = 500_000
REPEATS = 10


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the wall time of `work` in seconds, and its result."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def remove(texts: dict[str, str], encoder: Encoder) -> list[Removal]:
    """Return what goes."""
    return near_duplicates(list(texts.values()), list(texts), encoder)


def digest(removals: list[Removal]) -> str:
    """Return a hash of every removal with keeper, metric and score."""
    return sha256_json([[item.id, item.of, item.reason, item.metric, item.score] for item in removals])[:16]


def first(texts: dict[str, str], count: int) -> dict[str, str]:
    """Return the first `count` texts."""
    return dict(list(texts.items())[:count])


def speed(texts: dict[str, str], encoder: Encoder) -> dict[str, Any]:
    """Time three runs, and SemHash on the same vectors."""
    runs = [timed(lambda: remove(texts, encoder)) for _ in range(3)]
    removals = runs[0][1]
    encoding, vectors = timed(lambda: encoder.encode(list(texts.values())))
    searching, kept = timed(lambda: semhash_kept(texts, vectors))
    return {
        "n": len(texts),
        "seconds": round(statistics.median(seconds for seconds, _ in runs), 2),
        "kept": len(texts) - len(removals),
        "removed": dict(sorted(Counter(item.reason for item in removals).items())),
        "semhash_seconds": round(encoding + searching, 2),
        "semhash_kept": [len(kept), len(semhash_kept(texts, vectors))],
        "digests": [digest(result) for _, result in runs],
    }


def semhash_kept(texts: dict[str, str], vectors: np.ndarray) -> list[str]:
    """Return the texts that SemHash keeps; it gets vectors, so it never encodes."""
    from semhash import SemHash

    found = SemHash.from_embeddings(vectors, list(texts.values()), model=None)  # type: ignore[arg-type]
    return list(found.self_deduplicate(threshold=THRESHOLD).selected)


def repeat(texts: dict[str, str], encoder: Encoder) -> list[str]:
    """Return the digests of runs on the same texts, every second time in another order."""
    digests = []
    for number in range(REPEATS):
        items = list(texts.items())
        if number % 2:
            random.Random(number).shuffle(items)  # noqa: S311  # not a secret
        digests.append(digest(remove(dict(items), encoder)))
    return digests


def elsewhere(texts: dict[str, str]) -> dict[str, str]:
    """Return the digests of new processes with other numbers of threads and other hash seeds."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "texts.json"
        path.write_text(json.dumps(texts))
        for threads, seed in ((1, 0), (2, 1), (2, 12345)):
            counts = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), str(threads))
            done = subprocess.run(
                [sys.executable, __file__, "--worker", str(path)],
                env={**os.environ, **counts, "PYTHONHASHSEED": str(seed)},
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
            found[f"threads {threads}, hash seed {seed}"] = json.loads(done.stdout.splitlines()[-1])["digest"]
    return found


def work_elsewhere(path: str) -> None:
    """Run once in a process of its own and print digest, seconds and memory."""
    texts = json.loads(Path(path).read_text())
    encoder = open_encoder()
    seconds, removals = timed(lambda: remove(texts, encoder))
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"digest": digest(removals), "kept": len(texts) - len(removals), "seconds": round(seconds, 1), "peak_rss_mib": rss}))


def incremental(texts: dict[str, str], encoder: Encoder) -> dict[str, Any]:
    """Time a run with an empty cache of vectors, and one with a tenth more texts after it."""
    with tempfile.TemporaryDirectory() as folder:
        before = first(texts, len(texts) * 10 // 11)
        cached = CachedEncoder(encoder, Path(folder))
        cold, _ = timed(lambda: remove(before, cached))
        known = cached.encoded
        warm, _ = timed(lambda: remove(texts, cached))
        return {"texts": len(before), "cold_seconds": round(cold, 2), "added": len(texts) - len(before), "warm_seconds": round(warm, 2),
                "encoded_cold": known, "encoded_warm": cached.encoded - known}  # fmt: skip


def against_minilm(texts: dict[str, str], encoder: Encoder) -> dict[str, Any]:
    """Return how pairs by the static vectors agree with those by MiniLM at the same threshold."""
    minilm = CachedEncoder(open_encoder("minilm"))
    seconds, truth = timed(lambda: _pairs(minilm, texts))
    found = _pairs(encoder, texts)
    copies = _copies(texts)
    return {
        "texts": len(texts), "pairs_minilm": len(truth), "pairs_static": len(found), "minilm_seconds": round(seconds, 1),
        "recall": round(len(truth & found) / len(truth), 3), "precision": round(len(truth & found) / len(found), 3),
        "recall_without_copies": round(len(truth & found - copies) / max(1, len(truth - copies)), 3),
        "precision_without_copies": round(len(truth & found - copies) / max(1, len(found - copies)), 3),
    }  # fmt: skip


def _pairs(encoder: Encoder, texts: dict[str, str]) -> set[tuple[int, int]]:
    found = neighbours(encoder.encode(list(texts.values())), THRESHOLD)
    return set(zip(found.left.tolist(), found.right.tolist(), strict=True))


def _copies(texts: dict[str, str]) -> set[tuple[int, int]]:
    words = [" ".join(text.lower().split()) for text in texts.values()]
    places: dict[str, list[int]] = {}
    for place, text in enumerate(words):
        places.setdefault(text, []).append(place)
    return {(right, left) for same in places.values() for number, left in enumerate(same) for right in same[number + 1 :]}


def cells(texts: dict[str, str], encoder: Encoder) -> dict[str, Any]:
    """Return the share of exact pairs that search in cells finds, with as many cells as these rows get and as the largest set gets."""
    vectors = encoder.encode(list({" ".join(text.lower().split()): text for text in texts.values()}.values()))
    exact = neighbours(vectors, THRESHOLD)
    wanted = set(zip(exact.left.tolist(), exact.right.tolist(), strict=True))
    recalls = {}
    for count in (cell_count(len(vectors)), cell_count(LARGEST)):
        centres = make_centres(vectors, count)
        for probes in (PROBES // 2, PROBES):
            index = CellIndex(centres, THRESHOLD, probes)
            index.add(vectors)
            found = index.near(vectors)
            share = len(wanted & set(zip(found.left.tolist(), found.right.tolist(), strict=True))) / len(wanted)
            recalls[f"{probes} of {len(centres)} cells"] = round(share, 5)
    return {"rows": len(vectors), "pairs": len(wanted), "recall": recalls}


def planted(encoder: Encoder) -> dict[str, dict[str, int]]:
    """Return by class of planted pairs how many are caught, and by what."""
    table = {}
    for kind, pairs in json.loads(PLANTED.read_text(encoding="utf-8")).items():
        reasons = Counter(item.reason for pair in pairs for item in near_duplicates(pair, ["a", "b"], encoder))
        table[kind] = {"pairs": len(pairs), "caught": reasons.total(), **dict(sorted(reasons.items()))}
    return table


def growth(texts: dict[str, str], sizes: tuple[int, ...]) -> dict[str, Any]:
    """Run on ever more recombined texts, each size in a process of its own."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path = Path(folder) / f"{size}.json"
            path.write_text(json.dumps(recombine(texts, size, seed=0)))
            done = subprocess.run([sys.executable, __file__, "--worker", str(path)], stdout=subprocess.PIPE, check=True, text=True)
            found[str(size)] = json.loads(done.stdout.splitlines()[-1])
            path.unlink()
            print(f"  {size} recombined texts: {found[str(size)]}", flush=True)
    return found


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure all that was asked for, telling each figure as it comes."""
    names = QUICK if options.quick else tuple(PACKAGES)
    texts = read_docstrings(names)
    sizes = (5_000,) if options.quick else (20_000, 50_000)
    encoder = open_encoder()
    result: dict[str, Any] = {"quick": options.quick, "packages": versions(names), "texts": {"found": len(texts), **describe(texts)}}

    def note(name: str, value: Any) -> None:
        result[name] = value
        print(f"{name}: {json.dumps(value, sort_keys=True)}", flush=True)

    note("encoder", {"name": encoder.name, "sha256": encoder.sha256})
    note("sizes", [speed(first(texts, size), encoder) for size in sizes])
    start = first(texts, sizes[0])
    digests = [*result["sizes"][0]["digests"][:1], *repeat(start, encoder)]
    note("repeats", {"identical": digests[1:].count(digests[0]), "of": REPEATS})
    others = elsewhere(start)
    note("processes", {"identical": list(others.values()).count(digests[0]), "of": len(others), "run": list(others)})
    note("incremental", incremental(first(texts, sizes[0] * 11 // 10), encoder))
    note("planted", planted(encoder))
    if not options.quick:
        note("cells", cells(first(texts, 50_000), encoder))
        note("minilm", against_minilm(first(texts, TRUTH_TEXTS), encoder))
    if options.growth:
        note("growth", growth(texts, (50_000, 200_000, LARGEST)))
    largest = result["sizes"][-1]
    flat = {"n": largest["n"], "seconds": largest["seconds"], "semhash_seconds": largest["semhash_seconds"]}
    return {**flat, "identical_runs": result["repeats"]["identical"], **result}


def main() -> None:
    """Measure and print; with --json the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="5,000 texts of three packages, without MiniLM")
    parser.add_argument("--growth", action="store_true", help="up to 500,000 recombined texts as well")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work_elsewhere(options.worker)
        return
    result = measure(options)
    if options.json:
        print(json.dumps(result, sort_keys=True))


if __name__ == "__main__":
    main()
