from __future__ import annotations

from dataclasses import replace

from gpiot_data.augment.programs.variants import MAX_VARIANTS, Origin, make_variants
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.quality.skeletons import code_skeleton
from gpiot_data.schema import Expected

CODE = """\
import statistics

x = [1, 5, 2, 8, 4, 4, 7, 9, 3]
y = statistics.quantiles(x, n=4)
span = y[-1] - y[0]
print(span)
# -> 5.0

# Take the extremes as they are:
print(statistics.quantiles(x, n=2, method="inclusive"))
# -> [4]
"""
DOCUMENTATION = Documentation(
    "Divide data into intervals.",
    parameters=(
        Entry("data", "list", None, "The data to divide."),
        Entry("n", "int", None, "Number of intervals of equal probability."),
    ),
)
ORIGIN = Origin(
    id="3",
    code=CODE,
    symbol="statistics.quantiles",
    package="toy",
    documentation=DOCUMENTATION,
    expected=(Expected(6, "5.0"), Expected(10, "[4]")),
    parameters=("data",),
    observed={"x": {"type": "Series", "shape": [9], "dtype": "int64"}},
    tags=("signal",),
)


def test_variants_give_what_the_origin_gives(run):
    made = make_variants(ORIGIN, code_skeleton)
    assert made.variants
    for variant in made.variants:
        old, _ = run(CODE)
        new, _ = run(variant.code)
        assert variant.compare
        assert [eval(mine, dict(old)) for mine, _ in variant.compare] == [eval(theirs, dict(new)) for _, theirs in variant.compare]


def test_no_two_programs_have_one_skeleton_and_there_are_few():
    for number in range(20):
        variants = make_variants(replace(ORIGIN, id=str(number)), code_skeleton).variants
        shapes = [code_skeleton(CODE), *(code_skeleton(variant.code) for variant in variants)]
        assert len(shapes) == len(set(shapes))
        assert len(variants) <= MAX_VARIANTS


def test_what_the_documentation_shows_stays_with_the_statement_that_shows_it():
    for variant in make_variants(ORIGIN, code_skeleton).variants:
        lines = variant.code.split("\n")
        for item in variant.expected:
            assert lines[item.line - 1].startswith("print(")
            assert lines[item.line] == f"# -> {item.output}"
        assert variant.expected


def test_one_variant_is_set_in_a_scenario_whose_name_its_input_has():
    for number in range(10):
        dressed = [variant for variant in make_variants(replace(ORIGIN, id=str(number)), code_skeleton).variants if variant.scenario]
        assert [{"x"}] == [set(variant.renamed) for variant in dressed]
        assert dressed[0].target.startswith("For ")
        assert set(dressed[0].renamed.values()) <= set(dressed[0].inputs)


def test_the_target_names_the_symbol_the_case_and_the_function():
    plain = make_variants(replace(ORIGIN, observed={}), code_skeleton).variants
    targets = [variant.target for variant in plain]
    start = "Divide data into intervals with `statistics.quantiles` of toy, with `n=4`: number of intervals of equal probability"
    assert f"{start}." in targets
    assert any(target.startswith(f"{start}; as a function `divide_data` of `") for target in targets)


def test_every_refusal_has_an_operation_and_a_reason():
    assert make_variants(replace(ORIGIN, code="x = ("), code_skeleton).refused == (("roles", "not_python"),)
    refused = make_variants(replace(ORIGIN, observed={}), code_skeleton).refused
    assert ("scenario", "input_not_observed") in refused
    assert ("function", "several_cases") in refused


def test_the_same_origin_gives_the_same_variants():
    assert make_variants(ORIGIN, code_skeleton) == make_variants(ORIGIN, code_skeleton)


def test_there_are_no_more_variants_than_asked_for():
    assert len(make_variants(ORIGIN, code_skeleton, 1).variants) == 1
    assert ("focus", "enough") in make_variants(ORIGIN, code_skeleton, 1).refused


WHOLE = ORIGIN.code.split("\n\n# Take")[0] + "\n"


def test_a_program_with_a_purpose_of_its_own_is_kept_whole():
    origin = replace(
        ORIGIN,
        code=WHOLE,
        expected=(Expected(6, "5.0"),),
        observed={},
        request="Measure the spread of data, using `statistics.quantiles` of toy",
    )
    variants = make_variants(origin, code_skeleton).variants
    assert [variant.operation for variant in variants] == ["function"]
    assert variants[0].target.startswith(
        "Measure the spread of data, using `statistics.quantiles` of toy, as a function `measure_spread` of `"
    )
    assert '"""Measure the spread of data."""' in variants[0].code


def test_a_documented_name_that_is_a_keyword_names_nothing():
    code = "import statistics\n\nprint(statistics.mean([1, 2, 3]))\n# -> 2\n"
    documentation = Documentation("Compute the mean.", returns=(Entry("in", "float", None, "The mean."),))
    origin = replace(
        ORIGIN, code=code, symbol="statistics.mean", documentation=documentation, expected=(), parameters=("lambda",), observed={}
    )
    assert ("function", "no_input") in make_variants(origin, code_skeleton).refused
    (variant,) = make_variants(replace(origin, parameters=("data",)), code_skeleton).variants
    assert (variant.inputs, variant.outputs) == (("data",), ("result",))


def test_the_documentation_of_a_function_speaks_of_its_own_variables():
    documentation = replace(DOCUMENTATION, summary="Divide `data` into intervals.")
    origin = replace(ORIGIN, code=WHOLE.replace("x", "series"), expected=(), observed={}, documentation=documentation)
    functions = [variant for variant in make_variants(origin, code_skeleton).variants if variant.operation == "function"]
    assert ['"""Divide `series` into intervals."""' in variant.code for variant in functions] == [True]
    assert functions[0].defaults == (("n", "4"),)


def test_a_request_for_more_than_the_call_has_no_function():
    origin = replace(ORIGIN, code=WHOLE, expected=(), observed={})
    for request, is_class in (("Divide data, then draw a plot", False), ("Fit a model", True)):
        asked = replace(origin, request=f"{request}, using `statistics.quantiles` of toy", is_class=is_class)
        assert make_variants(asked, code_skeleton).refused[-1] == ("function", "request_beyond_call")
    asked = replace(origin, request="Divide data, using `statistics.quantiles` of toy")
    assert [variant.operation for variant in make_variants(asked, code_skeleton).variants] == ["function"]


def test_a_function_of_a_class_is_asked_to_make_an_object():
    code = "import collections\n\nx = ['a', 'b', 'a']\nc = collections.Counter(x)\nprint(c.total())\n# -> 3\n"
    origin = replace(
        ORIGIN,
        code=code,
        symbol="collections.Counter",
        documentation=Documentation("Count items."),
        expected=(),
        is_class=True,
        observed={},
    )
    (variant,) = make_variants(origin, code_skeleton).variants
    assert variant.target.startswith("Create a `Counter` to count items with `collections.Counter` of toy, as a function `create_counter`")
    assert (variant.inputs, variant.outputs) == (("x",), ("c",))


def test_a_request_that_calls_the_input_as_the_output_is_called_has_no_function():
    documentation = replace(DOCUMENTATION, summary="Divide G into intervals.")
    code = "import statistics\n\nH = [1, 5, 2]\nG = statistics.quantiles(H, n=4)\nprint(G)\n"
    origin = replace(ORIGIN, code=code, expected=(), observed={}, documentation=documentation, parameters=("G",))
    assert ("function", "names_crossed") in make_variants(origin, code_skeleton).refused
    other = replace(origin, code=code.replace("G =", "cuts =").replace("print(G)", "print(cuts)"))
    assert [variant.outputs for variant in make_variants(other, code_skeleton).variants] == [("cuts",)]
