"""The static encoder of the packaged model: what it catches at the defaults, and that processes agree."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gpiot_data.quality.near import near_duplicates
from gpiot_data.store import sha256_json

pytestmark = pytest.mark.slow

PROGRAM = """
import json, sys
from gpiot_data.store import sha256_json
from gpiot_data.vectors import open_encoder
from gpiot_data.quality.near import near_duplicates
texts = json.load(open(sys.argv[1]))
found = near_duplicates(list(texts.values()), list(texts), open_encoder())
print(sha256_json([[item.id, item.of, item.reason, item.score] for item in found]))
"""


@pytest.fixture
def planted(root: Path) -> dict[str, list[list[str]]]:
    return json.loads((root / "benchmarks" / "dedup_planted.json").read_text(encoding="utf-8"))


def _caught(pairs: list[list[str]], encoder) -> int:
    return sum(bool(near_duplicates(pair, ["a", "b"], encoder)) for pair in pairs)


def test_every_class_of_planted_pairs_has_ten_different_ones(planted) -> None:
    assert all(len(pairs) >= 10 and len({text for pair in pairs for text in pair}) == 2 * len(pairs) for pairs in planted.values())


def test_reordered_tasks_and_other_numbers_are_caught_and_neighbours_stay(planted, real_model) -> None:
    assert _caught(planted["tasks in another order"], real_model) == 10
    assert _caught(planted["other numbers"], real_model) == 10
    assert _caught(planted["true neighbours that must stay"], real_model) <= 2


def test_threads_hash_seeds_and_order_make_no_difference(planted, real_model, tmp_path: Path) -> None:
    pairs = [pair for kind in planted.values() for pair in kind]
    texts = {f"{number:03d}": text for number, text in enumerate(text for pair in pairs for text in pair)}
    found = near_duplicates(list(texts.values()), list(texts), real_model)
    assert len(found) > 20
    digests = {sha256_json([[item.id, item.of, item.reason, item.score] for item in found])}
    for threads, seed in (("1", "0"), ("2", "12345")):
        shuffled = dict(sorted(texts.items(), key=lambda item: sha256_json([seed, item])))
        (tmp_path / "texts.json").write_text(json.dumps(shuffled))
        counts = {"OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "RAYON_NUM_THREADS": threads, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", PROGRAM, str(tmp_path / "texts.json")]
        digests.add(subprocess.run(command, env={**os.environ, **counts}, capture_output=True, text=True, check=True).stdout.strip())
    assert len(digests) == 1
