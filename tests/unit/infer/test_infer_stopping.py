"""When an answer is ended early."""

from __future__ import annotations

import pytest

from gpiot_infer.backends.stopping import Stopper, repeats


@pytest.mark.parametrize("unit", ["a", "filtered_", "- `threshold` (type: float): threshold for detecting heartbeats\n"])
def test_a_repeated_piece_is_a_loop(unit):
    assert repeats("The answer: " + unit * (100 // len(unit) + 3))


@pytest.mark.parametrize(
    "text", ["", "short " * 3, "A sentence that says several things, none of them twice. " + "-" * 60, "x = [0, 0, 0, 0, 0, 0]"]
)
def test_ordinary_text_is_no_loop(text):
    assert not repeats(text)


def test_the_same_long_line_five_times_is_a_loop():
    line = "- if the input is not a number, raise a ValueError\n"
    mixed = "".join(f"{number}. {line}- step {word} differs\n" for number, word in enumerate(["one", "two", "three", "four", "five"]))
    assert Stopper().look(mixed, len(mixed) - 1) == "loop"


def test_a_stop_string_ends_the_answer_and_is_cut_off():
    stopper = Stopper(("\n\n",))
    assert stopper.look("a: b\nc", 5) is None
    assert stopper.look("a: b\n\nc", 5) == "stop"
    assert stopper.cut("a: b\n\nc") == "a: b"
