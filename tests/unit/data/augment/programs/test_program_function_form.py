from __future__ import annotations

import ast

import pytest

from gpiot_data.augment.programs.function_form import to_function
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import find_roles

CODE = '''\
import numpy as np

# Make a series:
x = np.arange(8.0)
width = 3
text = """two
  lines"""

# Smooth it:
kernel = np.ones(width) / width
y = np.convolve(x, kernel,
                mode="same")
top = y.max()
print(y.shape, top)
# -> (8,) 6.0
print(text)
'''


def form_of(code: str, symbol: str = "numpy.convolve", **more):
    return to_function(find_roles(code, symbol), "Compute the moving average of a series", **more)


def test_a_program_becomes_a_function_its_inputs_a_call_and_its_shows():
    form = form_of(CODE, observed={"y": {"type": "ndarray"}, "top": {"type": "float64"}})
    head, _, rest = form.code.partition("\n\n\n")
    assert head == "import numpy as np"
    assert rest.startswith(
        'def compute_moving_average(x: np.ndarray, kernel, mode: str = "same"):'
        + '\n    """Compute the moving average of a series."""\n    y = np.convolve(x, kernel,\n                    mode=mode)\n    top = y.max()\n    return y, top\n'
    )
    assert rest.endswith("y, top = compute_moving_average(x, kernel)\nprint(y.shape, top)\n# -> (8,) 6.0\nprint(text)\n")


def test_the_function_form_gives_the_values_and_the_output_of_the_program(run):
    form = form_of(CODE)
    (old, old_out), (new, new_out) = run(CODE), run(form.code)
    assert old_out == new_out
    assert {"x", "width", "text", "kernel", "y", "top"} == set(form.shared)
    assert [np_list(old[name]) for name in form.shared] == [np_list(new[name]) for name in form.shared]


def np_list(value):
    return value.tolist() if hasattr(value, "tolist") else value


def test_an_expression_that_is_shown_is_what_the_function_returns(run):
    code = "import statistics\n\nprint(statistics.quantiles([1, 2, 3, 9], n=4))\n# -> [1.25, 2.5, 7.5]\n"
    form = form_of(code, "statistics.quantiles", parameters=("data",), result_name="cuts")
    assert (form.inputs, form.results, form.defaults) == (("data",), ("cuts",), (("n", "4"),))
    assert "(data: list, n: int = 4):" in form.code
    assert run(code)[1] == run(form.code)[1]


def test_the_lines_of_steps_are_where_their_statements_stand():
    form = form_of(CODE)
    lines = form.code.split("\n")
    shows = {at: lines[line - 1] for at, line in form.lines.items()}
    assert "print(y.shape, top)" in shows.values()
    assert "print(text)" in shows.values()


def test_a_literal_that_also_stands_elsewhere_is_no_parameter():
    code = "import statistics\nx = [4, 1, 2]\ny = statistics.quantiles(x, n=7)\nz = [7 + v for v in y]\nprint(z)\n"
    assert form_of(code, "statistics.quantiles").defaults == ()


def test_a_name_for_the_function_is_none_that_the_program_has():
    form = form_of(
        "import statistics\ncompute_moving_average = [1, 2]\nprint(statistics.mean(compute_moving_average))\n", "statistics.mean"
    )
    assert form.name == "apply_mean"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("x = [1, 2]\nprint(mean(x))\nx = [3]\nprint(mean(x))", "several_cases"),
        ("x = [1, 2]\ny = mean(x)\nprint(y)\ny = mean([y, 2])\nprint(y)", "order_conflict"),
        ("y = mean(3)", "no_input"),
        ("x = [1]\nfor v in x:\n    m = mean(v)\n    plt.plot(m)", "draws_in_core"),
        ("a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8\nprint(mean([a, b, c, d, e, f, g, h]))", "too_many_inputs"),
        ("def f(v):\n    return mean(v)\nprint(f([1, 2]))", "has_function_form"),
    ],
)
def test_a_program_that_makes_no_function_is_refused_by_a_reason(body, reason):
    code = f"import matplotlib.pyplot as plt\nfrom statistics import mean\n{body}\n"
    ast.parse(code)
    with pytest.raises(Refused) as caught:
        form_of(code, "statistics.mean")
    assert reason == caught.value.reason


def test_what_is_said_of_a_shown_expression_stands_above_the_call_that_computes_it(run):
    code = 'import statistics\n\nx = [1, 2, 3, 9]\n\n# Take the extremes as they are:\nprint(statistics.quantiles(x, n=4, method="inclusive"))\n# -> [1.75, 2.5, 4.5]\n'
    form = form_of(code, "statistics.quantiles", parameters=("data",), result_name="cuts")
    tail = form.code[form.code.index("x = [1") :]
    assert (
        tail
        == "x = [1, 2, 3, 9]\n\n# Take the extremes as they are:\ncuts = compute_moving_average(x)\nprint(cuts)\n# -> [1.75, 2.5, 4.5]\n"
    )
    assert form.code.split("\n")[form.lines[2] - 1] == "print(cuts)"
