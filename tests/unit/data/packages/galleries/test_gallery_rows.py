from __future__ import annotations

import ast
from dataclasses import dataclass, field

import pytest

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.flows import read_flow
from gpiot_data.packages.galleries.phrases import as_request, clean_title, title_request
from gpiot_data.packages.galleries.rows import gallery_rows
from gpiot_data.packages.galleries.targets import make_request, make_subject, make_target, self_contained
from gpiot_data.packages.galleries.worth import worthless
from gpiot_data.row_form import check_row
from gpiot_data.schema import Kept, Rejected
from gpiot_data.sources.packages import PackageSource
from gpiot_data.store import sha256_bytes

SOURCE = PackageSource(name="toy", version="1", file="toy-1.tar.gz", sha256="0" * 64, license="MIT", corpus="c")


@dataclass(frozen=True)
class Named:
    name: str
    docstring: str | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Index:
    symbols: tuple[Named, ...]
    module_aliases: dict[str, str] = field(default_factory=dict)


INDEX = Index(
    (
        Named("toy.smooth", "Smooth a signal with a moving average.\n\nMore."),
        Named("toy.peaks", "Find the peaks of a signal."),
        Named("toy.plain"),
    )
)


def rows(*documents: Document, **options) -> list:
    return list(gallery_rows(SOURCE, documents, INDEX, **options))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Now generate an LQR controller for the augmented system:", "Generate an LQR controller for the augmented system"),
        ("First, we fit a ridge model to the noisy samples.", "Fit a ridge model to the noisy samples"),
        ("Let's compute the spectrum of the signal.", "Compute the spectrum of the signal"),
        ("This example shows how to filter an ECG signal.", "Filter an ECG signal"),
        ("To reduce noise, we apply a median filter.", "Apply a median filter to reduce noise"),
        ("In this section, we will start by loading the room temperatures.", "Load the room temperatures"),
        ("This example demonstrates the effect of the window.", None),
        ("Share only across rows or columns.", None),
        ("Fit the noisy samples using all three methods.", None),
        ("Plots a sine wave in red.", "Plot a sine wave in red"),
        ("This example constructs a graph and merges regions by color.", "Construct a graph and merge regions by color"),
        ("It is also possible to resample a series of counts.", "Resample a series of counts"),
        ("We begin by fitting and plotting a line of samples.", "Fit and plot a line of samples"),
        ("Create one row and two columns of axes.", "Create one row and two columns of axes"),
        ("Create a room with windows, and visualizing it.", None),
        ("Then we plot this.", None),
        ("As seen above, the fit is good.", None),
        ("Compute the value $x$ of a series.", None),
        ("You should see the page.", None),
        ("Load the data.", None),
        ("The signal is noisy.", None),
        ("Note that the model is linear.", None),
    ],
)
def test_sentences_that_ask_for_something_become_requests(sentence, expected):
    assert as_request(sentence) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Plotting the residuals of a fit", "Plot the residuals of a fit"),
        ("Computing spectra", "Compute spectra"),
        ("Adjust exposure", "Adjust exposure"),
        ("Fitting and predicting: basics", "Fit and predict: basics"),
        ("Rescale, resize, and downscale", None),
        ("Pair Confusion Matrix", None),
        ("Smoothing splines", None),
        ("Model fitting and extrapolation", None),
        ("Introduction", None),
        ("Example 2", None),
    ],
)
def test_titles_that_say_what_is_done_become_requests(title, expected):
    assert title_request(title) == expected


def test_titles_lose_their_numbers_and_marks():
    assert clean_title("**2.1. Integral `feedback`**") == "Integral feedback"
    assert clean_title("Step 5 - Requesting forecasts") == "Requesting forecasts"


def test_a_sentence_that_announces_the_code_goes_before_others_and_what_the_calls_do_comes_last():
    text = "Compute the mean of the samples. The signal is long.\n\nNow draw the spectrum of it in red:\n\nNow draw the spectrum in red:"

    def sure(_: str) -> bool:
        return True

    assert make_request("Drawing a line", text, None, sure) == "Draw the spectrum in red"
    assert make_request("Drawing a line", "The signal is long.", "Smooth a signal", sure) == "Draw a line"
    assert make_request("Drawing a line", text, None, sure, broad=True) == "Draw a line"
    assert make_request("A line", "", "Smooth a signal", sure) == "Smooth a signal"
    assert make_request("Drawing a line", text, "Smooth a signal", lambda _: False) == "Smooth a signal"
    assert make_request("Straight line", "", None, sure) is None


def test_a_target_names_symbols_and_the_subject_that_it_does_not_name_itself():
    assert make_subject("Plotting spectra", "ECG analysis", "Plot the spectra") == "ECG analysis"
    assert make_subject("Example", "", "Plot the spectra") == ""
    assert make_subject("Created on Monday April 1st 2013", "", "Plot the spectra") == ""
    assert make_subject("Heating of May 2013", "Written by somebody", "Plot the spectra") == ""
    target = make_target("Plot the spectra", "ECG analysis", ["toy.a", "toy.b"], "toy")
    assert target == "Plot the spectra, using `toy.a` and `toy.b` of toy (subject: ECG analysis)."


def test_a_paragraph_of_narrative_that_points_elsewhere_is_left_out_as_a_whole():
    def sure(_: str) -> bool:
        return True

    text = "The filter removes slow changes from a noisy signal.\n\nThe filter is slow. See the page below.\n\n- a list\n\n```\ncode\n```"
    assert self_contained(text, 500, sure) == "The filter removes slow changes from a noisy signal."
    assert self_contained(text, 10, sure) == ""
    assert self_contained(text, 500, lambda _: False) == ""
    assert self_contained("Where the filter is long it removes slow changes from a signal.", 500, sure) == ""
    assert self_contained("The first plot shows that the filter removes slow changes.", 500, sure) == ""


def test_inputs_are_made_up_and_outputs_are_worked_out():
    code = (
        "import numpy as np\nimport toy\nimport matplotlib.pyplot as plt\n"
        "fs = 100\nt = np.arange(fs) / fs\nx = np.sin(t)\nunused = 3\n"
        "y = toy.smooth(x, fs)\nz = toy.peaks(y)\nfig, ax = plt.subplots()\nax.plot(z)\nprint(z)\n"
    )
    flow = read_flow(ast.parse(code), {"toy"})
    assert [(item.name, item.line) for item in flow.inputs] == [("fs", 4), ("x", 6)]
    assert [(item.name, item.line) for item in flow.outputs] == [("z", 9)]
    assert (flow.plots, flow.prints) == (True, False)
    assert flow.inputs[1].depends >= {"t", "fs"}


def test_an_object_that_is_only_worked_on_is_what_comes_out():
    flow = read_flow(ast.parse("import toy\nmodel = toy.Model()\nx = [1]\nmodel.fit(x)\n"), {"toy"})
    assert [item.name for item in flow.outputs] == ["model"]
    assert [item.name for item in flow.inputs] == ["x"]


def test_a_gallery_gives_rows_with_specification_and_place(script):
    kept = [item.row for item in rows(script) if isinstance(item, Kept)]
    assert [item.reason for item in rows(script) if isinstance(item, Rejected)] == ["only_imports", "package_unused"]
    row = kept[0]
    assert row.specification.target == (
        "Smooth a signal with a moving average (`smooth`), using `toy.smooth` of toy (subject: Smoothing a sensor signal - Generate the signal), "
        "with `smooth(x, 5)`."
    )
    # What `x` is made by needs `t` and `rng`, which nobody knows who reads the specification.
    assert [(item.name, item.description) for item in row.specification.inputs] == [("x", None)]
    assert [item.name for item in row.specification.outputs] == ["y"]
    assert (row.kind, row.symbol, row.imports) == ("example", "toy.smooth", ("numpy", "toy"))
    assert "- `toy.smooth`: Smooth a signal with a moving average." in row.documentation
    assert sha256_bytes(script.data[slice(*row.source.span)]) == row.source.span_sha256
    check_row(row.to_json(), "cgd", "here")


def test_rates_units_and_values_of_inputs_are_told_as_far_as_they_need_no_hidden_names():
    code = '"""Smooth a long signal"""\nimport numpy as np\nimport toy\ndef hidden():\n    return 2\nfs = 50.0\nwidth = 5  # window in samples\nx = np.zeros(10) / fs\nt = np.linspace(0, fs, 20)\nlate = [hidden() for _ in x]\nbare = hidden() / 2\ny = toy.smooth(x, t, width, fs, late, bare)\n'
    (kept,) = rows(Document("a.py", "script", code.encode()))
    told = {item.name: (item.type, item.shape, item.unit, item.rate_hz, item.description) for item in kept.row.specification.inputs}
    assert told == {
        "fs": ("float", None, "Hz", None, "`50.0`"),
        "width": ("int", None, "samples", None, "window in samples; `5`"),
        "x": (None, None, None, None, "`np.zeros(10) / fs`"),
        "late": ("list", None, None, None, None),
        "t": ("ndarray", "(20,)", None, 50.0, "`np.linspace(0, fs, 20)`"),
        "bare": (None, None, None, None, None),
    }


def test_the_same_example_counts_once_and_the_script_is_kept(notebook):
    code = "import toy\nx = [1]\ny = toy.smooth(x)\n"
    script = Document("b/a.py", "script", f'"""Smooth a long signal"""\n{code}'.encode())
    other = Document("a/a.ipynb", "notebook", notebook(("markdown", "Smooth a long signal:"), ("code", code)))
    first, second = rows(other, script)
    assert first.row.source.path == "b/a.py"
    assert (second.reason, second.place) == ("same_example", "a/a.ipynb:1")
    assert [item.reason for item in rows(script, other) if isinstance(item, Rejected)] == ["same_example"]


def test_what_fetches_data_is_dropped_on_request():
    code = '"""Smooth a long signal"""\nimport toy\ny = toy.smooth(toy.fetch_room())\n'
    document = Document("a.py", "script", code.encode())
    assert [type(item) for item in rows(document)] == [Kept]
    assert [item.reason for item in rows(document, keep_downloads=False)] == ["network"]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import toy\ny = toy.smooth(1)\n", "made"),
        ('"""Example"""\nimport toy\ny = toy.plain([1])\n', "no_target"),
        ('"""Smooth a long signal"""\nimport toy\ntoy.smooth(1)\n', "no_output"),
        ('"""Smooth a long signal"""\nimport toy\ny = toy.other.smooth([1])\n', "no_symbol"),
        ('"""Smooth a long signal"""\nimport toy\ny = toy.smooth("\u202e")\n', "unsafe_text"),
        ('"""Smooth a long signal"""\nimport toy\ny = toy.smooth("""\n```\n""")\n', "unsaid_setting"),
        ('"""Smooth a long signal"""\nimport toy\nx = [1]\nprint(toy.smooth(x))\nx = [2, 3]\nprint(toy.smooth(x))\n', "unnamed_operand"),
        ('"""Smooth a long signal"""\nimport toy\nx = [2, 3]\ny = toy.smooth(x)\n', "made"),
        ('"""Smooth a long signal"""\nimport toy\nx = [1, 2]\nz = [3]\ntoy.smooth(x)\nz.smooth(x)\n', "output_is_input"),
        ('"""Smooth a long signal"""\nimport toy\ndef f(v):\n    return v\nx = [2, 3]\ny = toy.smooth(x, f)\n', "unnamed_operand"),
        ('"""Smooth a long signal"""\nimport toy\nx = toy.read("https://a.org/x.csv")\ny = toy.smooth(x)\n', "unnamed_data"),
    ],
)
def test_a_program_without_a_sound_row_says_why(code, reason):
    (made,) = rows(Document("a.py", "script", code.encode()))
    assert getattr(made, "reason", "made") == reason


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy\nm = toy.Model(3)\n", "trivial"),
        ("import toy\nx = [1]\ntoy.smooth(x)\n", "discards_result"),
        ("import toy\nx = [1]\ntoy.plot_room(x)\n", None),
        ("import toy\nroom = toy.Room([1])\nroom.rank()\n", "discards_result"),
        ("import toy\nroom = toy.Room([1])\nroom.warm()\n", None),
        ("import toy\nx = [1]\nprint(toy.smooth(x))\n", None),
        ("import toy\nx = [1]\nx.sort()\n", None),
        ("import toy\nm = toy.Model().fit(1)\nm.transform(1)\nprint(m.x)\n", "discards_result"),
        ("import toy\nm = toy.Model()\nm.fit_transform(1)\nprint(m.x)\n", "discards_result"),
        ("import toy\nm = toy.Model()\nm.fit(1)\nm.evaluate(-1)\nprint(m.x)\n", "discards_result"),
        ("import toy\ny = toy.Room(1)\ny.interp(2)\nprint(y.a)\n", "discards_result"),
        ("import toy\nx = toy.open(1)\ntoy.open_room(x)\nprint(x)\n", "discards_result"),
        ("import toy\ndef f():\n    return 1\nx = f()\ndef f():\n    return 2\ny = toy.smooth(f())\n", "several_examples"),
        ("import toy\nm = toy.fit(1)\nprint(m.a)\nm = toy.fit(2)\nprint(m.a)\nm = toy.fit(3)\nprint(m.a)\n", "several_examples"),
        ("import toy\nx = toy.read(1)\nx = toy.smooth(x)\nx = toy.smooth(x)\nprint(x)\n", None),
        ("import toy\nm = toy.Model()\nprint(m.predict_one(1))\n", "untrained_model"),
        ("import toy\nm = toy.Scaler() | toy.Model()\ny = m.predict_one(1)\n", "untrained_model"),
        ("import toy\nm = toy.Model()\nfor x in toy.room():\n    y = m.predict_one(x)\n    m.learn_one(x)\n", None),
        ("import toy\nm = toy.Model()\ntoy.teach(m)\ny = m.predict(1)\n", None),
        ("import toy\nm = toy.Model(1)\nr = m.estimate()\ny = m.predict(r.params)\n", None),
        ("import toy\nm = toy.Model(1).fit()\ny = m.predict(2)\n", None),
        ("import toy\nm = toy.Model(a=1)\nm.fit(1)\nm = toy.Model(a=2)\n", "unfinished"),
        ("import toy\nm = toy.Model(a=1)\nm.fit(1)\nm = toy.Model(a=2)\nm.fit(1)\n", None),
    ],
)
def test_nobody_asks_for_one_object_a_result_that_is_dropped_or_a_model_that_has_learned_nothing(code, expected):
    assert worthless(ast.parse(code), {"toy"}) == expected


def test_cells_under_one_heading_are_introduced_once_and_the_docstring_is_not_printed(notebook):
    cells = (
        ("markdown", "# Smooth the noisy room"),
        ("code", "import toy\nprint(__doc__)\nnoisy_room = [1]"),
        ("markdown", "Words."),
        ("code", "smooth_room = toy.smooth(noisy_room)"),
        ("markdown", "Words."),
        ("code", "found = toy.peaks(smooth_room)"),
    )
    codes = [item.row.code for item in rows(Document("a.ipynb", "notebook", notebook(*cells))) if isinstance(item, Kept)]
    assert codes
    assert all(code.count("# Smooth the noisy room.") <= 1 and "__doc__" not in code for code in codes)


def test_a_program_of_several_examples_gives_no_row():
    code = '"""Smooth a long signal"""\nimport toy\na = [1]\nb = 2\nprint(toy.smooth(a, b))\na = [3]\nb = 4\nprint(toy.smooth(a, b))\n'
    (made,) = rows(Document("a.py", "script", code.encode()))
    assert made.reason == "several_examples"


def test_what_a_line_asks_for_is_no_description_of_what_it_binds():
    code = '"""Smooth a long signal"""\nimport toy\nx = [1]  # make a list\nw = 2  # the window\ny = toy.smooth(x, w)\n'
    (kept,) = rows(Document("a.py", "script", code.encode()))
    assert [item.description for item in kept.row.specification.inputs] == ["`[1]`", "the window; `2`"]


def test_a_plain_line_plot_is_no_target():
    code = '"""Title"""\nimport matplotlib.pyplot as plt\nfig, ax = plt.subplots()\nax.plot([1])\n'
    index = Index((Named("matplotlib.pyplot.subplots"), Named("matplotlib.axes.Axes"), Named("matplotlib.axes.Axes.plot")))
    assert [item.reason for item in gallery_rows(SOURCE, [Document("a.py", "script", code.encode())], index)] == ["no_target"]


def test_a_program_that_only_sets_up_and_one_that_needs_an_earlier_figure_say_why(notebook):
    setup = '"""Smooth a long signal"""\nimport toy\ny = toy.read_room("x")\n'
    index = Index((Named("toy.read_room"),))
    assert [item.reason for item in gallery_rows(SOURCE, [Document("a.py", "script", setup.encode())], index)] == ["only_setup"]
    mark = "def mark(ax, room):\n    ax.plot(room)"
    cells = (
        ("markdown", "# Smooth the noisy room"),
        ("code", f"import toy\nimport matplotlib.pyplot as plt\n{mark}\nroom = [1]\nfig, ax = plt.subplots()\nmark(ax, room)"),
        ("markdown", "# Smooth a room"),
        ("code", "fig, ax = plt.subplots()\nax.plot(toy.smooth(room))"),
    )
    assert "several_figures" in [getattr(item, "reason", "") for item in rows(Document("a.ipynb", "notebook", notebook(*cells)))]
