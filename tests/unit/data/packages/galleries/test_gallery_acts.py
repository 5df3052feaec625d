from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.galleries.acts import acts_request
from gpiot_data.packages.galleries.grounding import evidence, is_grounded, quoted_names
from gpiot_data.packages.galleries.summaries import Summaries, summary_of
from gpiot_data.packages.references import PublicNames

DOCSTRINGS = {
    "toy.smooth": "Smooth a signal with a moving average.",
    "toy.peaks": "Find the peaks of a signal.",
    "toy.plain": "",
    "toy.read_room": "Read the room.",
    "toy.Model": "A model.",
    "toy.Model.fit": "Fit it.",
    "toy.Model.predict": "Predict.",
    "toy.Model.weigh": "Compute the weights of the model.",
    "toy.Model.explain": "Explain the model by its weights",
}
PUBLIC = PublicNames(DOCSTRINGS)


def told(code: str, own_line: int = 1) -> str | None:
    return acts_request(ast.parse(code), PUBLIC, Summaries(DOCSTRINGS), own_line)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy\ny = toy.smooth([1])\n", "Smooth a signal with a moving average (`smooth`)"),
        (
            "import toy\ny = toy.smooth([1])\nz = toy.peaks(y)\n",
            "Smooth a signal with a moving average (`smooth`), then find the peaks of a signal (`peaks`)",
        ),
        ("import toy\nm = toy.Model()\nm.fit([1])\ny = m.predict([1])\n", "Fit `Model` and predict with it"),
        ("import toy\nm = toy.Model().fit([1])\n", "Fit `Model`"),
        ("import toy\nm = toy.Model()\n", None),
        ("import toy\nz = toy.plain([1])\n", None),
        ("import toy\ny = toy.smooth([1])\nz = toy.plain(y)\n", None),
        ("import toy\nx = toy.smooth([1])\ny = toy.peaks(x)\nz = toy.smooth(y)\nw = toy.plain(z)\n", None),
        ("import toy\npipe = [toy.smooth]\nq = toy.peaks([1])\npipe.fit(q)\n", None),
        (
            "import toy\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.bar([1], toy.smooth([1]))\nax.legend()\n",
            "Smooth a signal with a moving average (`smooth`), then draw a bar chart with a legend",
        ),
        ("import toy\nimport matplotlib.pyplot as plt\nplt.bar([1], [2])\n", None),
        (
            "import toy\nfig, ax = toy.peaks([1])\nax.bar([1], [2])\nax.set_title('a')\n",
            "Find the peaks of a signal (`peaks`), then draw a bar chart",
        ),
        ("import toy\nfig, ax = toy.peaks([1])\nax.bar([1], [2])\nfig.findobj(3)\n", None),
        ("import toy\nm = toy.Model().fit([1])\nprint(m.get_prediction([1]))\n", "Fit `Model` and predict with it"),
        ("import toy\nx = toy.smooth([1])\nm = toy.Model()\nm.name_it(x)\n", None),
    ],
)
def test_calls_tell_what_a_program_does_as_far_as_they_tell_it_all(code, expected):
    assert told(code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("fig, ax = plt.subplots()\nax.bar([1], [2])\n", "Draw a bar chart"),
        ("plt.savefig('a.svg')\nplt.bar([1], [2])\n", "Draw a bar chart"),
        ("plt.rcParams['lines.linewidth'] = 2\nplt.bar([1], [2])\n", None),
        ("fig = plt.figure()\nplt.bar([1], [2])\nfig = plt.figure()\nplt.bar([1], [3])\n", None),
    ],
)
def test_drawing_is_told_of_one_figure_without_settings(code, expected):
    public = PublicNames(["matplotlib.pyplot.subplots", "matplotlib.pyplot.figure", "matplotlib.pyplot.bar", "matplotlib.pyplot.savefig"])
    assert acts_request(ast.parse(f"import matplotlib.pyplot as plt\n{code}"), public, {}, 1) == expected


def test_what_belongs_to_an_object_is_not_the_object():
    assert told("import toy\nm = toy.Model()\nm.weigh()\n") == "Compute the weights of the model (`Model.weigh`)"
    assert told("import toy\nm = toy.Model()\nm.parts.weigh()\n") is None


def test_what_an_earlier_section_does_is_no_request_for_one_that_adds_nothing_told():
    code = "import toy\ny = toy.smooth([1])\nprint(sum(y))\n"
    assert told(code, own_line=2) == "Smooth a signal with a moving average (`smooth`)"
    assert told(code, own_line=3) is None
    assert told("import toy\nm = toy.Model()\nm.fit([1])\nprint(m.fit([2]))\n", own_line=4) == "Fit `Model`"


def test_reading_is_what_only_a_short_program_is_for():
    reading = "import toy\nx = toy.read_room()\n"
    assert told(reading) == "Read the room (`read_room`)"
    assert told(reading + "x = sorted(x)\n" * 8) is None


@pytest.mark.parametrize(
    ("request_", "code", "expected"),
    [
        ("Smooth the noisy signal", "y = smooth(noisy_signal)", True),
        ("Plot the smoothed signal", "y = smooth(signal)", False),
        ("Plot the smoothed signal", "plt.plot(smooth(signal))", True),
        ("Parse events from raw data", "raw = read_raw(name)", False),
        ("Fit the noisy signal and plot it", "model.fit(noisy, signal)", False),
        ("Plot y", "plt.plot(y)", False),
        ("Use the `smooth` function", "y = smooth(x)", True),
        ("Print the first columns", "frame.columns", False),
        ("Set the window reference", "plot(window, reference)", False),
        ("Set the window reference", "set_window(reference)", True),
    ],
)
def test_a_request_is_grounded_if_the_code_has_its_words_and_does_what_its_verbs_ask(request_, code, expected):
    nodes = ast.parse(code).body
    assert is_grounded(request_, nodes, evidence(nodes)) is expected


def test_quoted_names_are_those_between_backticks():
    assert quoted_names("Apply `f` by `toy.smooth(x)`") == {"f", "smooth"}


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("Smooth a signal.\n\nMore.", "Smooth a signal."),
        ("Plot a line", "Plot a line."),
        ("Extract features from\n\n- a", ""),
        ("See `other`.", ""),
        ("Smooth the following:\n\n- a", ""),
        ("smooth(x, y)", ""),
        ("", ""),
    ],
)
def test_a_summary_that_is_no_whole_sentence_is_none(docstring, expected):
    assert summary_of(docstring) == expected
