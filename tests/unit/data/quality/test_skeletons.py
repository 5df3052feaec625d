"""Skeletons: what differs only in names, numbers and domain terms is the same, all else is not."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_data.quality.skeletons import code_skeleton, domain_terms, text_skeleton


@pytest.mark.parametrize(
    ("text", "skeleton"),
    [
        ("Sample at 100 Hz for 3 s.", "sample at # for # ."),
        ("Design the module “peak search” for “A Heart Watch”.", "design the module _ for _ ."),
        ("Call `np.fft.fft(x)` first.", "call _ first ."),
        ("Call numpy.fft.rfft on win_len samples.", "call _ on _ samples ."),
        ("Then the Kalman filter runs.", "then the _ filter runs ."),
        ("Classify human activity recognition windows.", "classify _ windows ."),
        ("It runs on a Raspberry Pi 4.", "it runs on a _ # ."),
        ("An ECG patch. A PPG patch.", "a _ patch . a _ patch ."),
        ("two to four steps", "# to # steps"),
        ("a 4-tap filter", "a # - tap filter"),
        ("a gap of 0.5-second length", "a gap of # length"),
        ("Use:\n```python\nx = 1\n```\nthen stop", "use : _ then stop"),
        ("Vital signs, gestures", "_ , _"),
        ("", ""),
    ],
)
def test_names_numbers_and_terms_are_masked(text: str, skeleton: str) -> None:
    assert text_skeleton(text) == skeleton


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Detect falls from the accelerometer at 50 Hz.", "Detect gestures from the radar at 2.4 kHz."),
        ("Train a model with scikit-learn.", "Train a model with PyTorch."),
        ("Read an IMU every 10 ms.", "Read a microphone every 5 seconds."),
        ("Store `x` in SQLite on the gateway.", "Store `y` in InfluxDB on the phone."),
    ],
)
def test_the_same_sentence_in_another_domain_has_the_same_skeleton(first: str, second: str) -> None:
    assert text_skeleton(first) == text_skeleton(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Detect falls at 50 Hz.", "Count falls at 50 Hz."),
        ("Read the sensor, then filter.", "Filter, then read the sensor."),
        ("Keep values above 3.", "Keep values below 3."),
    ],
)
def test_another_thing_said_has_another_skeleton(first: str, second: str) -> None:
    assert text_skeleton(first) != text_skeleton(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a = f(1)\nprint(a)", "value = g(-2.5)\nshow(value)"),
        ("import numpy as np\nnp.mean([1, 2])", "import scipy as sp\nsp.median([3, 4])  # a comment"),
        ("def f(x):\n    '''Doc.'''\n    return x + 1", "def other(y):\n    return y + 10"),
        ("d = {'a': 1}\nx = f'{d}'", "e = {'b': 2}\ny = f'{e}'"),
        ("def f():\n    global a\n    a = 1", "def g():\n    global b\n    b = 'text'"),
        ("match x:\n    case {'a': 1, **rest}: pass", "match y:\n    case {'b': 2, **others}: pass"),
    ],
)
def test_code_with_other_names_and_literals_has_the_same_skeleton(first: str, second: str) -> None:
    assert code_skeleton(first) == code_skeleton(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a = f(1)", "a = f(1, 2)"),
        ("a = b + c", "a = b - c"),
        ("x[1:]", "x[:1]"),
        ("for a in b: c()", "while b: c()"),
        ("f(x)", "f(k=x)"),
        ("if a:\n    b()\n    c()", "if a:\n    b()\nc()"),
        ("x = [[a], b]", "x = [[a, b]]"),
        ("match x:\n    case None: pass", "match x:\n    case 1: pass"),
    ],
)
def test_code_that_does_another_thing_has_another_skeleton(first: str, second: str) -> None:
    assert code_skeleton(first) != code_skeleton(second)


@pytest.mark.parametrize("code", ["def f(:", "x = '\x00'", "-" * 100_000 + "1"])
def test_what_is_no_python_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="not Python"):
        code_skeleton(code)


def test_a_deep_program_and_one_that_python_warns_of_have_skeletons() -> None:
    assert code_skeleton("x = " + "(" * 50 + "a" + ")" * 50) == code_skeleton("y = b")
    assert code_skeleton(r"x = '\d'") == code_skeleton("y = 1")


@given(st.text(max_size=200))
def test_any_text_has_a_skeleton_without_two_equal_masks_in_a_row(text: str) -> None:
    words = text_skeleton(text).split(" ")
    assert not any(first == second and first in "_#" for first, second in pairwise(words) if first)


def test_quotes_that_are_never_closed_take_no_longer_than_other_text() -> None:
    started = time.process_time()
    assert text_skeleton("“" * 100_000).count("“") == 100_000
    assert time.process_time() - started < 5
    assert text_skeleton("“" + "a " * 100 + "” here") == "_ here"


def test_the_terms_of_the_package_are_lower_case_words_and_each_is_masked() -> None:
    terms = [" ".join(term) for group in domain_terms().values() for term in group]
    assert len(terms) == len(set(terms)) > 150
    assert [term for term in terms if text_skeleton(f"use {term} here") != "use _ here"] == []
    assert [term for term in terms if " " in term and text_skeleton(f"use {term.replace(' ', '-')} here") != "use _ here"] == []
