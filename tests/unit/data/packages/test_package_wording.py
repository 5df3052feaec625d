from __future__ import annotations

import pytest

from gpiot_data.packages.wording import imperative, lower_first


@pytest.mark.parametrize(
    ("summary", "kind", "request_"),
    [
        ("Safely cast sparse indices.", "function", "Safely cast sparse indices"),
        ("Access a group of rows.", "function", "Access a group of rows"),
        ("Shear a matrix by a given factor.", "function", "Shear a matrix by a given factor"),
        ("Tests to see if a graph is connected.", "function", "Determine whether a graph is connected"),
        ("Return boolean whether a day is a holiday.", "function", "Determine whether a day is a holiday"),
        ("Returns True if G is a DAG or False if not.", "function", "Determine whether G is a DAG"),
        ("Return True if G is a forest, False otherwise.", "function", "Determine whether G is a forest"),
        ("Return Modulo of series and other.", "function", "Compute modulo of series and other"),
        ("Compute matrix logarithm.", "function", "Compute matrix logarithm"),
        ("Return available BLAS function objects from names.", "function", "Get available BLAS function objects from names"),
        ("Return the sample quantiles of `x`.", "function", "Compute the sample quantiles of `x`"),
        ("Returns the neighbors of a node.", "function", "Get the neighbors of a node"),
        ("An ndarray containing the values.", "function", "Get an ndarray containing the values"),
        ("Modified Bessel function of the first kind.", "function", "Compute the modified Bessel function of the first kind"),
        ("Return sample standard deviation over requested axis.", "function", "Compute sample standard deviation over requested axis"),
        ("Hodrick-Prescott filter.", "function", "Apply the Hodrick-Prescott filter"),
        ("Adaptive integration of a function.", "function", "Perform the adaptive integration of a function"),
        ("Return a function that draws noise.", "function", "Get a function that draws noise"),
        ("For each element in `a`, return a list of the words.", "function", "Get a list of the words for each element in `a`"),
        (
            "Band Stop Objective Function for order minimization.",
            "function",
            "Compute the Band Stop Objective Function for order minimization",
        ),
        (
            "DummyClassifier makes predictions that ignore the input.",
            "class",
            "Create a DummyClassifier that makes predictions that ignore the input",
        ),
        ("Micro-average Jaccard score.", "class", "Compute the micro-average Jaccard score"),
        ("Nu Support Vector Regression.", "class", "Apply Nu Support Vector Regression"),
        ("Class implementing the Value Difference Metric.", "class", "Use the Value Difference Metric"),
        ("Extends `LEDBoard` for the Ryanteck SnowPi board.", "class", "Create a LEDBoard for the Ryanteck SnowPi board"),
        ("One-dimensional array with labels.", "class", "Create a one-dimensional array with labels"),
        ("Lower triangle of an array.", "function", "Get the lower triangle of an array"),
        ("Provide useful information for bug reports.", "function", "Provide useful information for bug reports"),
        (
            "Repeated class-wise stratified K-Fold cross validator.",
            "class",
            "Create a repeated class-wise stratified K-Fold cross validator",
        ),
    ],
)
def test_a_summary_becomes_a_request(summary, kind, request_):
    assert imperative(summary, kind) == request_


@pytest.mark.parametrize(
    ("summary", "kind"),
    [
        ("Base class for directed graphs.", "class"),
        ("Synonym of property `inv`.", "function"),
        ("Is the Markov process random?", "function"),
        ("The filling value of the masked array is a scalar.", "function"),
        ("CluStream.", "class"),
        ("Pytest specific decorator for parametrizing checks.", "function"),
        ("Based on input arrays, determine a data type.", "function"),
        ("Context manager to set the backend.", "function"),
    ],
)
def test_what_is_no_request_becomes_none(summary, kind):
    assert imperative(summary, kind) is None


def test_names_and_title_case_keep_their_capitals():
    assert lower_first("Mean of x") == "mean of x"
    assert lower_first("Huber loss") == "Huber loss"
    assert lower_first("Owen's T function") == "Owen's T function"
    assert lower_first("Multi Layer Perceptron") == "Multi Layer Perceptron"


@pytest.mark.parametrize(
    ("summary", "kind", "expected"),
    [
        (
            "Container for the Philox (4x64) pseudo-random number generator.",
            "class",
            "Create a container for the Philox (4x64) pseudo-random number generator",
        ),
        ("Two DateOffset's per month repeating on the first day of the month.", "class", None),
        ("DateOffset subclass representing possibly n business days.", "class", None),
        ("Transformer mixin that performs feature selection given a mask.", "class", None),
        ("Sparse coding.", "class", "Apply sparse coding"),
        ("Decisions boundary visualization.", "class", None),
        ("Invoke function on values of Series.", "function", "Invoke function on values of Series"),
        ("Compose graph G with H into one graph.", "function", "Compose graph G with H into one graph"),
        ("Lag plot for time series.", "function", "Draw a lag plot for time series"),
        ("Elements in `data` that are `fill_value` are not stored.", "function", None),
        ("Subroutine for orthogonal rotation of the matrix.", "function", None),
    ],
)
def test_a_name_is_asked_for_only_where_it_is_one_thing_to_make(summary, kind, expected):
    assert imperative(summary, kind) == expected


def test_a_plot_like_another_is_no_request():
    assert imperative("Plot similar to CDDs, but allows more.", "function") is None
    assert imperative("Plot the signal.", "function") == "Plot the signal"
