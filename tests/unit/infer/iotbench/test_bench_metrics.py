"""Estimators, intervals and text metrics against what is known of them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import sacrebleu

from gpiot_infer.iotbench.metrics import TextMetrics, bleu, difference, estimate, ks_of, newcombe, pass_at_k, wilson

PAIRS = [
    ("the pump is switched off when the tank is full", "the pump is switched off as soon as the tank is full"),
    ("", "one reference without an answer to it"),
    ("def f(x):\n    return x + 1", "def f(x):\n    y = x + 1\n    return y"),
    ("nothing here is alike", "quite other words stand there"),
]


@pytest.mark.parametrize(("n", "correct", "k"), [(n, c, k) for n in (1, 3, 6) for c in range(n + 1) for k in range(1, n + 1)])
def test_pass_at_k_is_the_share_of_draws_that_hold_a_correct_answer(n, correct, k):
    draws = list(itertools.combinations([True] * correct + [False] * (n - correct), k))
    assert pass_at_k(n, correct, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-12)


@pytest.mark.parametrize(("n", "correct", "k"), [(3, 4, 1), (3, -1, 1), (3, 1, 0), (3, 1, 4)])
def test_pass_at_k_refuses_what_cannot_be(n, correct, k):
    with pytest.raises(ValueError, match="expected 0 <= correct <= n"):
        pass_at_k(n, correct, k)


def test_the_usual_k_are_given_up_to_n():
    assert [ks_of(n) for n in (1, 3, 10, 20)] == [(1,), (1, 3), (1, 5, 10), (1, 5, 10, 20)]


def test_pooled_bleu_is_that_of_sacrebleu():
    texts = TextMetrics()
    sums = np.array([texts.bleu_sums(answer, reference) for answer, reference in PAIRS]).sum(axis=0)
    wanted = sacrebleu.corpus_bleu([answer for answer, _ in PAIRS], [[reference for _, reference in PAIRS]])
    assert bleu(sums[None])[0] == pytest.approx(wanted.score, abs=1e-9)
    assert texts.signatures()["bleu"] == f"nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{sacrebleu.__version__}"


def test_chrf_is_that_of_sacrebleu():
    for answer, reference in PAIRS:
        assert TextMetrics().chrf(answer, reference) == pytest.approx(sacrebleu.sentence_chrf(answer, [reference]).score)


def test_a_figure_is_the_ratio_of_sums_with_an_interval_around_it():
    tasks = {f"t{number:02d}": (float(number % 2), 1.0) for number in range(60)}
    figure = estimate(tasks, sorted(tasks), 0)
    assert (figure.value, figure.n_tasks) == (0.5, 60)
    # The middle 95 % of a mean of 60 draws of 0 and 1: two standard errors of 0.065 to each side.
    assert 0.35 <= figure.low <= 0.40
    assert 0.60 <= figure.high <= 0.65


def test_the_interval_covers_the_true_mean_about_as_often_as_it_says():
    random = np.random.default_rng(5)
    covered = 0
    for trial in range(100):
        tasks = {f"t{number:02d}": (float(value), 1.0) for number, value in enumerate(random.random(40) < 0.3)}
        figure = estimate(tasks, sorted(tasks), trial)
        covered += figure.low <= 0.3 <= figure.high
    assert 85 <= covered <= 100


def test_the_same_seed_gives_the_same_interval_and_another_another():
    tasks = {f"t{number}": (number**2 / 7, 1.0) for number in range(12)}
    first, again, other = (estimate(tasks, sorted(tasks), seed) for seed in (1, 1, 2))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


@pytest.mark.parametrize(("n", "has_interval"), [(1, False), (9, False), (10, True)])
def test_few_tasks_have_a_value_and_no_interval(n, has_interval):
    tasks = {f"t{number}": (3.0 + number % 2, 4.0) for number in range(n)}
    none = dict.fromkeys(tasks, (0.0, 1.0))
    for figure in (estimate(tasks, sorted(tasks), 0), difference(tasks, none, sorted(tasks), 0)):
        assert figure.value >= 0.75
        assert figure.n_tasks == n
        assert (figure.low is not None, figure.high is not None) == (has_interval, has_interval)


def shares(n, passed):
    return {f"t{number:02d}": (float(number < passed), 1.0) for number in range(n)}


def test_the_interval_of_a_share_does_not_collapse_at_its_ends():
    none, every = (estimate(shares(60, passed), sorted(shares(60, 0)), 0, share=True) for passed in (0, 60))
    # Wilson with 0 of 60: z^2 / (60 + z^2).
    assert (none.value, none.low, none.high) == (0.0, 0.0, pytest.approx(3.8415 / 63.8415, abs=1e-4))
    assert (every.value, every.low, every.high) == (1.0, pytest.approx(1 - 3.8415 / 63.8415, abs=1e-4), 1.0)
    half = estimate(shares(60, 30), sorted(shares(60, 0)), 0, share=True)
    assert half == estimate(shares(60, 30), sorted(shares(60, 0)), 0)


def test_the_interval_of_a_rare_success_covers_its_rate():
    random = np.random.default_rng(7)
    order = sorted(shares(40, 0))
    covered = {True: 0, False: 0}
    for trial in range(60):
        tasks = {name: (float(value), 1.0) for name, value in zip(order, random.random(40) < 0.03, strict=True)}
        for share in covered:
            figure = estimate(tasks, order, trial, share=share)
            covered[share] += figure.low <= 0.03 <= figure.high
    assert covered[True] >= 56 > covered[False]


@pytest.mark.parametrize(("passed", "better"), [(0, False), (4, False), (6, True), (12, True)])
def test_a_few_tasks_that_differ_make_no_verdict(passed, better):
    figure = difference(shares(60, passed), shares(60, 0), sorted(shares(60, 0)), 0, share=True)
    assert (figure.low > 0) is better
    assert figure.low < figure.value < figure.high


def test_score_intervals_are_those_of_the_literature():
    # 5 of 10: the interval [0.2366, 0.7634] is the textbook example; that of a difference squares and adds the halves of both.
    low, high = wilson(0.5, 10)
    assert (low, high) == (pytest.approx(0.2366, abs=1e-4), pytest.approx(0.7634, abs=1e-4))
    assert newcombe(0.5, 0.5, 10) == (pytest.approx(-0.2634 * 2**0.5, abs=1e-4), pytest.approx(0.2634 * 2**0.5, abs=1e-4))


def test_no_task_that_tells_anything_has_no_value():
    assert estimate({}, ["a", "b"], 0).to_json() == {"value": None, "low": None, "high": None, "n_tasks": 0}
    assert estimate({"a": (0.0, 0.0), "b": (0.0, 0.0)}, ["a", "b"], 0).value is None


def test_a_constant_advantage_has_a_difference_without_doubt():
    order = [f"t{number}" for number in range(20)]
    one = {name: (number / 20, 1.0) for number, name in enumerate(order)}
    other = {name: (number / 20 - 0.25, 1.0) for number, name in enumerate(order)}
    figure = difference(one, other, order, 0)
    assert (figure.value, figure.low, figure.high) == (0.25, 0.25, 0.25)


def test_a_difference_is_over_tasks_that_both_tell_of():
    figure = difference({"a": (1.0, 1.0), "b": (1.0, 1.0)}, {"b": (0.0, 1.0), "c": (0.0, 1.0)}, ["a", "b", "c"], 0)
    assert (figure.value, figure.n_tasks) == (1.0, 1)
