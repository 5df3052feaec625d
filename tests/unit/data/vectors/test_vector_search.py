"""Search among vectors: nothing missed, cosines exact, the same for any block and order."""

from __future__ import annotations

import numpy as np
import pytest

from gpiot_data.vectors import search
from gpiot_data.vectors.cells import CellIndex, cell_count, make_centres
from gpiot_data.vectors.encoder import GRID, to_grid
from gpiot_data.vectors.search import ExactIndex, cosines_of, head_of, neighbours, within


def _clusters(seed: int, clusters: int = 60, size: int = 5, dims: int = 64, leading: float = 1.0) -> np.ndarray:
    """Vectors in groups of near ones; `leading` below 1 makes later coordinates smaller."""
    rng = np.random.default_rng(seed)
    centres = np.repeat(rng.normal(size=(clusters, dims)), size, axis=0)
    noise = rng.normal(size=centres.shape) * rng.uniform(0.05, 0.6, size=(len(centres), 1))
    return to_grid((centres + noise) * leading ** np.arange(dims))


def _by_hand(vectors: np.ndarray, threshold: float) -> list[tuple[int, int, float]]:
    whole = np.rint(vectors.astype(np.float64) * GRID).astype(int).tolist()
    found = []
    for left in range(len(whole)):
        for right in range(left):
            product = sum(a * b for a, b in zip(whole[left], whole[right], strict=True))
            lengths = (sum(a * a for a in whole[left]) * sum(b * b for b in whole[right])) ** 0.5
            cosine = round(product / lengths, 4) if lengths else 0.0
            if cosine >= threshold:
                found.append((left, right, cosine))
    return found


def _listed(found) -> list[tuple[int, int, float]]:
    return list(zip(found.left.tolist(), found.right.tolist(), found.cosine.tolist(), strict=True))


@pytest.mark.parametrize("leading", [1.0, 0.9])
@pytest.mark.parametrize("threshold", [0.7, 0.9])
def test_all_pairs_are_those_found_by_hand(leading: float, threshold: float) -> None:
    vectors = _clusters(1, leading=leading)
    wanted = _by_hand(vectors, threshold)
    assert len(wanted) > 20
    assert _listed(neighbours(vectors, threshold)) == wanted


def test_leading_coordinates_are_used_only_where_they_hold_most() -> None:
    assert head_of(_clusters(1)) == 64
    assert head_of(_clusters(1, leading=0.9)) == 32
    assert head_of(np.zeros((3, 64), dtype=np.float32)) == 64


def test_blocks_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = _clusters(2)
    whole = _listed(neighbours(vectors, 0.8))
    for size in (1, 7, 299):
        monkeypatch.setattr(search, "BLOCK_ROWS", size)
        assert _listed(neighbours(vectors, 0.8)) == whole


def test_order_of_rows_makes_no_difference() -> None:
    vectors = _clusters(3)
    order = np.random.default_rng(0).permutation(len(vectors))
    there = {(frozenset((left, right)), cosine) for left, right, cosine in _listed(neighbours(vectors, 0.8))}
    back = {(frozenset((int(order[left]), int(order[right]))), cosine) for left, right, cosine in _listed(neighbours(vectors[order], 0.8))}
    assert back == there


def test_a_pair_exactly_at_the_threshold_counts() -> None:
    vectors = to_grid(np.array([[1.0, 0.0], [0.9, np.sqrt(1 - 0.81)]]))
    (cosine,) = cosines_of(vectors[:1], vectors[1:])
    assert cosine == 0.9
    assert _listed(neighbours(vectors, 0.9)) == [(1, 0, 0.9)]
    assert _listed(neighbours(vectors, 0.9001)) == []


def test_rows_of_zeros_are_near_nothing() -> None:
    vectors = np.zeros((3, 8), dtype=np.float32)
    assert _listed(neighbours(vectors, 0.5)) == []
    assert _listed(within(vectors, 0.5, 8)) == []
    assert cosines_of(vectors, vectors).tolist() == [0.0, 0.0, 0.0]


def test_an_empty_index_and_no_queries_find_nothing() -> None:
    index = ExactIndex(8, 0.5, 8)
    assert _listed(index.near(to_grid(np.ones((2, 8))))) == []
    assert _listed(neighbours(np.zeros((0, 8), dtype=np.float32), 0.5)) == []


def test_cells_find_nothing_wrong_and_with_all_cells_everything() -> None:
    vectors = _clusters(4)
    wanted = _by_hand(vectors, 0.9)
    centres = make_centres(vectors, cell_count(len(vectors)))
    few, every = (CellIndex(centres, 0.9, probes) for probes in (1, len(centres)))
    for index in (few, every):
        index.add(vectors)
    found = [[pair for pair in _listed(index.near(vectors)) if pair[1] < pair[0]] for index in (few, every)]
    assert found[1] == wanted
    assert set(found[0]) <= set(wanted)
    assert len(found[0]) >= 0.5 * len(wanted)


def test_cells_do_not_depend_on_the_order_of_vectors() -> None:
    vectors = _clusters(5)
    assert make_centres(vectors, 16).tolist() == make_centres(vectors[::-1], 16).tolist()


def test_the_number_of_cells_is_a_power_of_two() -> None:
    assert [cell_count(rows) for rows in (0, 1, 100, 50_000, 500_000)] == [1, 4, 32, 512, 2048]
