from __future__ import annotations

import pytest

from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.rename import rename_variables

CODE = """\
# Start with `x`, x and `mode='x'` or `f(x=1).x` but `x[0]`.
x = [1, 2]
print(f"x is {x!r} and {x[0]:>{x[1]}}")


def f(x, y=x):
    return [x for x in x] + y


class Box:
    x = 3


y = f(x=x)
z = [x for x in x]
w = Box.x + x[-1]
text = "x"
"""
RENAMED = """\
# Start with `ecg`, x and `mode='x'` or `f(x=1).x` but `ecg[0]`.
ecg = [1, 2]
print(f"x is {ecg!r} and {ecg[0]:>{ecg[1]}}")


def f(x, y=ecg):
    return [x for x in x] + y


class Box:
    x = 3


y = f(x=ecg)
z = [x for x in ecg]
w = Box.x + ecg[-1]
text = "x"
"""


def test_a_variable_is_renamed_where_it_is_meant_and_nowhere_else():
    assert rename_variables(CODE, {"x": "ecg"}) == RENAMED


def test_renaming_there_and_back_gives_the_same_program():
    code = "x = [1]\nw = [v for v in x]  # `x` again\nprint(f'{x} {w}')\n"
    assert code == rename_variables(rename_variables(code, {"x": "ecg", "w": "level"}), {"ecg": "x", "level": "w"})


def test_a_renamed_program_gives_the_same_values(run):
    (old, old_out), (new, new_out) = run(CODE), run(rename_variables(CODE, {"x": "ecg"}))
    assert old_out == new_out
    assert (old["x"], old["y"], old["z"], old["w"]) == (new["ecg"], new["y"], new["z"], new["w"])


def test_an_attribute_of_that_name_is_no_clash():
    assert rename_variables("x = Box.data\n", {"x": "s"}) == "s = Box.data\n"
    assert rename_variables("x = g(data=1).data\n", {"x": "data"}) == "data = g(data=1).data\n"


@pytest.mark.parametrize(
    ("code", "mapping", "reason"),
    [
        ("x = 1\ny = 2\n", {"x": "y"}, "name_clash"),
        ("x = 1\ndef f(ecg):\n    return ecg + x\n", {"x": "ecg"}, "name_clash"),
        ("x = 1\ny = 2\n", {"x": "v", "y": "v"}, "name_clash"),
        ("x = 1\n", {"x": "list"}, "bad_name"),
        ("x = 1\n", {"x": "for"}, "bad_name"),
        ("x = 1\n", {"x": "a b"}, "bad_name"),
        ("import numpy as x\n", {"x": "v"}, "not_a_variable"),
        ("def x():\n    pass\n", {"x": "v"}, "not_a_variable"),
        ("y = 1\n", {"x": "v"}, "not_a_variable"),
        ("x = 1\nprint(f'{x=}')\n", {"x": "v"}, "name_in_output"),
        ("x = 1\ndef f():\n    global x\n    x = 2\n", {"x": "v"}, "binds_elsewhere"),
    ],
)
def test_a_renaming_that_could_change_the_program_is_refused(code, mapping, reason):
    with pytest.raises(Refused) as caught:
        rename_variables(code, mapping)
    assert reason == caught.value.reason
