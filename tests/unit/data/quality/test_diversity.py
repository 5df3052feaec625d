"""Diversity of rows, on cases whose figures a pencil gives."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.errors import InputError
from gpiot_data.quality.diversity import Measure, answer_text, curve_points, measure_diversity, question_text
from gpiot_data.quality.ngrams import distinct_ngrams
from gpiot_data.store import canonical_json


class Axes:
    """Gives each text the axis that its first letter names, and other texts no direction."""

    name, sha256, dims = "axes", "0" * 64, 3

    def encode(self, texts):
        return np.array([[float(text[:1] == letter) for letter in "abc"] for text in texts], dtype=np.float32)


def _rows(*problems: str) -> list[dict]:
    return [
        {"id": f"{number:04d}", "problem": problem, "tasks": [{"name": "n", "steps": ["do it"]}]} for number, problem in enumerate(problems)
    ]


def _specified(code: str) -> dict:
    variable = {"name": "x", "type": "array", "shape": None, "unit": None, "rate_hz": None, "description": "A signal."}
    specification = {"target": "Smooth a signal.", "inputs": [variable], "outputs": []}
    content = {"symbol": "p.f", "package": "p", "specification": specification, "code": code, "documentation": "## What\nSmooths.\n# Why"}
    return {"id": "a", **content}


def _last(problems: list[str], encoder: Axes | None = None) -> Measure:
    return measure_diversity(_rows(*problems), encoder).parts["question"][-1]


def test_distinct_n_is_different_over_all_n_grams() -> None:
    # "a b a b" and "a b c": words a b a b a b c, pairs ab ba ab | ab bc, triples aba bab | abc, fours abab.
    assert _last(["a b a b", "a b c"]).distinct == (round(3 / 7, 6), 0.6, 1.0, 1.0)


def test_n_grams_do_not_go_over_the_end_of_a_text() -> None:
    assert _last(["a", "b"]).distinct == (1.0, None, None, None)


def test_the_curve_of_n_grams_counts_what_was_seen_so_far() -> None:
    assert distinct_ngrams(["a b", "a b", "b a"], [1, 2, 3], 2) == [[(2, 2), (1, 1)], [(2, 4), (1, 2)], [(2, 6), (2, 3)]]


@given(st.lists(st.text(alphabet="ab. ", max_size=12), min_size=1, max_size=8))
def test_n_grams_are_counted_as_a_set_counts_them(texts: list[str]) -> None:
    wanted = []
    for n in range(1, 5):
        lines = [text.replace(".", " . ").split() for text in texts]
        grams = [tuple(line[at : at + n]) for line in lines for at in range(len(line) - n + 1)]
        wanted.append((len(set(grams)), len(grams)))
    assert distinct_ngrams(texts, [len(texts)], 4) == [wanted]


def test_skeletons_and_the_share_of_the_most_common_one() -> None:
    found = _last(["Wait 3 s.", "Wait 5 s.", "Stop.", "Wait 7 minutes."])
    assert (found.skeletons, found.common_share) == (2, 0.75)


def test_spread_is_the_mean_distance_of_all_pairs() -> None:
    # a a b: one pair of cosine 1, two of 0; c alone has no pair with them in common.
    assert _last(["a", "a", "b"], Axes()).spread == round(2 / 3, 6)
    assert _last(["a", "a"], Axes()).spread == 0.0
    assert _last(["a", "b", "c"], Axes()).spread == 1.0


def test_the_effective_number_is_that_of_equal_shares() -> None:
    assert _last(["a", "b", "c"], Axes()).effective == 3.0
    assert _last(["a", "a", "a"], Axes()).effective == 1.0
    shares = [2 / 3, 1 / 3]
    assert _last(["a", "a", "b"], Axes()).effective == round(math.exp(-sum(share * math.log(share) for share in shares)), 6)


def test_texts_that_the_encoder_does_not_know_are_left_out_of_the_spread() -> None:
    known, more = _last(["a", "b"], Axes()), _last(["a", "b", "?", "!"], Axes())
    assert (more.spread, more.effective) == (known.spread, known.effective) == (1.0, 2.0)
    assert (_last(["a"], Axes()).spread, _last(["?"], Axes()).effective) == (None, None)


def test_without_an_encoder_nothing_is_told_of_the_spread() -> None:
    found = measure_diversity(_rows("a", "b"))
    assert found.encoder is None
    assert (found.parts["question"][-1].spread, found.parts["question"][-1].effective) == (None, None)


@pytest.mark.parametrize("bad", [np.zeros((9, 3), np.float32), np.full((1, 3), np.nan, np.float32)])
def test_an_encoder_that_returns_something_else_is_an_error(bad: np.ndarray) -> None:
    class Broken(Axes):
        def encode(self, texts):
            return bad

    with pytest.raises(InputError, match="the encoder axes returned"):
        measure_diversity(_rows("a", "b"), Broken())


@given(st.lists(st.sampled_from(["a 1", "b 2", "a x", "c"]), min_size=1, max_size=30), st.randoms())
def test_the_order_of_the_rows_makes_no_difference(problems: list[str], rng: random.Random) -> None:
    rows = _rows(*problems)
    shuffled = rng.sample(rows, len(rows))
    assert canonical_json(measure_diversity(shuffled, Axes()).to_json()) == canonical_json(measure_diversity(rows, Axes()).to_json())


def test_the_seed_chooses_the_order_of_the_curve_and_not_its_end() -> None:
    rows = _rows(*(f"{letter} {number}" for number in range(20) for letter in "abc"))
    first, second = (measure_diversity(rows, Axes(), seed).parts["question"] for seed in (1, 2))
    assert first[-1] == second[-1]
    assert first != second


@pytest.mark.parametrize(
    ("total", "points"),
    [
        (1, [1]),
        (2, [1, 2]),
        (49, [1, 2, 5, 10, 20, 49]),
        (50, [1, 2, 5, 10, 20, 50]),
        (50_000, [20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000]),
    ],
)
def test_curves_are_measured_at_the_same_counts_in_every_dataset(total: int, points: list[int]) -> None:
    assert curve_points(total) == points


def test_a_curve_has_the_figures_of_the_first_rows_at_each_point() -> None:
    found = measure_diversity(_rows(*["a b"] * 5), Axes()).parts["question"]
    assert [point.rows for point in found] == [1, 2, 5]
    assert [point.distinct[0] for point in found] == [1.0, 0.5, 0.2]
    assert [point.common_share for point in found] == [1.0, 1.0, 1.0]


def test_the_parts_of_a_row_are_its_own_words_without_prompt_and_headings() -> None:
    row = _specified("a = 1")
    assert question_text(row) == "Smooth a signal.\n`x` array A signal."
    assert answer_text(row) == "Smooths."
    assert question_text({**row, "specification": None}) == "Describe `p.f` of the package p."
    task = {"problem": "P", "tasks": [{"name": "One", "steps": ["s", "t"]}]}
    assert (question_text(task), answer_text(task)) == ("P", "One\ns\nt")


def test_code_is_a_part_of_its_own_for_rows_that_have_some() -> None:
    rows = [{**_specified(code), "id": code or "none"} for code in ("a = 1", "b = 2", "f(1)", "no python at all", "")]
    found = measure_diversity(rows).parts
    assert {name: curve[-1].rows for name, curve in found.items()} == {"question": 5, "answer": 5, "code": 4}
    assert (found["code"][-1].skeletons, found["code"][-1].common_share) == (3, 0.5)


def test_no_rows_have_no_diversity() -> None:
    found = measure_diversity([], Axes()).to_json()
    assert found == {"schema": "gpiot.diversity/1", "rows": 0, "encoder": {"name": "axes", "sha256": "0" * 64}, "parts": {}}
