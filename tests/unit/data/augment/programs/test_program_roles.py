from __future__ import annotations

import pytest

from gpiot_data.augment.programs.effects import Effects, conflict, find_effects, imported_names
from gpiot_data.augment.programs.refusals import Refused
from gpiot_data.augment.programs.roles import find_roles
from gpiot_data.augment.programs.steps import Source

CODE = """\
import matplotlib.pyplot as plt
import numpy as np
from scipy import signal

def double(v):
    return 2 * v

fs = 100
t = np.arange(50) / fs
x, offset = np.sin(t), 3
b, a = signal.butter(2, 0.2)
y = signal.lfilter(b, a, x)
y += offset
peak = y.max()
unused = [v for v in y]
fig, ax = plt.subplots()
for part in (x, y):
    ax.plot(t, part)
print(peak, signal.lfilter(b, a, double(x)))
plt.show()
"""


def effects_of(line: str) -> Effects:
    source = Source("import numpy as np\nimport matplotlib.pyplot as plt\n" + line)
    return find_effects(source, imported_names(source.tree))[0][-1]


def test_each_statement_gets_its_role():
    roles = find_roles(CODE, "scipy.signal.lfilter")
    lines = {name: [step.line for step in roles.steps(getattr(roles, name))] for name in ("imports", "helpers", "data", "core", "shows")}
    assert lines == {
        "imports": [1, 2, 3],
        "helpers": [5],
        "data": [8, 9, 10],
        "core": [11, 12, 13, 14, 15],
        "shows": [16, 17, 19, 20],
    }


def test_inputs_are_what_the_core_takes_and_results_what_it_leaves():
    roles = find_roles(CODE, "scipy.signal.lfilter")
    assert [datum.name for datum in roles.inputs] == ["offset", "x"]
    assert [datum.name for datum in roles.results] == ["y", "peak", "unused"]
    (shown,) = roles.expressions
    assert frozenset({"b", "a", "x", "double"}) == shown.reads


def test_data_that_changes_after_the_core_has_read_it_becomes_part_of_the_core():
    roles = find_roles("import statistics\nx = [1, 2]\ny = statistics.mean(x)\nx += [3]\nprint(x, y)\n", "statistics.mean")
    assert list(roles.core) == [2, 3]
    assert [datum.name for datum in roles.results] == ["y", "x"]


@pytest.mark.parametrize(
    ("line", "reads", "writes"),
    [
        ("x[0] = y", {"x", "y"}, {"x"}),
        ("x.append(y)", {"x", "y"}, {"x", "y"}),
        ("m = x.mean()", {"x"}, {"m"}),
        ("np.copyto(x, y)", {"x", "y"}, {"x", "y"}),
        ("z = np.add(x, y, out=w)", {"x", "y", "w"}, {"z", "w"}),
        ("z = f(random_state=g)", {"f", "g"}, {"z", "g"}),
        ("x += 1", {"x"}, {"x"}),
        ("m = [i for i in x]", {"x"}, {"m"}),
        ("m = lambda i: i + x", {"x"}, {"m"}),
        ("for i in x:\n    s = i", {"x"}, {"i", "s"}),
        ("with open(p) as f:\n    s = f.read()", {"p"}, {"f", "s"}),
        ("r = np.random.rand(3)", set(), {"r", "<random>"}),
        ("r = np.random.default_rng(3)", set(), {"r"}),
        ("plt.plot(x)", {"x"}, {"<figure>"}),
        ("print(x)", {"x", "<print format>"}, {"<output>"}),
        ("np.set_printoptions(precision=2)", set(), {"<print format>"}),
    ],
)
def test_a_statement_reads_and_writes_what_its_text_tells(line, reads, writes):
    effects = effects_of(line)
    assert (reads, writes) == (effects.reads, effects.writes)


def test_two_statements_may_change_places_only_if_neither_writes_what_the_other_touches():
    assert not conflict(effects_of("a = x"), effects_of("b = x"))
    assert {"a"} == conflict(effects_of("a = x"), effects_of("b = a"))
    assert {"x"} == conflict(effects_of("a = x"), effects_of("x = 1"))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("del x", "deletes_names"),
        ("def f():\n    global x\n    x = 2", "global_statement"),
        ("y = eval('x')", "reads_namespace"),
        ("y = frame.query('a > @x')", "reads_namespace"),
        ("from math import *", "star_import"),
        ("from math import sqrt as statistics", "import_rebound"),
    ],
)
def test_names_that_cannot_be_followed_are_refused(line, reason):
    with pytest.raises(Refused) as caught:
        find_roles(f"import statistics\nx = [1]\nprint(statistics.mean(x))\n{line}\n", "statistics.mean")
    assert reason == caught.value.reason


def test_a_program_without_its_symbol_is_refused():
    with pytest.raises(Refused, match="symbol_unused"):
        find_roles("import statistics\nx = statistics.median([1])\n", "statistics.mean")
