from __future__ import annotations

import pytest

from gpiot_data.packages.archive import SourceFile
from gpiot_data.packages.symbols import index_symbols


def docstring(symbol: str, **modules: str) -> str | None:
    """Return the docstring of a symbol of sources given as `dotted__name="text"`, packages named by a trailing underscore."""
    files = []
    for key, text in modules.items():
        name = key.rstrip("_").replace("__", ".")
        files.append(SourceFile(f"{name}.py", name, key.endswith("_"), text.encode()))
    (found,) = [item for item in index_symbols(files).symbols if item.name == symbol]
    return found.docstring


FILLED = "Do it.\n\nParameters\n----------\naxis : int\n    The axis.\nmode : str\n    The mode."
MARKED = '@docfiller\ndef f(axis, mode):\n    """Do it.\n\n    Parameters\n    ----------\n    %(axis)s\n    %(mode)s\n    """\n'


@pytest.mark.parametrize(
    "table",
    [
        'docs = {"axis": """axis : int\n    The axis.""", "mode": "mode : str\\n    The mode."}\n',
        'docs = dict(axis="axis : int\\n    The axis.", mode="mode : str\\n    The mode.\\n")\n',
        '_axis = "axis : int"\ndocs = {}\ndocs["axis"] = _axis + "\\n    The axis."\ndocs["mode"] = f"mode : {kind}\\n    The mode."\nkind = "str"\n',
        'interpd.register(axis="axis : int\\n    The {}.".format("axis"), mode=dedent("""\n        mode : str\n            The mode."""))\n',
        'docs = {"axis": "axis : int\\n    The %s." % "axis", "mode": "mode : str\\n    The %(what)s." % {"what": "mode"}}\n',
    ],
)
def test_marks_are_filled_in_from_tables_of_literals(table):
    assert docstring("p.f", p=table + MARKED) == FILLED
    assert docstring("p.f", p=MARKED, q=table) == FILLED


def test_the_table_of_the_same_module_goes_before_the_nearest_and_two_as_near_tell_nothing():
    text = "def f():\n    '''Do %(what)s.'''\n"
    one, two = 'docs = {"what": "one"}\n', 'docs = {"what": "two"}\n'
    assert docstring("p.a.f", p_="", p__a=one + text, p__b=two) == "Do one."
    assert docstring("p.a.f", p_="", p__a_=text, p__a__c=one, p__b=two) == "Do one."
    assert docstring("p.a.f", p_="", p__a=text, p__b=one, p__c=two) == "Do %(what)s."


def test_what_only_running_could_tell_stays_a_mark():
    assert docstring("p.f", p='docs = {"what": compute()}\ndef f():\n    "Do %(what)s."\n') == "Do %(what)s."
    assert docstring("p.f", p='docs = {"what": docs}\ndef f():\n    "Do %(what)s."\n') == "Do %(what)s."


def test_values_of_a_decorator_are_pasted_as_they_stand():
    text = (
        '_seed = """seed : int\n        The seed."""\n'
        '@Substitution(seed=_seed, jobs=Base._jobs)\nclass C:\n    """Make it.\n\n    Parameters\n    ----------\n    {seed}\n\n    {jobs}\n    """\n'
        'class Base:\n    _jobs = """jobs : int\n        The jobs."""\n'
    )
    assert docstring("p.C", p=text) == "Make it.\n\nParameters\n----------\nseed : int\n    The seed.\n\njobs : int\n    The jobs."


def test_an_assigned_docstring_counts_where_it_is_made_of_literals():
    inside = 'import p._texts as texts\nclass C:\n    __doc__ = """Fit it.\n\n    %(params)s""" % {"params": texts.params}\n'
    outside = 'def f(): ...\nf.__doc__ = """Plot {what}.""".format(what="it")\n'
    assert docstring("p.a.C", p_="", p__a=inside, p___texts='params = "The parameters."\n') == "Fit it.\n\nThe parameters."
    assert docstring("p.f", p=outside) == "Plot it."


def test_marks_for_the_parts_of_numpy_functions_are_filled_in():
    text = (
        'subst = {"PARAMS": "out : ndarray\\n    The result."}\nadd_newdoc("p._c", "f", """Do it.\n\n    x : int\n    $PARAMS\n    """)\n'
    )
    assert docstring("p.f", p_="from ._c import f\n__all__ = ['f']\n", p__docs=text) == "Do it.\n\nx : int\nout : ndarray\n    The result."


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "hostile",
    [
        "a0 = 'x' * 10\n" + "".join(f"a{n + 1} = a{n} + a{n}\n" for n in range(60)) + "docs = {'what': a60}\n",
        "a = b\nb = a\ndocs = {'what': a}\n",
        "docs = {'what': '%(what)s %(what)s %(what)s'}\n",
        "docs = {'what': '%(big)9999999999s' % {'big': 'x'}}\n",
        "docs = {'what': " + "('a' + " * 80 + "'b'" + ")" * 80 + "}\n",
        "".join(f"d{n} = {{'a': d{n + 1}['a'] + d{n + 1}['b'], 'b': d{n + 1}['b'], 'what': d{n + 1}['a']}}\n" for n in range(40)),
        "docs = {'what': 'x'" + ".replace('x', 'xxxxxxxxxxxxxxxxxxxx')" * 40 + "}\n",
    ],
)
def test_hostile_tables_end_in_time_and_space(hostile):
    found = docstring("p.f", p=hostile + "def f():\n    'Do %(what)s.'\n")
    assert found is not None
    assert len(found) < 1_000_000
