"""Words as numbers, and the static encoder: exact sums of token vectors."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.vectors.encoder import GRID, to_grid
from gpiot_data.vectors.static import StaticEncoder
from gpiot_data.vectors.words import number_words

TABLE = np.zeros((14, 4), dtype=np.int16)
TABLE[1] = TABLE[5:].sum(axis=0)
TABLE[6], TABLE[7], TABLE[8], TABLE[9], TABLE[11] = (300, 0, 0, 0), (0, 400, 0, 0), (0, 0, 500, 0), (0, 0, 0, 7), (-300, 0, 0, 0)


def _encoder(wordpiece, table=TABLE) -> StaticEncoder:
    return StaticEncoder("static:test:4", "0" * 64, table, wordpiece)


def test_words_are_cut_at_white_space_and_lower_case() -> None:
    words = number_words(["Filter  the\nfilter,", "", "the"])
    assert words.vocabulary == ["filter", "the", "filter,"]
    assert words.numbers.tolist() == [0, 1, 2, 1]
    assert words.starts.tolist() == [0, 3, 3, 4]
    assert words.part(2, 3).numbers.tolist() == [1]


def test_a_vector_is_the_sum_of_token_vectors_at_length_one(wordpiece) -> None:
    found = _encoder(wordpiece).encode(["Filter sensor", "peaks", "filter sensor"])
    assert (found[0] * GRID).tolist() == [round(0.6 * GRID), round(0.8 * GRID), 0, 0]
    assert (found[1] * GRID).tolist() == [0, 0, GRID, round(7 / np.hypot(500, 7) * GRID)]
    assert found[2].tolist() == found[0].tolist()


def test_a_text_without_known_tokens_and_one_that_cancels_out_are_zero(wordpiece) -> None:
    table = TABLE.copy()
    table[1] = 0
    found = _encoder(wordpiece, table).encode(["", "zzz", "filter ecg", "filter"])
    assert np.any(found, axis=1).tolist() == [False, False, False, True]


def test_a_long_word_counts_to_its_end(wordpiece) -> None:
    start = "filter," * 40
    table = TABLE.copy()
    table[1] = 0
    found = _encoder(wordpiece, table).encode([start + "sensor,peak", start + "sensor,ecg", "filter" * 100])
    assert len(start) > 200
    wanted = np.array([[12000.0, 400, 500, 0], [11700, 400, 0, 0], [0, 0, 0, 0]])
    assert found.tolist() == to_grid(wanted).tolist()


def test_a_word_too_long_for_single_precision_is_summed_exactly(wordpiece) -> None:
    table = TABLE.copy()
    table[1] = 0
    table[6], table[7] = (2047, 0, 0, 0), (1, 2047, 0, 0)
    wanted = to_grid(np.array([[2047.0 * 10_001 + 10_001, 2047 * 10_001, 0, 0]]))
    assert _encoder(wordpiece, table).encode(["filter,sensor," * 10_001]).tolist() == wanted.tolist()


def test_half_a_character_counts_as_nothing(wordpiece) -> None:
    table = TABLE.copy()
    table[1] = 0
    found = _encoder(wordpiece, table).encode(["\ud800 filter", "filter", "\udfff"])
    assert found[0].tolist() == found[1].tolist()
    assert not found[2].any()
    assert number_words(["a\ud800b"]).vocabulary == ["a\ufffdb"]


def test_no_texts_give_no_rows(wordpiece) -> None:
    assert _encoder(wordpiece).encode([]).shape == (0, 4)


@given(st.lists(st.lists(st.sampled_from(["filter", "sensor", "peaks", "ecg", "noise"]), max_size=6), min_size=1, max_size=8), st.randoms())
def test_neither_neighbours_nor_the_order_of_words_change_a_vector(wordpiece, texts, rng) -> None:
    encoder = _encoder(wordpiece)
    together = encoder.encode([" ".join(words) for words in texts])
    for words, row in zip(texts, together, strict=True):
        shuffled = " ".join(rng.sample(words, len(words)))
        assert encoder.encode([shuffled])[0].tolist() == row.tolist()


def test_sums_too_large_for_single_precision_are_exact(wordpiece) -> None:
    table = TABLE.copy()
    table[6], table[7] = (2047, 0, 0, 0), (0, 1, 0, 0)
    long = "filter " * 20_000 + "sensor " * 20_000
    wanted = to_grid(np.array([[2047.0 * 20_000, 20_000.0, 0, 0]]))
    assert _encoder(wordpiece, table).encode([long]).tolist() == wanted.tolist()


def test_the_vector_of_a_whole_text_is_that_of_its_tokens(wordpiece) -> None:
    text = "The ecg's PEAKS, (sensor) filter-noise\tof a peak."
    ids = wordpiece.encode(text, add_special_tokens=False).ids
    assert _encoder(wordpiece).encode([text]).tolist() == to_grid(TABLE[ids].sum(axis=0, keepdims=True).astype(float)).tolist()
