from __future__ import annotations

import pytest

from gpiot_data.augment.programs.combine import combine
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import find_roles

FIRST = "import statistics\n\n# Cut:\nx = [1, 2, 3, 9]\ny = statistics.quantiles(x)\nprint(y)\n"
SECOND = "import math\nimport statistics\n\ny = [4, 5]\nk = 2\nx = statistics.mean(y) * k\nprint(x)\n"
ARRAY = {"type": "ndarray", "shape": [5], "dtype": "float64"}


def combined(first_seen=None, second_seen=None, second: str = SECOND, symbol: str = "statistics.mean"):
    return combine(
        find_roles(FIRST, "statistics.quantiles"),
        {"y": {"type": "list"}} if first_seen is None else first_seen,
        find_roles(second, symbol),
        {"y": {"type": "list"}} if second_seen is None else second_seen,
        "y",
    )


def test_the_result_of_one_program_goes_into_the_other(run):
    both = combined()
    assert (
        "import statistics\nimport math\n\n# Cut:\nx = [1, 2, 3, 9]\ny = statistics.quantiles(x)\n\nk = 2\nx_2 = statistics.mean(y) * k\nprint(x_2)\n".replace(
            "\n\n# Cut", "\n# Cut"
        ).replace("quantiles(x)\n\nk", "quantiles(x)\nk")
        == both.code.replace("\n\n", "\n")
    )
    first, _ = run(FIRST)
    names, _ = run(both.code)
    assert both.shared == ("x", "y")
    assert [first[name] for name in both.shared] == [names[name] for name in both.shared]
    assert sum(first["y"]) / 3 * 2 == names["x_2"]


@pytest.mark.parametrize(
    ("first_seen", "second_seen", "reason"),
    [
        ({}, None, "types_differ"),
        ({"y": {"type": "tuple"}}, None, "types_differ"),
        ({"y": ARRAY}, {"y": {**ARRAY, "dtype": "complex128"}}, "types_differ"),
        ({"y": ARRAY}, {"y": {**ARRAY, "shape": [5, 5]}}, "types_differ"),
        ({"y": ARRAY}, {"y": ARRAY, "k": {"type": "ndarray", "shape": [5]}}, "size_bound"),
    ],
)
def test_values_that_do_not_fit_are_refused(first_seen, second_seen, reason):
    with pytest.raises(Refused) as caught:
        combined(first_seen, second_seen)
    assert reason == caught.value.reason


def test_one_symbol_is_not_combined_with_itself():
    with pytest.raises(Refused, match="same_symbol"):
        combined(second=SECOND.replace("mean", "quantiles"), symbol="statistics.quantiles")
