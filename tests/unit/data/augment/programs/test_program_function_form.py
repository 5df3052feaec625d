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
        'def compute_moving_average(x: np.ndarray, kernel, mode: str = "same") -> np.ndarray:'
        + '\n    """Compute the moving average of a series."""\n    y = np.convolve(x, kernel,\n                    mode=mode)\n    return y\n'
    )
    assert rest.endswith("y = compute_moving_average(x, kernel)\ntop = y.max()\nprint(y.shape, top)\n# -> (8,) 6.0\nprint(text)\n")


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


def test_what_is_made_of_the_result_stands_behind_the_call(run):
    code = "import statistics\nx = [4, 1, 2]\ny = statistics.quantiles(x, n=7)\nz = [7 + v for v in y]\nprint(z)\n"
    form = form_of(code, "statistics.quantiles")
    assert (form.results, form.defaults, form.derived) == (("y",), (("n", "7"),), ("z",))
    assert form.code.endswith("y = compute_moving_average(x)\nz = [7 + v for v in y]\nprint(z)\n")
    assert run(code)[1] == run(form.code)[1]


def test_an_operand_made_by_the_package_itself_goes_in_as_data(run):
    code = "import statistics\ncuts = statistics.quantiles([1, 2, 5], n=4)\nprint(statistics.mean(cuts))\n"
    form = form_of(code, "statistics.mean", parameters=("data",))
    assert (form.inputs, form.results, form.defaults) == (("cuts",), ("result",), ())
    assert "def compute_moving_average(cuts)" in form.code
    assert run(code)[1] == run(form.code)[1]


def test_an_operand_made_on_the_spot_goes_in_under_the_name_of_its_parameter(run):
    code = "import numpy as np\nh = [0.5, 1, 0.5]\ny = np.convolve(h, np.arange(10), 'same')\nprint(y)\n"
    form = form_of(code, parameters=("a", "v", "mode"))
    assert (form.inputs, form.defaults) == (("h", "v"), (("mode", "'same'"),))
    assert "h = [0.5, 1, 0.5]\nv = np.arange(10)\ny = compute_moving_average(h, v)\n" in form.code
    assert run(code)[1] == run(form.code)[1]


def test_two_arguments_of_one_value_are_two_parameters_and_the_main_one_is_given():
    code = "import math\n\n# Count the choices:\nprint(math.comb(5, 5))\n"
    form = form_of(code, "math.comb", parameters=("n", "k"))
    assert (form.inputs, form.defaults) == (("n",), (("k", "5"),))
    function, _, rest = form.code.partition("\n\n\nn = 5\n")
    assert ("# Count" in function, "# Count the choices:\nresult = " in rest) == (False, True)


def test_what_a_method_is_called_on_is_an_input(run):
    code = "import numpy as np\nx = np.arange(6)\nprint(x.reshape(2, 3).sum(axis=1))\n"
    form = form_of(code, "numpy.NDArray.sum", parameters=("axis",))
    assert (form.inputs, form.defaults) == (("nd_array",), (("axis", "1"),))
    assert run(code)[1] == run(form.code)[1]


def test_a_function_of_the_program_that_the_symbol_is_given_is_an_input(run):
    code = "import functools\n\n\ndef add(a, b):\n    return a + b\n\n\nx = [1, 2, 3]\nprint(functools.reduce(add, x))\n"
    form = form_of(code, "functools.reduce", parameters=("function", "sequence"))
    assert form.inputs == ("add", "x")
    assert run(code)[1] == run(form.code)[1]


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
        ("x = [1]\nfor v in x:\n    m = mean(v)\n    plt.plot(m)", "call_in_block"),
        ("a, b, c, d, e, f, g, h = 1, 2, 3, 4, 5, 6, 7, 8\nprint(mean([a, b, c, d, e, f, g, h]))", "too_many_inputs"),
        ("def f(v):\n    return mean(v)\nprint(f([1, 2]))", "has_function_form"),
        ("x = [1, 2]\ny = round(mean(x) / 2)\nprint(y)", "mixed_result"),
        ("x = [1, 2]\ny = mean([*x, 3])\nprint(y)", "hidden_operand"),
        ("x = [1, 2]\nx[0] = 3\nprint(mean(x))\nx[1] = 4\nprint(x)", "order_conflict"),
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
