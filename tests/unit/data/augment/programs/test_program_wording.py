from __future__ import annotations

import ast

import pytest

from gpiot_data.augment.programs.wording import annotation, documentation_line, function_name, request_of


@pytest.mark.parametrize(
    ("request_", "name"),
    [
        ("Compute the maximum useful level of decomposition", "compute_maximum_useful_level"),
        ("Calculate the lag / displacement indices array for 1D cross-correlation", "calculate_lag_displacement_indices_array"),
        ("Reduce `array`'s dimension by one", "reduce_dimension"),
        ("Use", "apply_f"),
        ("Apply `f`", "apply_f"),
        ("Find peaks", "find_peaks_of_example"),
        ("Compute list of available wavelet names for the family", "compute_list_available_wavelet_names"),
        ("Compute zero, pole, gain (z, p, k) representation from a filter", "compute_zero_pole_gain_representation"),
        ("Filter data, one sample at a time", "filter_data"),
    ],
)
def test_a_function_is_named_by_verb_and_nouns(request_, name):
    assert function_name(request_, "f", {"find_peaks", "apply_f"} if request_ == "Find peaks" else ()) == name


def test_a_summary_whose_verb_is_not_known_is_no_request():
    assert request_of("Gives a new shape to an array.") is None
    assert request_of("Compute the mean.") == "Compute the mean"


def test_a_line_of_documentation_needs_no_escapes():
    assert documentation_line("Compute the mean") == '"""Compute the mean."""'
    assert documentation_line("Split at \\n") == ""
    assert documentation_line("x" * 101) == ""


@pytest.mark.parametrize(
    ("observed", "value", "names", "expected"),
    [
        ({"type": "ndarray", "shape": [3]}, "None", {"np": "numpy"}, "np.ndarray"),
        ({"type": "ndarray", "shape": [3]}, "None", {}, None),
        ({"type": "float"}, "3", {}, "float"),
        ({"type": "DataFrame"}, "None", {"pd": "pandas"}, "pd.DataFrame"),
        (None, "-3", {}, "int"),
        (None, "np.linspace(0, 1)", {"np": "numpy"}, "np.ndarray"),
        (None, "f()", {}, None),
    ],
)
def test_a_type_is_what_was_seen_or_what_the_literal_tells(observed, value, names, expected):
    assert annotation(observed, ast.parse(value, mode="eval").body, names) == expected


def test_a_function_that_makes_an_object_is_named_for_its_class():
    assert function_name("Create a `RandomOverSampler` to perform over-sampling", "RandomOverSampler", ()) == "create_random_over_sampler"
