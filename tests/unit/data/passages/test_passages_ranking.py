"""Rankings by words and by vectors, and their fusion, on cases small enough for a pencil."""

from __future__ import annotations

import numpy as np
import pytest
from word_vectors import WordVectors

from gpiot_data.passages.ranking import Ranker, fuse_rankings

TEXTS = ["radar measures breathing", "radar and camera", "an ECG electrode", "the"]


def _ranker() -> Ranker:
    return Ranker(["d", "c", "b", "a"], TEXTS, WordVectors().encode(TEXTS))


def test_fusion_adds_the_reciprocals_of_sixty_and_the_rank() -> None:
    found = fuse_rankings([["a", "b", "c"], ["c", "a"]])
    # a: 1/61 + 1/62; c: 1/63 + 1/61; b: 1/62.
    assert found == [("a", 0.032522475), ("c", 0.032266458), ("b", 0.016129032)]


def test_fusion_settles_ties_by_id() -> None:
    assert [name for name, _ in fuse_rankings([["b", "a"], ["a", "b"]])] == ["a", "b"]


def test_fusion_of_nothing_is_empty() -> None:
    assert fuse_rankings([[], []]) == []


def test_words_find_the_passages_that_share_them_the_rarer_the_better() -> None:
    assert _ranker().by_words("breathing radar", 10) == ["d", "c"]


def test_words_that_no_passage_has_find_nothing() -> None:
    assert _ranker().by_words("zigbee", 10) == []


def test_common_words_alone_find_nothing() -> None:
    assert _ranker().by_words("the and", 10) == []


def test_equal_scores_are_in_order_of_id() -> None:
    ranker = Ranker(["z", "m", "a"], ["radar unit"] * 3, WordVectors().encode(["radar unit"] * 3))
    assert ranker.by_words("radar", 10) == ["a", "m", "z"]
    assert ranker.by_vector(WordVectors().encode(["radar"])[0], 10) == ["a", "m", "z"]


def test_the_nearest_vector_comes_first_and_strangers_not_at_all() -> None:
    vectors = np.eye(3, dtype=np.float32)
    ranker = Ranker(["a", "b", "c"], ["x", "y", "z"], vectors)
    assert ranker.by_vector(np.array([0.6, 0.8, 0.0], dtype=np.float32), 10) == ["b", "a"]


def test_a_query_without_direction_is_near_nothing() -> None:
    assert _ranker().by_vector(np.zeros(64, dtype=np.float32), 10) == []


@pytest.mark.parametrize("depth", [1, 2])
def test_a_ranking_is_cut_at_its_depth(depth: int) -> None:
    assert _ranker().by_words("breathing radar", depth) == ["d", "c"][:depth]


def test_passages_without_any_word_can_be_ranked_by_vectors_alone() -> None:
    ranker = Ranker(["a", "b"], ["the", "+"], np.eye(2, dtype=np.float32))
    assert ranker.by_words("the", 10) == []
    assert ranker.by_vector(np.array([1.0, 0.0], dtype=np.float32), 10) == ["a"]
