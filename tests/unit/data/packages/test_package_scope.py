from __future__ import annotations

import ast

import pytest

from gpiot_data.packages.preambles import conventions, star_sources
from gpiot_data.packages.prompts import read_session, to_prompts, with_prompts
from gpiot_data.packages.references import PublicNames, used_symbols
from gpiot_data.packages.scope import names_of, undefined_names, used_too_early


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("def f(a):\n    return a + b\n", ("b",)),
        ("b = 1\ndef f(a):\n    return a + b\n", ()),
        ("[x for x in range(3)]\nprint(x)\n", ("x",)),
        ("import a.b as c\nc.d(lambda q: q)\n", ()),
        ("def f():\n    global g\n    g = 1\nprint(g)\n", ()),
        ("try:\n    pass\nexcept ValueError as e:\n    print(e)\n", ()),
        ("x += 1\n", ()),
        ("class A:\n    y = 1\n    def f(self):\n        return y\n", ("y",)),
    ],
)
def test_undefined_names_follow_pythons_scopes(code, expected):
    assert undefined_names(code) == expected


@pytest.mark.parametrize(
    ("code", "binds", "reads", "later"),
    [
        ("x = a + len(b)", "x", "a b", ""),
        ("x += a", "x", "x a", ""),
        ("x: int = a", "x", "a", ""),
        ("del x", "", "x", ""),
        ("for i in a:\n    y = i + z\nelse:\n    w = y", "i y w", "a z", ""),
        ("for i in a:\n    t = t + i", "i t", "a t", ""),
        ("with a as b, b.c as d:\n    e = d", "b d e", "a", ""),
        ("if a:\n    b = 1\nelse:\n    c = b", "b c", "a", ""),
        ("try:\n    import a\nexcept E as e:\n    a = e", "a", "E", ""),
        ("def f(x=d):\n    y = x + z\n    return f(y)", "f", "d", "z"),
        ("class A(B):\n    x = y\n    def m(self):\n        return x", "A", "B y", "x"),
        ("f = lambda x: x + a", "f", "", "a"),
        ("y = [g(i) for i in a if i in b]", "y", "a b g", ""),
        ("@d\ndef f(): pass", "f", "d", ""),
        ("import a.b, c as d\nfrom e import f as g", "a d g", "", ""),
        ("while n:\n    n = step(n)", "n", "n step", ""),
    ],
)
def test_names_of_a_statement(code, binds, reads, later):
    names = names_of(ast.parse(code).body)
    assert (names.binds, names.reads, names.later) == (frozenset(binds.split()), frozenset(reads.split()), frozenset(later.split()))


@pytest.mark.parametrize(
    ("code", "expected"), [("print(x)\nx = 1\n", ("x",)), ("def f():\n    return x\nx = 1\nf()\n", ()), ("x = 1\nx += 1", ())]
)
def test_a_name_that_is_read_before_it_is_bound_is_found(code, expected):
    assert used_too_early([names_of([node]) for node in ast.parse(code).body]) == expected


def test_symbols_are_found_through_imports_and_aliases():
    public = PublicNames(["toy.smooth", "toy.deep.Filter", "toy.a.twice", "toy.b.twice"])
    code = "import toy\nimport toy.deep as td\nfrom toy import smooth as s, other\nfrom toy.hidden import Filter\ntd.Filter.make(s(toy.smooth))\nFilter(other)\ntoy.twice()\n"
    assert used_symbols(ast.parse(code), public) == ("toy.deep.Filter", "toy.smooth")
    assert (public.home("Filter"), public.home("twice"), public.home("smooth", "toy")) == ("toy.deep", None, "toy")


def test_a_symbol_goes_by_one_name_whichever_way_a_program_takes():
    names = ["toy.smooth", "toy.Meter", "toy.Meter.t", "toy.io.text.load"]
    public = PublicNames(
        names, {"toy.core.smooth": "toy.smooth", "toy.m.Meter": "toy.Meter"}, {"toy.api.io": "toy.io", "toy.io.t": "toy.io.text"}
    )
    taken = ("toy.core.smooth", "toy.m.Meter.t", "toy.m.Meter.size", "toy.api.io.text.load", "toy.api.io.t.load")
    assert [public.find(name) for name in taken] == ["toy.smooth", "toy.Meter.t", "toy.Meter", "toy.io.text.load", "toy.io.text.load"]


def test_a_function_or_member_of_the_same_name_elsewhere_is_another_one():
    public = PublicNames(["toy.special.gamma", "toy.Meter", "toy.Meter.t"])
    assert [public.find(name) for name in ("toy.stats.gamma", "toy.stats.t.fit", "toy.hidden.Meter")] == [None, None, "toy.Meter"]
    assert public.home("t") is None


def test_modules_that_offer_each_other_end():
    assert PublicNames(["toy.f"], {}, {"toy.a.b": "toy.b.a", "toy.b.a": "toy.a.b"}).find("toy.a.b.g") is None


def test_sessions_are_read_with_their_outputs():
    made = read_session(
        [
            ">>> x = 1",
            ">>> x  # doctest: +SKIP",
            "1",
            ">>> def f():",
            "...     return 2",
            ">>> f()",
            "2",
            ">>> 1/0",
            "Traceback (most recent call last):",
            "ZeroDivisionError: x",
        ]
    )
    assert made.code == "x = 1\nx\ndef f():\n    return 2\nf()"
    assert [(item.line, item.output) for item in made.expected] == [(5, "2")]
    assert read_session([">>>x = 1"]) is None


def test_ipython_sessions_and_blocks_are_written_with_prompts():
    assert to_prompts(["  In [1]: for i in a:", "     ...:     b", "  In [2]: c", "  Out[2]: ", "  5"]) == [
        "  >>> for i in a:",
        "  ...     b",
        "  >>> c",
        "  ",
        "  5",
    ]
    assert to_prompts(["```python", "f(1)", "```", "text", ".. code-block:: python", "", "   g(2)", "end"]) == [
        "",
        ">>> f(1)",
        "",
        "text",
        "",
        ">>> g(2)",
        "",
        "end",
    ]
    assert with_prompts("@d\ndef f():\n    a\n\n    b\n# c\nf()") == [
        ">>> @d",
        "... def f():",
        "...     a",
        "...",
        "...     b",
        ">>> # c",
        ">>> f()",
    ]


def test_conventions_are_those_of_a_package_and_the_common_ones():
    assert (conventions("control")["ct"], conventions("control")["np"]) == ("import control as ct", "import numpy as np")
    assert "ct" not in conventions("scipy")
    assert star_sources("pylab")["plot"] == "matplotlib.pyplot"
    assert star_sources("unknown") == {}


def test_every_convention_is_one_import_of_its_name():
    import yaml

    from gpiot_data.packages import preambles

    table = yaml.safe_load(preambles.Path(preambles.__file__).with_name("preambles.yaml").read_text())
    for known in (table["common"], *table["packages"].values()):
        for name, line in known.items():
            assert names_of(ast.parse(line).body).binds == {name}
