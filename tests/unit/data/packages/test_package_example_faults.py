"""What the text of an example tells against it: a row that has the fault, and a neighbour that has not."""

from __future__ import annotations

import pytest

from gpiot_data.packages.example_faults import example_fault, function_fault
from gpiot_data.schema import Specification, Variable

TARGET = "Take roots with `numpy.sqrt` of numpy, as a function `roots` of `x` that returns `y`."
FUNCTION = "import numpy as np\n\n\ndef roots(x):\n    return np.sqrt(x)\n\n\nx = np.ones(3)\ny = roots(x)\n"


def specified(target: str = TARGET) -> Specification:
    return Specification(target, (Variable("x"),), (Variable("y"),))


@pytest.mark.parametrize(
    ("target", "code", "expected"),
    [
        (TARGET, FUNCTION, None),
        (TARGET, f"import math\n{FUNCTION}", "unused_import"),
        (TARGET, f"from sklearn.experimental import enable_iterative_imputer\n{FUNCTION}", None),
        (TARGET, f"import time\n{FUNCTION}print(time.time())", "elapsed_time"),
        (TARGET, f"import time\n{FUNCTION}time.sleep(0)", None),
        ("Split arrays into random train and test subsets.", "a, b = train_test_split(x, shuffle=False)", "false_random"),
        ("Fit a random forest.", "a, b = train_test_split(x, shuffle=False)", None),
        ("Create a set, with `capacity=100` (the maximum, i.e) and `seed=0`.", FUNCTION, "cut_phrase"),
        ("Convert a deviation (e.g., `tuning=-0.1`) to a pitch.", FUNCTION, None),
        ("Create a repeated-wise stratified validator.", FUNCTION, "lost_word"),
        ("Create a class-wise stratified validator.", FUNCTION, None),
    ],
)
def test_an_example_with_leftovers_or_untrue_words_is_faulty(target: str, code: str, expected: str | None) -> None:
    assert example_fault(specified(target), code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (FUNCTION, None),
        (FUNCTION.replace("np.sqrt(x)", "np.sqrt(x, scale)") + "scale = 2", "hidden_global"),
        (f"{FUNCTION}y = y.sum()", "overwritten_output"),
        (f"{FUNCTION}z = y.sum()", None),
        (FUNCTION.replace("y = roots", "z = np.ones(3)\ny = roots"), "unused_code"),
        (FUNCTION.replace("y = roots", "_ = np.ones(3)\nx += np.ones(3)\ny = roots"), None),
    ],
)
def test_a_function_with_hidden_or_idle_parts_is_faulty(code: str, expected: str | None) -> None:
    assert function_fault(specified(), code) == expected
