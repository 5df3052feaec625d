from __future__ import annotations

from gpiot_data.packages.docstrings import parse_docstring
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.examples import Program
from gpiot_data.packages.results import named_outputs, outputs_fault, outputs_given
from gpiot_data.packages.sheets import one_line
from gpiot_data.packages.signatures import Parameter
from gpiot_data.packages.symbols import Symbol

PARAMETERS = (Parameter("x", "x", True), Parameter("full", "full=False", True), Parameter("inplace", "inplace: bool = True", True))


def symbol(kind="function", name="toy.mean"):
    return Symbol(kind, name, PARAMETERS, "", "p.py", (1, 1), (0, 1), "0")


def entry(name, description="", kind=None):
    return Entry(name, kind, None, description)


def outputs(code, *entries, of=None):
    found = named_outputs(Program(code, (), ""), of or symbol(), entries)
    return found and [(item.name, item.type, item.description) for item in found[1]]


def test_an_output_that_needs_an_argument_comes_only_with_it():
    rank = entry("rank", "The rank. Returned if `full` is True.")
    copy = entry("copy", "The copy if `inplace` is set to `False`, returned only for `inplace` False.")
    same = entry("same", "Only returned if `inplace` is True.")
    assert [same] == outputs_given(symbol(), [rank, copy, same], ["x"])
    assert [rank, copy, same] == outputs_given(symbol(), [rank, copy, same], ["x", "full", "inplace"])


def test_an_output_has_the_name_that_the_program_binds():
    assert outputs("y = mean(x)", entry("out", "The mean.", "float")) == [("y", "float", "The mean.")]
    assert outputs("b, a = mean(x)", entry("num"), entry("den")) == [("b", None, ""), ("a", None, "")]
    assert outputs("a, _ = mean(x)", entry("num"), entry("den")) == [("a", None, "")]
    assert outputs("low, high = mean(x)", entry("", kind="tuple")) == [("low, high", "tuple", "")]


def test_the_results_of_a_model_are_not_the_model():
    model = symbol("class", "toy.Model")
    assert outputs("r = Model(x).fit()", entry("instance", kind="toy.Model"), of=model) == [("model", "toy.Model", "")]
    assert outputs("m = Model().fit(x)", entry("instance", kind="toy.Model"), of=model) == [("m", "toy.Model", "")]


def test_several_outputs_under_one_name_are_told_in_its_description():
    assert outputs("r = mean(x)", entry("num", "Its top.", "int"), entry("den")) == [("r", None, "`num` (int): Its top; `den`.")]
    fields = [("num", None, ""), ("den", None, "")]
    assert fields == outputs("r = mean(x)\nprint(r.num, r.den)", entry("num"), entry("den"))


def test_a_program_that_takes_another_number_of_values_is_refused():
    assert outputs("a, b = mean(x)", entry("p"), entry("q"), entry("r")) is None


def test_of_outputs_that_an_argument_chooses_those_are_given_whose_names_the_program_binds():
    either = [entry("b", "Numerator."), entry("a"), entry("z"), entry("p"), entry("k"), entry("sos", "Second-order sections.")]
    assert outputs("b, a = mean(x)", *either) == [("b", None, "Numerator."), ("a", None, "")]
    assert outputs("z, p, k = mean(x, 'zpk')", *either) == [("z", None, ""), ("p", None, ""), ("k", None, "")]
    assert outputs("a, b = mean(x)", *either) is None


def test_a_program_that_has_no_name_for_its_output_is_refused():
    assert outputs("print([mean(v) for v in x])", entry("p")) is None


def test_a_method_that_gives_its_object_is_named_by_it():
    fit = symbol("method", "toy.Model.fit")
    assert outputs("model.fit(x)", entry("self", "Fitted.", "object"), of=fit) == [("model", "object", "Fitted.")]


def test_nothing_is_no_output():
    assert outputs("mean(x)", entry("", "It prints.", "None")) == []


def test_a_case_among_the_returned_values_is_no_value():
    degree = entry("deg", "If a single node is requested, its degree.")
    view = entry("", "Iterator over nodes.")
    assert outputs_fault([degree, view], [degree, view]) is None
    assert (
        outputs_fault([entry("", "If a single node is requested"), degree], [entry("", "If a single node is requested"), degree])
        == "conditional_output"
    )
    assert outputs_fault([degree, entry("", kind="or"), view], [degree, entry("", kind="or"), view]) == "conditional_output"
    assert outputs_fault([degree], []) == "output_not_given"
    assert outputs_fault([], []) is None


def test_a_sentence_on_one_case_is_told_with_the_other_case():
    cases = "If `ax` is given, its figure. Otherwise a new figure. It is shown later."
    assert one_line(cases, brief=True) == "If `ax` is given, its figure. Otherwise a new figure."
    assert one_line("If `ax` is given, its figure. It is shown later.", brief=True) == "If `ax` is given, its figure."
    assert one_line("A new figure. Otherwise that of `ax`.", brief=True) == "A new figure."


def test_an_output_whose_type_or_section_states_the_condition_comes_only_with_it():
    described = Symbol(
        "function", "toy.fit", (Parameter("x", "x", True), Parameter("full", "full=0", True)), "", "p.py", (1, 1), (0, 1), "0"
    )
    entries = [entry("y", "The fit."), entry("info", "Details.\n\nOnly returned if full == True.")]
    assert [item.name for item in outputs_given(described, entries, ["x"])] == ["y"]
    assert [item.name for item in outputs_given(described, entries, ["x", "full"])] == ["y", "info"]


def test_a_condition_on_a_line_of_its_own_is_that_of_the_values_below():
    text = "Fit.\n\nReturns\n-------\ny : int\n    The fit.\n\nIf `full` is True, the following is also returned:\n\nz : int\n    More.\n"
    assert [(item.name, item.description) for item in parse_docstring(text).returns] == [
        ("y", "The fit."),
        ("z", "More.\n\nOnly returned if `full` is True."),
    ]


def test_each_of_several_outputs_is_told_in_one_sentence():
    made = outputs("res = mean(x)", entry("a", "If one, the sum. Otherwise the mean."), entry("b", "The count."))
    assert made == [("res", None, "`a`: If one, the sum; `b`: The count.")]


def test_several_values_under_one_name_have_no_methods():
    assert outputs("r = mean(x)\nr.show()", entry("fig"), entry("ax")) is None
    assert outputs("r = mean(x)\nr[0].show()", entry("fig"), entry("ax")) is not None


def test_a_type_with_signs_is_that_of_a_returned_value():
    text = "Compute it.\n\nReturns\n-------\nfloat\n    Similarity\narray-like, shape=(sz1, sz2)\n    Alignment matrix\n"
    assert [item.description for item in parse_docstring(text).returns] == ["Similarity", "Alignment matrix"]
