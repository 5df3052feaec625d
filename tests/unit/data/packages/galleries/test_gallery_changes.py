from __future__ import annotations

import pytest

from gpiot_data.packages.galleries.cells import Cell, Page
from gpiot_data.packages.galleries.slicing import read_page_flow, slice_steps
from gpiot_data.packages.galleries.steps import page_steps
from gpiot_data.packages.prompts import Fragment


def sliced(*cells: str) -> str:
    """The program of the last of some cells of a page, each of which shows the value of its last line."""
    page = Page("a.py", "script", "", "", tuple(Cell("", "", (Fragment(code, shows_last=True),), (0, 1)) for code in cells))
    steps = page_steps(page)
    places, _ = slice_steps(read_page_flow(steps.steps), steps.of_cell(len(cells) - 1))
    return "\n".join(steps.steps[place].code for place in places)


@pytest.mark.parametrize(
    ("before", "wanted", "change"),
    [
        ("g = Graph()\ng.add_nodes_from([1])\ng.add_edges_from([2])", "draw(g)", "g.add_edges_from([2])"),
        ("m = Model()\np = Pipeline([('m', m)])\nm.rate = 0.1", "p.fit(1)", "m.rate = 0.1"),
        ("m = Model()\np = make_pipeline(m)\nm.set_params(rate=1)\nz = 1", "p.fit(1)", "m.set_params(rate=1)"),
        ("a = Model()\nb = Model()\nall = {'a': a, 'b': b}\nfor m in all.values():\n    m.fit(1)", "a.predict(1)", "m.fit(1)"),
        ("a = Model()\nfound = []\nfound.append(a)\nfound[0].fit(1)", "a.predict(1)", "found[0].fit(1)"),
        ("m = Model()\nt = Trainer(m)\nt.run()", "m.predict(1)", "t.run()"),
        ("m = Model()\nn = m\nn.rate = 2", "use(m)", "n.rate = 2"),
        ("m = Model()\nlayer = m.layers[0]\nlayer.trainable = False", "m.fit(1)", "layer.trainable = False"),
        ("m = [Model()]\n[x.fit(1) for x in m]", "m[0].predict(1)", "[x.fit(1) for x in m]"),
        ("x = 1\nx += 1\nz = 2", "f(x)", "x += 1"),
        ("x = [1]\nx[0] += 1\nz = 2", "f(x)", "x[0] += 1"),
        ("x = [1, 2]\nx[0], x[1] = x[1], x[0]", "f(x)", "x[0], x[1] = x[1], x[0]"),
        ("x = {1: 2}\ndel x[1]\nz = 2", "f(x)", "del x[1]"),
        ("x = [0]\nfor x[0] in range(3):\n    pass", "f(x)", "for x[0] in range(3)"),
        ("x = A()\nx.b: int = 3\nz = 2", "f(x)", "x.b: int = 3"),
        ("x = A()\nwith open_it() as x.b:\n    pass", "f(x)", "with open_it() as x.b"),
        ("m = A()\nwith m:\n    y = normal(0)", "m.sample()", "y = normal(0)"),
        ("import plots as plt\nfig, ax = plt.subplots()\nax.set(title='a')\nz = 1", "ax.legend()", "ax.set(title='a')"),
        ("import plots as plt\nfig, ax = plt.subplots()\nax.plot(1)", "fig.savefig('a')", "ax.plot(1)"),
        ("import plots as plt\nfig = plt.figure()\nax = fig.add_subplot()\nline, = ax.plot(1)", "ax.legend()", "line, = ax.plot(1)"),
        ("import plots as plt\nfig, axs = plt.subplots(2)\naxs[0].invert_yaxis()", "axs[1].plot(1)", "axs[0].invert_yaxis()"),
        (
            "import plots as plt\nfrom sea import lineplot\nfig, ax = plt.subplots()\nlineplot(1, ax=ax)",
            "ax.legend()",
            "lineplot(1, ax=ax)",
        ),
        ("import toy\nx = [1]\ntoy.rename_parts(x)\nz = 1", "f(x)", "toy.rename_parts(x)"),
        ("import numpy as np\nx = np.ones(3)\ny = np.add(x, 1, out=x)", "f(x)", "np.add(x, 1, out=x)"),
        ("count = 0\ndef bump():\n    global count\n    count += 1\nbump()\nz = 1", "f(count)", "bump()\nf(count)"),
        ("count = 0\ndef bump():\n    global count\n    count += 1\nz = 1", "f(count)", "count = 0"),
        ("found = []\ndef take(v):\n    found.append(v)\ndef twice(v):\n    take(v)\ntwice(3)\nz = 1", "f(found)", "twice(3)"),
        ("app = App()\n@app.route('/')\ndef home():\n    return 1", "app.run()", "@app.route('/')"),
        ("x = [1]\nif len(x):\n    x.append(2)\nz = 1", "f(x)", "x.append(2)"),
        ("x = [1]\ntry:\n    x.append(2)\nexcept ValueError:\n    pass", "f(x)", "x.append(2)"),
        ("x = A()\nx.b().c[0].d(1)\nz = 1", "f(x)", "x.b().c[0].d(1)"),
        ("x = 1\nwith a():\n    if b():\n        x = 2", "f(x)", "x = 1"),
        ("x = 1\nx: int", "f(x)", "x = 1"),
    ],
)
def test_every_statement_that_changes_what_is_used_is_kept_in_its_place(before, wanted, change):
    code = sliced(before, wanted)
    assert change in code
    lines = code.split("\n")
    assert lines == [*(line for line in before.split("\n") if line in lines), wanted]


@pytest.mark.parametrize(
    ("before", "wanted", "other"),
    [
        ("x = frame()\nx.describe()", "f(x)", "describe"),
        ("x = frame()\nprint(x)\nx.groupby('a').mean()\nz = 1", "f(x)", "print"),
        ("x = frame()\nx.groupby('a').mean()\nz = 1", "f(x)", "groupby"),
        ("import matplotlib.pyplot as plt\nx = [1]\nplt.scatter(x, x)\nplt.title('a')", "f(x)", "plt"),
        ("from toy import plot_room\nx = [1]\nplot_room(x)\nz = 1", "f(x)", "plot_room"),
        ("x = [1]\nsorted(x)\nz = 1", "f(x)", "sorted"),
        ("x = frame()\nm = Model(x)\nm.fit(1)", "f(x)", "fit"),
        ("x = frame()\ny = x['a']\nx['b'] = 3", "f(y)", "'b'"),
        ("m = Model()\ns = Search(m)\ns.fit(1)", "f(m)", "fit"),
        ("import plots as plt\nx = [1]\nfig, axs = plt.subplots(2)\nfor ax, v in zip(axs, x):\n    ax.plot(v)", "f(x)", "plot"),
        ("x = room()\nx.interp(2)", "f(x)", "interp"),
        ("import toy\nx = toy.read(1).part[1:]\nx.index = 3\nz = 1", "toy.f(2)", "index"),
        ("import toy\nx = toy.part\nx.index = 3\nz = 1", "toy.f(2)", "index"),
        ("m = Model()\np = make_pipeline(m)\np = 3\nm.rate = 2", "f(p)", "rate"),
    ],
)
def test_what_only_looks_at_values_or_changes_others_is_left_out(before, wanted, other):
    assert other not in sliced(before, wanted)
