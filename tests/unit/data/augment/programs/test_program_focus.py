from __future__ import annotations

import ast

import pytest

from gpiot_data.augment.programs.focus import find_cases
from gpiot_data.augment.programs.phrases import arguments_clause, value_phrase
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import find_roles
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry

METHOD = Entry(
    "method",
    "str",
    None,
    "How cuts are placed:\n\n- `inclusive`: the data holds its own extremes.\n- `exclusive`: the population may go beyond the data.",
)
COUNT = Entry("n", "int", None, "Number of intervals of equal probability. More words.")
DOCUMENTATION = Documentation("Cut data.", parameters=(COUNT, METHOD))
CODE = """\
import statistics
import matplotlib.pyplot as plt

data = [1, 5, 2, 8]
spare = [3, 4]
low = statistics.quantiles(data, n=4, method="inclusive")
span = low[-1] - low[0]
print(span)
# -> 3.5
plt.plot(low)
plt.show()

# Cut it coarsely:
high = statistics.quantiles(spare, n=4, method="exclusive")
print(high)
"""


def cases_of(code: str, documentation: Documentation = DOCUMENTATION):
    return find_cases(find_roles(code, "statistics.quantiles"), documentation)


def test_each_use_with_other_arguments_is_a_case_with_what_it_needs_and_shows():
    first, second = cases_of(CODE)
    assert CODE.partition("\n# Cut")[0].replace("spare = [3, 4]\n", "") == first.code
    assert (
        second.code
        == 'import statistics\n\nspare = [3, 4]\n\n# Cut it coarsely:\nhigh = statistics.quantiles(spare, n=4, method="exclusive")\nprint(high)\n'
    )


def test_the_clause_names_what_sets_the_case_apart_and_what_the_documentation_says_of_it():
    assert [case.clause for case in cases_of(CODE)] == [
        ", with `method='inclusive'`: the data holds its own extremes",
        ", with `method='exclusive'`: the population may go beyond the data",
    ]


def test_a_case_gives_the_values_of_the_program(run):
    code = CODE.replace("import matplotlib.pyplot as plt\n", "").replace("plt.plot(low)\nplt.show()\n", "")
    whole, _ = run(code)
    for case in cases_of(code):
        names, _ = run(case.code)
        assert {name: whole[name] for name in case.shared} == {name: names[name] for name in case.shared}
        assert case.shared


def test_the_lead_of_a_case_without_arguments_of_its_own_is_its_target():
    code = "import statistics\nx = [1, 2, 3]\nprint(statistics.quantiles(x))\n\n# Compute the cuts of a longer list:\nprint(statistics.quantiles(x + [9, 9]))\n"
    assert [case.clause for case in cases_of(code)] == [": compute the cuts of a longer list"]


def test_a_figure_that_draws_more_than_the_case_has_is_left_out():
    code = CODE.replace("plt.plot(low)", "plt.plot(low, spare)")
    assert "plt" not in cases_of(code)[0].code


@pytest.mark.parametrize(("tail", "reason"), [("", "one_case"), ("y = statistics.quantiles(data + x)\n", "nothing_said")])
def test_a_program_without_cases_is_refused(tail, reason):
    with pytest.raises(Refused) as caught:
        cases_of(f"import statistics\ndata = [1, 2]\nx = statistics.quantiles(data)\nprint(x)\n{tail}")
    assert reason == caught.value.reason


@pytest.mark.parametrize(
    ("description", "value", "phrase"),
    [
        ("If True, the mean is removed first.", "True", "the mean is removed first"),
        ("If True, the mean is removed first.", "False", None),
        ("Whether to remove the mean of each segment.", "True", "remove the mean of each segment"),
        (
            "The kind. If `kind == 'linear'` (default), a line is fitted. If `kind == 'constant'`, only the mean is removed.",
            "'constant'",
            "only the mean is removed",
        ),
        ("Whether or not they are a rename or a reordering of the old ones.", "True", None),
        ("- `line`: a line is fitted\n- `constant`: assumed to be `cval` outside", "'constant'", None),
        ("The capacity of the filter, i.e., the number of items to store.", "3", "the capacity of the filter"),
        ("Scorer to use.", "'accuracy'", None),
        ("See the notes below for details of this.", "3", None),
        ("Number of points (default: 5); more is slower.", "3", "number of points"),
    ],
)
def test_the_phrase_of_an_argument_is_what_is_said_of_its_value(description, value, phrase):
    assert phrase == value_phrase(Entry("p", None, None, description), ast.parse(value, mode="eval").body)


def test_arguments_are_joined_to_one_clause():
    assert arguments_clause([("a", "1", "controls the size")]) == ", with `a=1`, which controls the size"
    assert (
        arguments_clause([("a", "1", "number of points"), ("b", "2", None), ("c", "3", None)])
        == ", with `a=1` (number of points), `b=2` and `c=3`"
    )


@pytest.mark.parametrize(
    ("lead", "clauses"),
    [("Cut the data", []), ("Plot the coarse intervals", [": plot the coarse intervals"])],
)
def test_a_lead_that_says_what_the_summary_says_is_no_clause(lead, clauses):
    code = f"import statistics\n\na = [1, 5]\nb = [2, 8]\nlow = statistics.quantiles(a)\n\n# {lead}:\nhigh = statistics.quantiles(b)\n"
    if not clauses:
        with pytest.raises(Refused, match="nothing_said"):
            cases_of(code, Documentation("Cut data."))
    else:
        assert [case.clause for case in cases_of(code, Documentation("Cut data."))] == clauses
