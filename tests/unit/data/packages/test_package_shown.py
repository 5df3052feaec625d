from __future__ import annotations

import pytest

from gpiot_data.packages.shown import MAX_VALUE_LINES, shown_statement


@pytest.mark.parametrize(
    ("value", "comment"),
    [
        ("4", ["4"]),
        ("'abc'", ["abc"]),
        ("(1, 'a')", ["(1, 'a')"]),
        ("np.float64(0.5)", ["0.5"]),
        ("np.True_", ["True"]),
        ("dtype('int32')", ["int32"]),
        ("Timestamp('2020-01-01 00:00:00')", ["2020-01-01 00:00:00"]),
        ("array([1., 2.])", ["[1. 2.]"]),
        ("array([[1. , 2. ],\n       [3. , 0.5]])", ["[[1.  2. ]", " [3.  0.5]]"]),
        ("{'a': array([1, 2])}", ["{'a': array([1, 2])}"]),
        ("0    NaN\n1    2.0\ndtype: float64", ["0    NaN", "1    2.0", "dtype: float64"]),
        ("DatetimeIndex(['2020'], dtype='datetime64[ns]')", ["DatetimeIndex(['2020'], dtype='datetime64[ns]')"]),
    ],
)
def test_the_comment_has_what_print_writes(value, comment):
    assert shown_statement("f(x)", value).split("\n") == ["print(f(x))", *(f"# -> {line}" for line in comment)]


@pytest.mark.parametrize(
    "value",
    [
        "array([ 1.,  2.], dtype=weird)",
        "Rotation(1)",
        "masked_array(data=[1])",
        "array([1, ..., 2])",
        "a\n<BLANKLINE>\nb",
        "[[3], # uninitialized\n [4]]",
        "\n".join("x" for _ in range(MAX_VALUE_LINES + 1)),
    ],
)
def test_a_value_that_print_may_write_otherwise_has_no_comment(value):
    assert shown_statement("f(x)", value) == "print(f(x))"


def test_what_may_vary_has_no_comment():
    assert shown_statement("f(x)  # may vary", "4") == "print(f(x))"


def test_a_statement_that_prints_keeps_its_lines_and_is_not_printed_again():
    assert shown_statement("print(x)", "[1 2]\n[3 4]") == "print(x)\n# -> [1 2]\n# -> [3 4]"
    assert shown_statement("pprint(x)", "{'a': 1}") == "pprint(x)"
    assert shown_statement("pd.show_versions()", "INSTALLED") == "pd.show_versions()"


def test_a_name_alone_is_printed_and_an_object_of_no_text_goes():
    assert shown_statement("rr", "") == "print(rr)"
    assert shown_statement("ax", "<Axes: >") == ""
    assert shown_statement("plt.gca()", "<Axes: >") == "plt.gca()"


def test_a_call_without_shown_value_is_printed_only_on_demand():
    assert shown_statement("f(x)", "") == "f(x)"
    assert shown_statement("f(x)", "", prints=True) == "print(f(x))"
    assert shown_statement("model.fit(x)", "Model()", prints=True) == "model.fit(x)"


def test_a_name_behind_its_own_assignment_goes():
    assert shown_statement("a = f(x); a", "array([1])") == "a = f(x)"


def test_a_styled_table_is_not_printed():
    assert shown_statement("df.style.hide([0])", "  a\n0 1") == "df.style.hide([0])"


def test_names_without_brackets_are_printed_as_the_tuple_that_they_are():
    assert shown_statement("a, b", "(2, False)") == "print((a, b))\n# -> (2, False)"
    assert shown_statement("(a, b)", "(2, False)") == "print((a, b))\n# -> (2, False)"


def test_classes_and_arrays_of_pandas_are_shown():
    assert shown_statement("type(x)", "<class 'int'>") == "print(type(x))\n# -> <class 'int'>"
    assert shown_statement("f(x)", "<PeriodArray>\n['2023']\nLength: 1") == "print(f(x))\n# -> <PeriodArray>\n# -> ['2023']\n# -> Length: 1"


def test_a_dtype_prints_otherwise_than_it_is_shown():
    assert shown_statement("s.dtype", "Int8Dtype()") == "print(s.dtype)"
    assert shown_statement("make()", "StandardScaler()") == "print(make())\n# -> StandardScaler()"


@pytest.mark.parametrize("value", ["Text(0.5, 1.0, 'Sinc')", "(array([1, 2]), <BarContainer object of 2 artists>)"])
def test_what_is_drawn_is_not_printed(value):
    assert shown_statement("plt.title('Sinc')", value) == "plt.title('Sinc')"


@pytest.mark.parametrize(("value", "printed"), [("dtype('S11')", "|S11"), ("dtype('<U3')", "<U3"), ("dtype('float64')", "float64")])
def test_a_type_of_bytes_is_printed_with_its_bar(value, printed):
    assert shown_statement("f(x)", value) in (f"print(f(x))\n# -> {printed}", "print(f(x))" if printed[0] == "<" else "")
