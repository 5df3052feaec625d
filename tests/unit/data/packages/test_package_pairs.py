from __future__ import annotations

import ast
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from gpiot_data.errors import BadSource
from gpiot_data.packages.docstrings import Documentation
from gpiot_data.packages.entries import Entry
from gpiot_data.packages.examples import Program
from gpiot_data.packages.pairs import extract_package, make_target, single_entries
from gpiot_data.packages.symbols import Symbol
from gpiot_data.schema import Kept, Rejected, parse_answer, parse_specification
from gpiot_data.store import canonical_json


def extracted(make_sdist, source_of, files=None):
    path = make_sdist(files)
    found = list(extract_package(source_of(path), path))
    return [item.row for item in found if isinstance(item, Kept)], [item for item in found if isinstance(item, Rejected)]


def test_a_documented_function_gives_a_description_and_an_implementation(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of)
    assert [(row.symbol, row.kind) for row in rows] == [
        ("toy.smooth", "description"),
        ("toy.smooth", "implementation"),
        ("toy.Tracker", "description"),
    ]


def test_what_gives_no_row_is_kept_with_its_reason(make_sdist, source_of):
    _, rejected = extracted(make_sdist, source_of)
    assert [(item.reason, item.place) for item in rejected] == [
        ("tests", "toy-1.0/toy/tests/test_toy.py"),
        ("compiled", "toy.fast"),
        ("undefined_name", "toy-1.0/toy/_smooth.py:50"),
        ("template", "toy-1.0/toy/_smooth.py:68"),
        ("no_docstring", "toy-1.0/toy/_smooth.py:72"),
    ]


def test_the_description_is_a_metadata_sheet_without_markup_of_the_source(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of)
    assert rows[0].documentation == "\n".join(
        [
            "# `toy.smooth`",
            "",
            "Function of the package toy.",
            "",
            "```python",
            'toy.smooth(x, width=3, *, mode="same")',
            "```",
            "",
            "Smooth a signal with a moving average.",
            "",
            "Each sample is replaced by the mean of its neighbours. The result of `smooth` has the shape of `x`.",
            "",
            "## Parameters",
            "- `x` (array_like, shape (N,)): Samples of the signal, in Hz. More about `x`.",
            "- `width` (int): Number of samples in the window.",
            "- `mode` ({'same', 'valid'}): How borders are handled: `same`: As long as `x`; `valid`: Only where the window fits.",
            "",
            "## Returns",
            "- `y, n` (ndarray, int): The smoothed signal and its length.",
        ]
    )


def test_the_implementation_has_a_specification_of_what_the_program_gives_and_gets(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of)
    specification = rows[1].specification
    assert specification.target == "Smooth a signal with a moving average with `toy.smooth` of toy: smooth a short ramp and print it."
    assert [(entry.name, entry.type, entry.shape, entry.unit) for entry in specification.inputs] == [
        ("x", "array_like", "(N,)", "Hz"),
        ("width", "int", None, None),
    ]
    assert [(entry.name, entry.type) for entry in specification.outputs] == [("y", "ndarray"), ("n", "int")]
    assert rows[1].code.splitlines() == [
        "import numpy as np",
        "from toy import smooth",
        "",
        "# Smooth a short ramp and print it:",
        "y, n = smooth(np.arange(4), width=2)",
        "print(n)",
        "# -> 4",
    ]
    assert rows[1].imports == ("numpy", "toy")


def test_chat_turns_read_back_to_the_row(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of)
    user, assistant = (message["content"] for message in rows[1].to_json()["messages"])
    assert parse_specification(user.split("\n\n", 1)[1]) == rows[1].specification
    assert parse_answer(assistant) == (rows[1].code, rows[1].documentation)
    ast.parse(rows[1].code)


def test_rows_say_where_they_come_from_and_that_nothing_was_run(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of)
    assert {(row.source.corpus, row.source.source, row.license, row.teacher.prompt, row.verdict.status) for row in rows} == {
        ("packages.toy", "toy", "MIT", "cgd-rules/9", "not_run")
    }
    assert rows[0].source.lines == (7, 47)


@pytest.mark.parametrize("poison", ["<|im_start|>system", "[INST]", "\u202e", "\x1b[31m"])
def test_text_that_steers_models_or_terminals_gives_no_row(make_sdist, source_of, poison):
    rows, rejected = extracted(
        make_sdist, source_of, {"toy-1/toy/__init__.py": f"def f():\n    '''Compute it. {poison!s} {'word ' * 40}'''\n"}
    )
    assert (rows, [item.reason for item in rejected]) == ([], ["unsafe_text"])


def test_short_docstrings_and_signature_lines_give_no_description(make_sdist, source_of):
    text = "def f():\n    '''Compute it.'''\n\n\ndef g():\n    '''a, b = g(c) " + "more words " * 20 + "'''\n"
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert rows == []
    assert [item.reason for item in rejected] == ["trivial", "no_summary"]


def test_a_short_docstring_gives_no_description_and_may_still_give_a_program(make_sdist, source_of):
    text = 'def four():\n    """Return the number four.\n\n    >>> four()\n    4\n    """\n'
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert [row.kind for row in rows] == ["implementation"]
    assert [item.reason for item in rejected] == ["short_docstring"]


def _reasons(make_sdist, source_of, text):
    _, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    return [item.reason for item in rejected if item.text.startswith("implementation")]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('def fold():\n    """Fold a sheet of paper.\n\n    >>> x = fold()\n    """\n', "unknown_output"),
        ('def fold(x):\n    """Fold a sheet of paper.\n\n    >>> fold(3)\n    """\n', "undescribed_input"),
        ('def fold():\n    """This is used in other places.\n\n    >>> fold()\n    """\n', "unclear_target"),
        (
            'class Day:\n    """Create one day."""\n\n    def n(self):\n        """Return the count of it.\n\n        >>> from toy import Hour\n        >>> Hour(5).n()\n        5\n        """\n'
            'class Hour(Day):\n    """Create one hour."""\n',
            "other_class",
        ),
    ],
)
def test_a_program_that_its_documentation_does_not_fit_is_refused(make_sdist, source_of, text, reason):
    assert reason in _reasons(make_sdist, source_of, text)


def test_a_summary_that_makes_no_sense_alone_gives_no_row(make_sdist, source_of):
    text = 'def f():\n    """Compute it as described in the section above.\n\n    >>> f()\n    """\n'
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert ([row.kind for row in rows], [item.reason for item in rejected]) == ([], ["summary_dangling_reference"])


def test_a_parameter_that_the_call_does_not_take_is_not_listed(make_sdist, source_of):
    entries = "    x : int\n        The level of the water in the tank, counted from its bottom up to the brim.\n    n_clusters : int\n        The number of clusters that are looked for.\n"
    text = f'def f(x):\n    """Compute the level.\n\n    Parameters\n    ----------\n{entries}    """\n'
    (row,), _ = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert row.documentation.endswith(
        "## Parameters\n- `x` (int): The level of the water in the tank, counted from its bottom up to the brim."
    )


def test_long_documentation_loses_whole_parts_and_never_half_a_sentence(make_sdist, source_of):
    entries = "".join(
        f"    p{number} : int\n        First sentence {number}. {'Second sentence that goes on. ' * 4}\n" for number in range(20)
    )
    signature = ", ".join(f"p{number}" for number in range(20))
    text = f"def f({signature}):\n    '''Compute the level of a river from rain, snow and wind.\n\n    Parameters\n    ----------\n{entries}    '''\n"
    (row,), _ = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert len(row.documentation) <= 2400
    assert row.documentation.splitlines()[-1] == "- `p19` (int): First sentence 19."


def test_a_source_without_the_wanted_modules_is_refused(make_sdist, source_of):
    path = make_sdist({"toy-1/else/__init__.py": ""})
    with pytest.raises(BadSource, match="no module named toy"):
        list(extract_package(source_of(path), path))


def test_the_work_can_be_sent_to_another_process(make_sdist, source_of):
    path = make_sdist()
    function, source = pickle.loads(pickle.dumps((extract_package, source_of(path))))
    again = pickle.loads(pickle.dumps(list(function(source, path))))
    assert again == list(extract_package(source_of(path), path))


def test_rows_do_not_depend_on_the_hash_seed(make_sdist, source_of):
    path = make_sdist()
    rows = [item.row.to_json() if isinstance(item, Kept) else item.to_json() for item in extract_package(source_of(path), path)]
    script = (
        "import sys; from pathlib import Path; from gpiot_data.packages.pairs import extract_package; from gpiot_data.schema import Kept\n"
        "from gpiot_data.sources.packages import PackageSource; from gpiot_data.store import canonical_json\n"
        "path = Path(sys.argv[1]); source = PackageSource('toy', '1.0', path.name, sys.argv[2], 'MIT', ('toy',), 'packages.toy')\n"
        "print(canonical_json([i.row.to_json() if isinstance(i, Kept) else i.to_json() for i in extract_package(source, path)]))"
    )
    for seed in ("1", "2"):
        answer = subprocess.run(
            [sys.executable, "-c", script, str(path), source_of(path).sha256],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        )
        assert answer.stdout.strip() == canonical_json(rows)


def test_a_docstring_without_details_or_without_end_gives_no_row(make_sdist, source_of):
    bare = "def f():\n    '''Compute " + "a thing " * 30 + "'''\n"
    endless = "def g():\n    '''Compute it.\n\n    " + "More. " * 20000 + "'''\n"
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": bare + endless})
    assert (rows, [item.reason for item in rejected]) == ([], ["no_details", "no_example", "too_long"])


def test_extraction_imports_neither_the_package_nor_its_build(make_sdist, source_of):
    function = "def f():\n    '''Compute it.\n\n    " + "The mean of all samples inside each window is taken. " * 8 + "'''\n"
    poisoned = {"toy-1/toy/__init__.py": f"raise SystemExit('imported')\n{function}", "toy-1/setup.py": "1/0"}
    rows, _ = extracted(make_sdist, source_of, poisoned)
    assert [row.symbol for row in rows] == ["toy.f"]
    assert "toy" not in sys.modules


METER = """class Meter:
    '''Read a meter that counts pulses of a flow sensor, over a bus that many other devices share.

    Parameters
    ----------
    bus : int
        Number of the bus.

    Attributes
    ----------
    rate : float
        Pulses in a second, in Hz.
    '''

    def __init__(self, bus): ...

    def read(self, n=1):
        '''Read some values from the sensor.

        Waits until all of them are there, however long that takes.

        Parameters
        ----------
        n : int, optional
            How many.

        Raises
        ------
        OSError
            If the bus is gone.

        Notes
        -----
        The values are not smoothed.

        TODO: smooth them.
        '''

    def old(self):
        '''Read one value from the sensor, as it was done at first, and wait for it for as long as it takes.

        .. deprecated:: 2.0
           Use :meth:`read`.

        Examples
        --------
        >>> Meter(1).old()
        '''

    def _hidden(self):
        '''Not for anybody, whatever its length may be, since its name says so: there are many words here, and more.'''


def _private():
    '''Neither is this.'''
"""


def test_methods_have_sheets_with_their_class_exceptions_and_notes(make_sdist, source_of):
    rows, _ = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": METER})
    assert [(row.symbol, row.kind) for row in rows] == [
        ("toy.Meter", "description"),
        ("toy.Meter.read", "description"),
        ("toy.Meter.old", "description"),
    ]
    assert rows[1].documentation == "\n".join(
        [
            "# `toy.Meter.read`",
            "",
            "Method of the class `toy.Meter` in the package toy.",
            "",
            "```python",
            "toy.Meter.read(n=1)",
            "```",
            "",
            "Read some values from the sensor.",
            "",
            "Waits until all of them are there, however long that takes.",
            "",
            "## Parameters",
            "- `n` (int): How many.",
            "",
            "## Raises",
            "- `OSError`: If the bus is gone.",
            "",
            "## Notes",
            "",
            "The values are not smoothed.",
        ]
    )
    assert rows[0].documentation.endswith("## Attributes\n- `rate` (float): Pulses in a second, in Hz.")


def test_a_deprecated_symbol_is_described_as_such_and_gives_no_program(make_sdist, source_of):
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": METER})
    assert "\n\nDeprecated since version 2.0. Use `read`.\n\n" in rows[2].documentation
    assert [(item.reason, item.place) for item in rejected] == [
        ("private", "toy-1/toy/__init__.py:54"),
        ("no_example", "toy-1/toy/__init__.py:1"),
        ("no_example", "toy-1/toy/__init__.py:17"),
        ("deprecated", "toy-1/toy/__init__.py:39"),
    ]


def test_a_docstring_that_repeats_the_name_is_trivial(make_sdist, source_of):
    rows, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": "class AuditConditionEvent:\n    'AuditConditionEvent:'\n"})
    assert (rows, [item.reason for item in rejected]) == ([], ["trivial"])


def test_a_sheet_that_says_little_is_no_description(make_sdist, source_of):
    text = "def f():\n    '''Compute it.\n\n    Examples\n    --------\n    >>> f()\n    " + "1 " * 60 + "\n    '''\n"
    _, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert [item.reason for item in rejected] == ["no_details"]


def test_all_modules_of_an_artefact_are_read_where_none_are_named(make_sdist, source_of):
    path = make_sdist()
    rows = [item.row.symbol for item in extract_package(replace(source_of(path), modules=()), path) if isinstance(item, Kept)]
    assert rows == ["toy.smooth", "toy.smooth", "toy.Tracker"]


SCRIPT = '"""Smooth a short ramp"""\nimport toy\nshort_ramp = [1, 2, 3]\ny, n = toy.smooth(short_ramp)\n'


def test_the_examples_of_its_documents_follow_the_rows_of_the_symbols(make_sdist, source_of, toy_files):
    rows, rejected = extracted(make_sdist, source_of, {**toy_files, "toy-1.0/examples/plot_ramp.py": SCRIPT, "toy-1.0/doc/conf.py": ""})
    assert [row.kind for row in rows] == ["description", "implementation", "description", "example"]
    assert (rows[-1].symbol, rows[-1].specification.target) == ("toy.smooth", "Smooth a short ramp, using `toy.smooth` of toy.")
    assert SCRIPT.encode()[slice(*rows[-1].source.span)].decode() == SCRIPT.rstrip()
    assert [item.place for item in rejected if item.reason == "doc_tooling"] == ["toy-1.0/doc/conf.py"]


def test_of_a_part_of_a_package_only_the_examples_of_that_part_count(make_sdist, source_of, toy_files):
    other = '"""Count a short ramp"""\nimport toy\nshort_ramp = [1, 2, 3]\nn = toy.count.total(short_ramp)\n'
    modules = {name: f"def {name}(x):\n    'Work on values.'\n" for name in ("total", "level")}
    parts = {"toy-1.0/toy/count.py": modules["total"], "toy-1.0/toy/filters.py": modules["level"], "toy-1.0/examples/count.py": other}
    path = make_sdist({**toy_files, **parts})
    (part,) = [
        item for item in extract_package(replace(source_of(path), modules=("toy.filters",)), path) if _place(item).startswith("toy-1.0/ex")
    ]
    assert (type(part), part.reason) == (Rejected, "no_symbol")
    (whole,) = [item for item in extract_package(source_of(path), path) if _place(item).startswith("toy-1.0/ex")]
    assert whole.row.symbol == "toy.count.total"


def _place(item: Kept | Rejected) -> str:
    return item.place if isinstance(item, Rejected) else item.row.source.path


def test_what_serves_the_tests_of_a_package_is_not_described(make_sdist, source_of):
    text = 'class A:\n    """Create it."""\n\n    def get_test_params(self):\n        """Return what a test takes.\n\n        More of it.\n        """\n'
    _, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert "for_tests" in [item.reason for item in rejected]


def test_values_without_names_have_those_of_the_program(make_sdist, source_of):
    returns = "    Returns\n    -------\n    float\n        The entropy.\n    dict\n        The rest.\n"
    text = f'def f():\n    """Compute the entropy of it.\n\n{returns}\n    Examples\n    --------\n    >>> a, b = f()\n    """\n'
    rows, _ = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    row = next(row for row in rows if row.kind == "implementation")
    assert [(item.name, item.type) for item in row.specification.outputs] == [("a", "float"), ("b", "dict")]


def test_parameters_that_are_listed_with_ones_of_another_call_give_no_description(make_sdist, source_of):
    listed = "    Parameters\n    ----------\n    a, b : int\n        The factors to multiply, of which there are two in all.\n"
    text = f'def f(a, c):\n    """Multiply the two factors by one another, whatever their signs may be.\n\n{listed}    """\n'
    _, rejected = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    assert "other_parameters" in [item.reason for item in rejected]


def test_an_input_has_the_type_of_the_signature_where_no_other_is_documented(make_sdist, source_of):
    text = (
        'def scale(x, w: int = 0, of: "Base" = None):\n    """Scale the values by a factor.\n\n    Parameters\n    ----------\n'
        "    x : list\n        The values.\n\n    Returns\n    -------\n    list\n        The scaled values.\n\n"
        '    Examples\n    --------\n    >>> scale([1], w=2, of=3)\n    [2]\n    """\n'
    )
    rows, _ = extracted(make_sdist, source_of, {"toy-1/toy/__init__.py": text})
    row = next(row for row in rows if row.kind == "implementation")
    assert [(item.name, item.type) for item in row.specification.inputs] == [("x", "list"), ("w", "int"), ("of", None)]
    assert row.code == "from toy import scale\n\n# Scale the values by a factor.\nresult = scale([1], w=2, of=3)\nprint(result)\n# -> [2]"
    assert [(item.line, item.output) for item in row.expected] == [(5, "[2]")]


def test_different_types_of_several_names_are_respective_among_returned_values_only():
    entry = Entry("start, end", "time, str", None, "A time of day.")
    assert [item.type for item in single_entries(entry)] == ["time, str", "time, str"]
    assert [item.type for item in single_entries(entry, respective=True)] == ["time", "str"]
    assert [item.type for item in single_entries(Entry("b, a", "ndarray, ndarray", None, ""))] == ["ndarray", "ndarray"]


@pytest.mark.parametrize(
    ("lead", "target"),
    [
        ("Remove axes of length one from `x`", "Remove axes of length one with `toy.squeeze` of toy."),
        ("Filter functions operate on the node", "Remove axes of length one with `toy.squeeze` of toy."),
        ("Plot a spectrum of the noise", "Remove axes of length one with `toy.squeeze` of toy: plot a spectrum of the noise."),
    ],
)
def test_a_target_says_nothing_twice(lead, target):
    symbol = Symbol("function", "toy.squeeze", (), "", "p.py", (1, 1), (0, 1), "0")
    documentation = Documentation("Remove axes of length one.")
    assert make_target(symbol, documentation, Program("toy.squeeze(x)\nplt.plot(x)", (), lead), "toy") == target
