from __future__ import annotations

import ast
from types import SimpleNamespace

import pytest

from gpiot_data.packages.galleries.methods import used_methods
from gpiot_data.packages.galleries.subjects import main_symbols, symbol_counts
from gpiot_data.packages.references import PublicNames

PUBLIC = PublicNames(["toy.Room", "toy.Room.warm", "toy.smooth", "matplotlib.axes.Axes", "matplotlib.axes.Axes.bar"])


def program(*symbols: str, own: tuple[str, ...] = (), text: str = "") -> SimpleNamespace:
    return SimpleNamespace(symbols=symbols, own_symbols=own, title="", text=text)


def test_the_own_symbol_that_the_fewest_programs_use_comes_first():
    programs = [program("toy.smooth", "toy.peaks"), program("toy.smooth"), program("toy.base", "toy.smooth", own=("toy.smooth",))]
    counts = symbol_counts(programs)
    assert [main_symbols(made, counts)[0] for made in programs] == ["toy.peaks", "toy.smooth", "toy.smooth"]


def test_of_symbols_that_are_as_rare_the_one_that_is_named_comes_first():
    assert main_symbols(program("toy.smooth", "toy.peaks", text="Find the peaks."), {}) == ("toy.peaks", "toy.smooth")


def test_what_adds_to_a_figure_comes_last_unless_words_name_it():
    symbols, counts = ("matplotlib.axes.Axes.plot", "matplotlib.axes.Axes.legend"), {"matplotlib.axes.Axes.plot": 9}
    assert main_symbols(program(*symbols), counts) == symbols
    assert main_symbols(program(*symbols, text="A legend."), counts) == symbols[::-1]


@pytest.mark.parametrize(
    "symbol",
    [
        "matplotlib.pyplot.subplots",
        "matplotlib.pyplot.xlabel",
        "matplotlib.style.use",
        "matplotlib.axes.Axes.set_title",
        "mne.io.read_raw_fif",
        "sklearn.model_selection.train_test_split",
        "sktime.split.temporal_train_test_split",
        "sklearn.datasets.load_iris",
        "toy._base.smooth",
        "toy.base._Room.warm",
    ],
)
def test_what_sets_other_things_up_and_what_is_private_is_no_subject(symbol):
    assert main_symbols(program(symbol), {}) == ()
    assert main_symbols(program(symbol, "toy.smooth"), {"toy.smooth": 9}) == ("toy.smooth",)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy\nroom = toy.Room()\nroom.warm()\nroom.other()", ("toy.Room.warm",)),
        ("import toy\nroom = toy.Room()\nroom = cold(room)\nroom.warm()", ()),
        ("import toy\nroom = toy.Room().fit()\nroom.warm()", ()),
        ("axs[0].bar([1], [2])\nax.bar([1], [2])", ("matplotlib.axes.Axes.bar",)),
        ("ax = fig.add_subplot(projection='3d')\nax.bar([1], [2])", ()),
        ("other.bar([1], [2])", ()),
    ],
)
def test_methods_count_where_the_class_of_their_object_is_sure(code, expected):
    assert used_methods(ast.parse(code), PUBLIC) == expected
