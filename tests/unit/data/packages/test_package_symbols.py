from __future__ import annotations

import ast
import hashlib
import importlib.util
from pathlib import Path

import pytest

from gpiot_data.packages.archive import SourceFile, read_archive
from gpiot_data.packages.symbols import index_symbols


def index(**modules: str):
    """Index sources given as `dotted__name="text"`, packages named by a trailing underscore."""
    files = []
    for key, text in modules.items():
        name = key.rstrip("_").replace("__", ".")
        files.append(SourceFile(f"{name}.py", name, key.endswith("_"), text.encode()))
    return index_symbols(files)


def only(found, name: str):
    """Return the symbol of a name."""
    (symbol,) = [symbol for symbol in found.symbols if symbol.name == name]
    return symbol


def names(found) -> list[str]:
    return [symbol.name for symbol in found.symbols]


def test_private_definitions_get_their_public_names(make_sdist):
    found = index_symbols(read_archive(make_sdist(), ["toy"]).files)
    assert names(found) == ["toy.smooth", "toy.Tracker", "toy.templated", "toy.bare"]


def test_a_shim_that_answers_names_at_run_time_gives_none(make_sdist):
    found = index_symbols(read_archive(make_sdist(), ["toy"]).files)
    assert [name for name in names(found) if name.startswith("toy.shim")] == []
    assert [name for name in found.unresolved if name.startswith("toy.shim")] == []


def test_an_exported_name_without_python_text_is_listed(make_sdist):
    assert index_symbols(read_archive(make_sdist(), ["toy"]).files).unresolved == ("toy.fast",)


def test_every_span_slices_back_to_its_hash(make_sdist):
    files = {file.path: file.data for file in read_archive(make_sdist(), ["toy"]).files}
    for symbol in index_symbols(read_archive(make_sdist(), ["toy"]).files).symbols:
        piece = files[symbol.path][slice(*symbol.span)]
        assert hashlib.sha256(piece).hexdigest() == symbol.span_sha256
        assert piece.startswith((b"def ", b"class "))


def test_spans_count_bytes_behind_a_bom_and_other_line_ends_and_letters():
    text = "\ufeff'''\u00e9\u00e9'''\r\nx = '\u00fc'\r\ndef f():\r\n    '''\u00f6'''\r\n"
    data = text.encode()
    (symbol,) = index_symbols([SourceFile("p.py", "p", False, data)]).symbols
    assert data[slice(*symbol.span)].decode() == "def f():\r\n    '''\u00f6'''"
    assert symbol.lines == (3, 4)


def test_the_signature_keeps_numbers_and_quotes_as_written():
    (symbol,) = index(p='class C:\n    def __init__(self, a: int, /, b=1e-3, *rest, c: str = "x", **more): ...\n').symbols
    assert symbol.signature == 'p.C(a: int, /, b=1e-3, *rest, c: str = "x", **more)'


def test_a_name_defined_in_one_module_and_aliased_in_another_keeps_its_own():
    found = index(p_="from ._a import f as g, f\n", p___a="def f(): ...\n")
    assert names(found) == ["p.f"]


def test_all_may_be_added_up_from_other_modules():
    found = index(
        p_="from . import a\nfrom .a import *\nfrom ._b import *\n__all__ = a.__all__ + ['h']\n__all__ += ['k']\n",
        p__a="__all__ = ['f']\ndef f(): ...\ndef g(): ...\n",
        p___b="def h(): ...\ndef k(): ...\ndef unlisted(): ...\n",
    )
    assert names(found) == ["p.h", "p.k", "p.f"]


def test_imports_of_a_plain_module_are_not_its_own_names():
    assert names(index(p_="", p__a="from ._b import f\nimport os\ndef g(): ...\n", p___b="def f(): ...\n")) == ["p.a.g"]


def test_a_deleted_name_is_not_public():
    assert names(index(p_="from ._t import Tester\ntest = Tester()\ndel Tester\n", p___t="class Tester: ...\n")) == []


def test_a_fallback_definition_stands_in_for_a_compiled_import():
    assert names(index(p="try:\n    from ._c import f\nexcept ImportError:\n    def f(): ...\n")) == ["p.f"]


@pytest.mark.timeout(120)
def test_hostile_import_graphs_end_in_time():
    # Many ways to one place, and a chain longer than Python's own stack.
    layers = {f"p__l{number}": f"from .l{number + 1} import *\nfrom .m{number + 1} import *\n" for number in range(40)}
    layers |= {f"p__m{number}": layers[f"p__l{number}"] for number in range(40)}
    chain = {f"p__c{number}": f"from .c{number + 1} import *\nfrom .c{number + 1} import f\n" for number in range(1500)}
    assert names(index(p_="from .l0 import *\nfrom .c0 import *\ndef g(): ...\n", **layers, **chain)) == ["p.g"]


@pytest.mark.timeout(120)
def test_hostile_base_classes_end_in_time():
    bases = {number: ", ".join(f"C{number + 1 + more}" for more in range(20)) for number in range(60)}
    text = "".join(f"class C{number}({names}): 'A.'\n" for number, names in bases.items()) + "class D(D): 'A.'\n"
    assert {symbol.parameters for symbol in index(p=text).symbols} == {None}


def test_circular_star_imports_end():
    assert names(index(p_="from .a import *\n", p__a="from . import *\ndef f(): ...\n")) == ["p.f"]


def test_files_that_cannot_be_parsed_are_named_and_passed_over():
    files = [
        SourceFile("bad.py", "bad", False, b"def f(:\n"),
        SourceFile("big.py", "big", False, None),
        SourceFile("deep.py", "deep", False, b"x = " + b"(" * 5000 + b")" * 5000),
        SourceFile("good.py", "good", False, b"def f(): ...\n"),
        SourceFile("latin.py", "latin", False, b"# coding: latin-1\nx = '\xe9'\n"),
    ]
    found = index_symbols(files)
    assert names(found) == ["good.f"]
    assert [(file.path, file.reason) for file in found.unreadable] == [
        ("bad.py", "not_parsed"),
        ("big.py", "file_too_large"),
        ("deep.py", "not_parsed"),
        ("latin.py", "not_parsed"),
    ]


MEMBERS = """
from functools import cached_property
from typing import overload

class Base:
    def shared(self, a):
        'Shared by all.'

class Meter(Base):
    'A meter.'

    def __init__(self, rate, gain=1):
        'Not a method that anybody calls.'

    @overload
    def read(self, n: int) -> list: ...
    @overload
    def read(self) -> float: ...
    def read(self, n=None, *, raw: bool = False):
        'Read it.'

    @property
    def level(self):
        'The level.'

    @level.setter
    def level(self, value):
        'Set the level.'

    @cached_property
    def span(self):
        'The span.'

    @classmethod
    def from_file(cls, path):
        'Open one.'

    @staticmethod
    def convert(value, unit):
        'Convert it.'

    def _own(self):
        'Private.'

    def bare(self):
        pass

class Fast(Meter):
    'A faster one.'
"""


def test_documented_members_are_listed_where_they_are_defined():
    found = index(p=MEMBERS)
    assert [(symbol.kind, symbol.signature) for symbol in found.symbols] == [
        ("class", "p.Base"),
        ("method", "p.Base.shared(a)"),
        ("class", "p.Meter(rate, gain=1)"),
        ("method", "p.Meter.read(n=None, *, raw: bool = False)"),
        ("property", "p.Meter.level"),
        ("property", "p.Meter.span"),
        ("method", "p.Meter.from_file(path)"),
        ("method", "p.Meter.convert(value, unit)"),
        ("class", "p.Fast(rate, gain=1)"),
    ]


def test_a_default_over_several_lines_is_written_on_one():
    symbol = only(index(p="def f(x: Union[\n    int,\n    str,\n] = (\n    1\n), y='( a )'): ...\n"), "p.f")
    assert symbol.signature == "p.f(x: Union[int, str] = 1, y='( a )')"


def test_a_member_knows_its_class_and_module():
    symbol = only(index(p__a="class C:\n    def m(self):\n        'Do.'\n"), "p.a.C.m")
    assert (symbol.owner, symbol.module, symbol.short_name) == ("p.a.C", "p.a", "m")


def test_the_getter_of_a_property_speaks_for_it():
    assert only(index(p=MEMBERS), "p.Meter.level").docstring == "The level."


def test_the_fields_of_a_dataclass_are_its_parameters():
    plain = "@dataclass(frozen=True)\nclass C:\n    'A.'\n    a: int\n    b: str = 'x'\n    kind: ClassVar[int] = 3\n"
    made = "@dataclass\nclass C:\n    'A.'\n    a: list = field(default_factory=list)\n"
    assert [only(index(p=text), "p.C").signature for text in (plain, made)] == ["p.C(a: int, b: str = 'x')", "p.C"]


def test_the_call_of_a_class_is_found_in_the_base_class_of_another_module():
    found = index(p_="from ._a import Base\nclass C(Base):\n    'A.'\n", p___a="class Base:\n    def __init__(self, x): ...\n")
    assert only(found, "p.C").signature == "p.C(x)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    'Do it.\\n\\n.. deprecated:: 1.2\\n   Use g.'\n", True),
        ("@deprecated('x')\ndef f():\n    'Do it.'\n", True),
        ("def f():\n    'Do it.\\n\\nParameters\\n----------\\nx : int\\n    A.\\n\\n.. deprecated:: 1.2\\n'\n", False),
        ("def f():\n    'Do it.'\n", False),
    ],
)
def test_what_is_deprecated_as_a_whole_is_marked(text, expected):
    assert only(index(p=text), "p.f").deprecated is expected


def test_other_public_names_are_kept_as_aliases():
    found = index(p_="from .a import f\n", p__a="def f(): ...\ng = f\n__all__ = ['f', 'g']\n")
    assert [(symbol.name, symbol.aliases) for symbol in found.symbols] == [("p.f", ("p.a.f", "p.a.g"))]


def test_documented_private_definitions_are_listed_as_such():
    found = index(p="def _f():\n    'Hidden.'\ndef _g(): ...\ndef h(): ...\n")
    assert found.private == (("p.py", 1, "p._f"),)


def test_overload_stubs_are_no_definitions():
    found = index(p="@overload\ndef f(a: int): ...\n@overload\ndef f(a: str): ...\ndef f(a):\n    'Do it.'\n")
    assert [(symbol.signature, symbol.lines) for symbol in found.symbols] == [("p.f(a)", (5, 6))]


NEWDOCS = """
from p.lib import add_newdoc, add_docstr
from p import _native

add_newdoc('p._native', 'gain',
    '''
    gain([start,] stop, step=1)

    Compute the gain.
    ''')
add_newdoc('p._native', 'Table', '''A table.''')
add_newdoc('p._native', 'Table', ('rows', '''The number of rows.'''))
add_newdoc('p._native', 'Table', [('fill', '''fill(value)\n\nFill the table.'''), ('_hidden', '''No.''')])
add_docstr(_native.phase, '''phase(z, /)\n--\n\nCompute the phase.''')
add_newdoc('p._native', 'unlisted', '''Nobody exports it.''')
add_newdoc(place, name, computed())
"""


def newdoc_index():
    return index(p_="from ._native import gain, Table, phase, silent\n__all__ = ['gain', 'Table', 'phase', 'silent']\n", p___docs=NEWDOCS)


def test_text_given_to_compiled_objects_counts_as_their_docstring():
    assert [(symbol.kind, symbol.signature, symbol.docstring) for symbol in newdoc_index().symbols] == [
        ("function", "p.gain([start,] stop, step=1)", "Compute the gain."),
        ("class", "p.Table", "A table."),
        ("property", "p.Table.rows", "The number of rows."),
        ("method", "p.Table.fill(value)", "Fill the table."),
        ("function", "p.phase(z, /)", "Compute the phase."),
    ]
    assert newdoc_index().unresolved == ("p.silent",)


def test_brackets_of_a_written_call_do_not_hide_its_parameters():
    assert [(parameter.name, parameter.positional) for parameter in only(newdoc_index(), "p.gain").parameters] == [
        ("start", True),
        ("stop", True),
        ("step", True),
    ]


def test_the_span_of_a_compiled_object_is_the_call_that_documents_it():
    symbol = only(newdoc_index(), "p.gain")
    piece = NEWDOCS.encode()[slice(*symbol.span)]
    assert (piece.decode().split("(")[0], symbol.lines) == ("add_newdoc", (5, 10))
    assert hashlib.sha256(piece).hexdigest() == symbol.span_sha256


def test_a_call_without_a_place_documents_a_name_of_its_package():
    found = index(p_="", p__special_="from ._ufuncs import *\n", p__special___docs="add_newdoc('gamma', '''gamma(z)\\n\\nThe gamma.''')\n")
    assert names(found) == ["p.special.gamma"]


PYX = b"""cimport numpy as np

cdef double inner(double x):
    return x

def filtered(double[:, ::1] x, int n=3, *, bint fast=False):  # a comment
    \"\"\"Filter it.

    Text with \xc3\xa9.
    \"\"\"
    return inner(x)

cpdef double scaled(double x) except? -1:
    '''Scale it.'''
    return x

cdef class Ring:
    'A ring.'
    cdef int size

    def __init__(self, size_t size):
        self.size = size

    cpdef push(self, object item not None):
        'Push one.'

    @property
    def full(self):
        'Whether it is full.'
        return True

text = '''
def hidden():
    \"no definition\"
'''
"""


def test_cython_functions_and_classes_are_read_from_their_headers():
    found = index_symbols(
        [
            SourceFile("p/__init__.py", "p", True, b"from ._c import filtered, scaled, Ring\n"),
            SourceFile("p/_c.pyx", "p._c", False, PYX, "pyx"),
        ]
    )
    assert [(symbol.kind, symbol.signature, symbol.docstring) for symbol in found.symbols] == [
        ("function", "p.filtered(x, n=3, *, fast=False)", "Filter it.\n\nText with \u00e9."),
        ("function", "p.scaled(x)", "Scale it."),
        ("class", "p.Ring(size)", "A ring."),
        ("method", "p.Ring.push(item)", "Push one."),
        ("property", "p.Ring.full", "Whether it is full."),
    ]
    for symbol in found.symbols:
        piece = PYX[slice(*symbol.span)]
        assert hashlib.sha256(piece).hexdigest() == symbol.span_sha256
        assert piece.decode().count("\n") == symbol.lines[1] - symbol.lines[0]


def test_a_python_file_goes_before_a_cython_file_of_its_name():
    files = [SourceFile("p.pyx", "p", False, b"def f():\n    'C.'\n", "pyx"), SourceFile("p.py", "p", False, b"def f():\n    'Python.'\n")]
    assert only(index_symbols(files), "p.f").docstring == "Python."


def test_a_module_that_adds_the_names_of_others_offers_them():
    found = index(
        p_="from .n import *\n",
        p__n="from . import a\nfrom .a import *\n__all__ = ['g']\ndef extend_all(m): ...\nextend_all(a)\ndef g(): ...\n",
        p__a="__all__ = ['f']\ndef f(): ...\n",
    )
    assert names(found) == ["p.f", "p.g"]


LAZY = "import lazy_loader as lazy\n__getattr__, __dir__, __all__ = lazy.attach_stub(__name__, __file__)\n"


def lazily(package: str, stub: str):
    """Index a package with a private module and a stub beside its `__init__`."""
    return index_symbols(
        [
            SourceFile("p/__init__.py", "p", True, package.encode()),
            SourceFile("p/__init__.pyi", "p", True, stub.encode(), "pyi"),
            SourceFile("p/_m.py", "p._m", False, b"def f():\n    'Do it.'\ndef g():\n    'Do that.'\n"),
        ]
    )


def test_a_package_that_exports_lazily_offers_what_its_stub_imports():
    found = lazily(LAZY, "from ._m import f as f\n")
    assert [(symbol.name, symbol.path, symbol.docstring) for symbol in found.symbols] == [("p.f", "p/_m.py", "Do it.")]
    assert [name for *_, name in found.private] == ["p._m.g"]


def test_the_names_that_a_stub_lists_are_those_offered():
    assert names(lazily(LAZY, "__all__ = ['g']\nfrom ._m import f, g\n")) == ["p.g"]


def test_a_stub_that_nothing_attaches_offers_nothing():
    assert names(lazily("", "from ._m import f\n")) == []


def test_a_package_whose_attached_stub_is_no_python_cannot_be_read():
    found = lazily(LAZY, "from (\n")
    assert [(file.path, file.reason) for file in found.unreadable] == [("p/__init__.py", "not_parsed")]


def test_modules_that_other_modules_offer_are_known_by_both_names():
    found = index(
        p_="", p__api="from . import tools\nimport p.deep as d\nimport os\nfrom . import tools as _own\n", p__tools="", p__deep=""
    )
    assert found.module_aliases == {"p.api.tools": "p.tools", "p.api.d": "p.deep"}


def test_every_name_of_scipy_signal_is_there():
    # Read from the text of the installed sources, so that nothing is imported.
    root = Path(next(iter(importlib.util.find_spec("scipy").submodule_search_locations)))
    files = [
        SourceFile(
            f"scipy/{path.relative_to(root)}", ".".join(("scipy", *_parts(path, root))), path.name == "__init__.py", path.read_bytes()
        )
        for path in sorted((root / "signal").rglob("*.py"))
        if "tests" not in path.parts
    ]
    found = index_symbols([SourceFile("scipy/__init__.py", "scipy", True, b""), *files])
    offered = {f"scipy.signal.{name}" for name in _exported(root / "signal" / "_signal_api.py")}
    offered |= {f"scipy.signal.windows.{name}" for name in _literal_all(root / "signal" / "windows" / "__init__.py")}
    known = {name for symbol in found.symbols if symbol.docstring for name in (symbol.name, *symbol.aliases)}
    assert len(offered) > 150
    # The one function of both whose documentation is C text.
    assert (offered - known, found.unresolved.count("scipy.signal.sepfir2d")) == ({"scipy.signal.sepfir2d"}, 1)


def _parts(path: Path, root: Path) -> tuple[str, ...]:
    parts = path.relative_to(root).with_suffix("").parts
    return parts[:-1] if parts[-1] == "__init__" else parts


def _exported(path: Path) -> set[str]:
    """Return what a module binds by `from .x import ...`, star imports by the other file's `__all__`; its submodules left out."""
    names: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            stars = any(alias.name == "*" for alias in node.names)
            names |= _literal_all(path.with_name(f"{node.module}.py")) if stars else {alias.name for alias in node.names}
    return names


def _literal_all(path: Path) -> set[str]:
    (value,) = [node.value for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"]
    return set(ast.literal_eval(value))


def test_comments_of_linters_are_no_part_of_a_signature():
    text = 'def f(\n    a={  # noqa: B006\n        \'b\': \'#1\',\n    },  # pylint: disable=x\n    c=3,\n):\n    """Do it."""\n'
    (symbol,) = index(**{"__init__": text}).symbols
    assert "noqa" not in symbol.signature
    assert "pylint" not in symbol.signature
    assert "#1" in symbol.signature
