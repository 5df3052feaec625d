from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.archive import Document
from gpiot_data.packages.galleries.programs import MAX_CODE_CHARS, GalleryProgram, NoProgram, PackageContext, make_programs
from gpiot_data.packages.references import PublicNames
from gpiot_data.store import sha256_bytes

PUBLIC = PublicNames(["toy.smooth", "toy.peaks", "toy.Filter", "toy.deep.core", "toy.io.load_room"])
TOY = PackageContext(PUBLIC, frozenset({"beside"}))

SMOOTHED = """import numpy as np
from toy import smooth

fs = 100  # sampling rate in Hz
rng = np.random.default_rng(0)
t = np.arange(fs) / fs
x = np.sin(t) + rng.normal(size=fs)

y = smooth(x, 5)  # the window
print(y.shape)
"""


def make(code: str, kind: str = "script", package: PackageContext = TOY) -> list[GalleryProgram | NoProgram]:
    return list(make_programs(Document(f"toy-1/doc/a.{kind}", kind, code.encode()), package))


def one(code: str, kind: str = "script") -> GalleryProgram:
    (made,) = make(code, kind)
    assert isinstance(made, GalleryProgram), made
    return made


def reason(code: str) -> str:
    (made,) = make(code)
    assert isinstance(made, NoProgram), made.code
    return made.reason


def sections(*codes: str) -> str:
    return "".join(f"# %%\n# Part {number}\n\n{code}\n" for number, code in enumerate(codes))


def last(*codes: str) -> str:
    made = [item for item in make(sections(*codes)) if not getattr(item, "whole", False)][-1]
    assert isinstance(made, GalleryProgram), made
    return made.code


def test_a_section_takes_from_earlier_ones_what_it_needs_and_no_more(script):
    made = list(make_programs(script, TOY))
    assert [getattr(item, "reason", "made") for item in made] == ["only_imports", "package_unused", "made", "made", "made"]
    assert [item.whole for item in made[2:]] == [False, False, True]
    assert made[2].code == SMOOTHED
    assert "print(y.shape)" not in made[3].code
    assert "plt.plot(peaks(y))" in made[3].code


def test_a_program_tells_its_place_symbols_and_imports(script):
    made = list(make_programs(script, TOY))[2]
    assert (made.symbols, made.own_symbols, made.imports) == (("toy.smooth",), ("toy.smooth",), ("numpy", "toy"))
    assert sha256_bytes(script.data[slice(*made.span)]) == made.span_sha256
    assert [script.data[slice(*span)].decode()[:17] for span in made.spans] == ["# %%\n# Generate t", "# %%\n# Now we smo"]
    lines = script.data.decode().splitlines()
    assert lines[made.lines[0] - 1 : made.lines[1]][-1] == "print(y.shape)"


@pytest.mark.parametrize(
    ("before", "needed", "dropped"),
    [
        ("x = 1\nx = [2]\nz = 3", "x = [2]", "x = 1"),
        ("x = [1]\nx.append(2)\nz = 3", "x.append(2)", "z = 3"),
        ("x = [1]\nx[0] += 1\nprint(x)", "x[0] += 1", "print(x)"),
        ("x = 1\nx += 1", "x += 1", "nothing"),
        ("for i in range(2):\n    x = i\nfor j in range(2):\n    z = j", "x = i", "z = j"),
        ("import random\nx = [1]\nrandom.shuffle(x)", "random.shuffle(x)", "nothing"),
        ("def f(a):\n    return g(a)\ndef g(a):\n    return a\nx = f(1)\ndef h():\n    pass", "def g(a)", "def h()"),
        ("with open_it() as x:\n    pass\n\ndef open_it():\n    pass\nopen_it = toy_open = None", "with", "nothing"),
        ("import numpy as np\nnp.random.seed(0)\nx = np.random.rand(3)", "np.random.seed(0)", "nothing"),
        ("def grow(a):\n    a.append(1)\nx = []\ngrow(x)\nprint(x)", "grow(x)", "print(x)"),
        ("def plot_it(a):\n    print(a)\nx = []\nplot_it(x)", "x = []", "plot_it"),
        ("from toy import set_config\nset_config(on=True)\nx = 1\nz = 2", "set_config(on=True)", "z = 2"),
        ("x = [1]\nx.count(1).bit_length()", "x = [1]", "bit_length"),
        ("x = list(range(3))\nx.sort()\ny = [x for x in range(3)]", "x.sort()", "y ="),
    ],
)
def test_the_slice_keeps_what_binds_or_changes_a_name(before, needed, dropped):
    if before.startswith("with"):
        made = make(sections(before, "import toy\ntoy.smooth(x)"))[-1]
        assert made.reason == "undefined_name"
        return
    code = last(before, "import toy\ntoy.smooth(x)")
    assert needed in code
    assert dropped not in code


def test_a_program_that_is_cut_out_runs_alike():
    code = last("a = 2\nb = []\nfor i in range(3):\n    b.append(a * i)\nc = 7", "import toy\nd = [i + a for i in b]\ntoy.smooth(d)")
    names: dict = {}
    exec(code.replace("import toy", "").replace("toy.smooth(d)", ""), names)
    assert names["d"] == [2, 4, 6]
    assert "c" not in names


def test_names_that_pages_take_for_granted_are_imported():
    made = one(">>> x = smooth(np.arange(3))\n>>> x\n3\n", "rst")
    assert made.code == "import numpy as np\nfrom toy import smooth\n\nx = smooth(np.arange(3))\nprint(x)\n"
    assert [(item.line, item.output) for item in made.expected] == [(5, "3")]


def test_star_imports_become_the_names_that_are_used():
    assert one("from toy import *\nfrom pylab import *\nplot(smooth(Filter(1)))\n").code.splitlines()[:2] == [
        "from toy import Filter, smooth",
        "from matplotlib.pyplot import plot",
    ]


def test_unused_imports_go_and_dotted_ones_stay_where_they_are_used():
    code = "import os, toy\nimport toy.io\nimport toy.deep as td\nfrom toy import (\n  smooth as s,\n  peaks,\n)\ntoy.io.load_room(s(1))\n"
    assert one(code).code.splitlines()[:3] == ["import toy", "import toy.io", "from toy import smooth as s"]


def test_imports_that_switch_something_on_come_first():
    code = "from toy import smooth\nfrom sklearn.experimental import enable_it\nfrom __future__ import annotations\nprint(smooth(1))\n"
    assert [line.split()[1] for line in one(code).code.splitlines()[:3]] == ["__future__", "sklearn.experimental", "toy"]


def test_magics_go_and_shells_are_refused(notebook):
    def of(code: str):
        return next(iter(make_programs(Document("a.ipynb", "notebook", notebook(("code", code))), TOY)))

    made = of("%matplotlib inline\n!pip install toy\nimport toy\n%time toy.mean(1)\ntoy.smooth?")
    assert made.code == "import toy\n\nprint(toy.mean(1))\n"
    assert of("!ls\nimport toy").reason == "shell"
    assert of("%%bash\nls").reason == "shell"
    assert of("%run other.py\n").reason == "magic"
    assert of("x = (7\n  % 3)\nimport toy\ntoy.smooth(x)").code.count("% 3") == 1


def test_the_shown_value_of_a_notebook_is_printed_and_expected(notebook):
    output = {"output_type": "execute_result", "data": {"text/plain": "4"}, "metadata": {}, "execution_count": 1}
    data = notebook(("code", "import toy\nx = toy.smooth(1)\ndisplay(x)\n# the value\nx", output))
    (made,) = make_programs(Document("a.ipynb", "notebook", data), TOY)
    assert made.code == "import toy\n\nx = toy.smooth(1)\nprint(x)\n# the value\nprint(x)\n"
    assert [(item.line, item.output) for item in made.expected] == [(6, "4")]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import toy\n", "only_imports"),
        ("import toy\nimport warnings\nwarnings.filterwarnings('ignore')\ntoy.set_options()\n", "only_imports"),
        ("import toy\ntoy.smooth(x)\n", "undefined_name"),
        ("import toy\nprint(y)\ny = toy.smooth(1)\n", "undefined_name"),
        ("x = 1\nprint(x)\n", "package_unused"),
        ("import numpy as np\nimport matplotlib.pyplot as plt\nplt.plot(np.arange(3))\n", "only_plots"),
        ("import toy\ntoy.smooth(open('room.csv'))\n", "needs_data_file"),
        ("import toy, os\ntoy.smooth(toy.load(os.path.join('data', 'room.npy')))\n", "needs_data_file"),
        ("import toy\ntoy.smooth(toy.Path('../data/room'))\n", "needs_data_file"),
        ("import toy\ntoy.smooth(open('room_one.edgelist'))\n", "needs_data_file"),
        ("import toy\ntoy.smooth('192.168.0.1:8786')\n", "needs_service"),
        ("try:\n    import toy\nexcept ImportError:\n    import toy\ny = toy.smooth(1)\n", "import_fallback"),
        ("import toy\ndef f(x):\n    'As in the example above.'\n    return x\ny = toy.smooth(f(1))\n", "points_elsewhere"),
        ("import toy\nfig = toy.smooth(1)\nfig.canvas.mpl_connect('pick_event', print)\n", "interactive"),
        ("import toy\nx = input('?')\ntoy.smooth(x)\n", "interactive"),
        ("import toy, cupy\ntoy.smooth(cupy.ones(3))\n", "gpu"),
        ("import toy\ntoy._private.smooth(1)\n", "private_api"),
        ("import toy\nfrom beside import x\ntoy.smooth(x)\n", "local_module"),
        ("import toy\nfrom .other import x\ntoy.smooth(x)\n", "local_module"),
        ("import toy, subprocess\ntoy.smooth(subprocess.run(['ls']))\n", "shell"),
        ("import toy\ntoy.smooth('" + "x" * MAX_CODE_CHARS + "')\n", "too_long"),
        ("import toy\ntoy.smooth(\n", "not_python"),
    ],
)
def test_what_gives_no_program_says_why(code, expected):
    assert reason(code) == expected


def test_a_file_that_the_program_writes_itself_is_no_missing_file():
    code = "import toy\nwith open('room.csv', 'w') as f:\n    f.write('1')\nx = toy.smooth(open('room.csv'))\nprint(x)\n"
    assert one(code).downloads is False


def test_fetching_data_is_told():
    assert one("import toy\nfrom sklearn.datasets import fetch_openml\nx = toy.smooth(fetch_openml('a'))\n").downloads
    assert one("import toy\nx = toy.smooth(toy.read('https://a.org/b.csv'))\n").downloads
    assert not one("import toy\nx = toy.smooth(toy.io.load_room())\n").downloads


def test_the_same_example_has_one_fingerprint_in_every_format(notebook):
    code = "import toy\nx = 1\ntoy.smooth(x)"
    as_script = one(f"# A comment\n{code}\nimport matplotlib.pyplot as plt\nplt.show()\n")
    as_page = one("Text\n\n>>> import toy\n>>> x = 1\n>>> toy.smooth( x )\n4\n", "rst")
    (as_notebook,) = make_programs(Document("a.ipynb", "notebook", notebook(("code", code))), TOY)
    assert as_script.fingerprint == as_page.fingerprint == as_notebook.fingerprint
    assert as_script.fingerprint != one("import toy\nx = 2\ntoy.smooth(x)").fingerprint


def test_every_program_of_a_document_parses(script):
    made = [item for item in make_programs(script, TOY) if isinstance(item, GalleryProgram)]
    assert all(ast.parse(item.code) for item in made)
    assert len(made) == 3


def test_a_comment_over_lines_that_are_left_out_goes_with_them():
    code = last(
        "# Load the room and plot its spectrum\nx = [1]\nprint(x)\n# the width of the window\nwidth = 3",
        "import toy\ny = toy.smooth(x, width)",
    )
    assert "spectrum" not in code
    assert "# the width of the window\nwidth = 3" in code
