from __future__ import annotations

import hashlib

from gpiot_data.packages.archive import SourceFile, read_modules
from gpiot_data.packages.symbols import index_symbols


def index(**modules: str):
    """Index sources given as `dotted__name="text"`, packages named by a trailing underscore."""
    files = []
    for key, text in modules.items():
        name = key.rstrip("_").replace("__", ".")
        files.append(SourceFile(f"{name}.py", name, key.endswith("_"), text.encode()))
    return index_symbols(files)


def names(found) -> list[str]:
    return [symbol.name for symbol in found.symbols]


def test_private_definitions_get_their_public_names(make_sdist):
    found = index_symbols(read_modules(make_sdist(), ["toy"]))
    assert names(found) == ["toy.smooth", "toy.Tracker", "toy.templated", "toy.bare"]


def test_a_shim_that_answers_names_at_run_time_gives_none(make_sdist):
    found = index_symbols(read_modules(make_sdist(), ["toy"]))
    assert [name for name in names(found) if name.startswith("toy.shim")] == []
    assert [name for name in found.unresolved if name.startswith("toy.shim")] == []


def test_an_exported_name_without_python_text_is_listed(make_sdist):
    assert index_symbols(read_modules(make_sdist(), ["toy"])).unresolved == ("toy.fast",)


def test_every_span_slices_back_to_its_hash(make_sdist):
    files = {file.path: file.data for file in read_modules(make_sdist(), ["toy"])}
    for symbol in index_symbols(read_modules(make_sdist(), ["toy"])).symbols:
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
