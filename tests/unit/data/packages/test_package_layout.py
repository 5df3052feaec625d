from __future__ import annotations

import pytest

from gpiot_data.sources.layout import document_reason, is_document, module_place, top_level_modules


@pytest.mark.parametrize(
    ("inners", "expected"),
    [
        (["pkg/__init__.py", "pkg/core.py", "tests/__init__.py", "setup.py", "versions.py", "tools/__init__.py"], ("pkg",)),
        (["src/pkg/__init__.py", "src/one.py", "other/__init__.py"], ("one", "pkg")),
        (["lib/toolkits/x/__init__.py", "lib/main/__init__.py"], ("main", "toolkits")),
        (["sensor.py", "setup.py", "conftest.py", "docs/conf.py", "examples/sensor_simpletest.py"], ("sensor",)),
        (["space/api/__init__.py", "space/core.py"], ("space",)),
        (["__init__.py", "_private/__init__.py", "pkg/__init__.py"], ("pkg",)),
        (["pkg/data.csv", "not-a-name/__init__.py", ".hidden/x.py"], ()),
    ],
)
def test_the_top_level_modules_of_the_usual_layouts_are_found(inners, expected):
    assert top_level_modules(inners) == expected


def test_a_package_named_like_a_source_folder_is_found_by_its_name():
    assert [module_place(inner, ["py"]).module for inner in ("py/__init__.py", "py/path.py")] == ["py", "py.path"]  # type: ignore[union-attr]
    assert module_place("src/py/path.py", ["py"]).module == "py.path"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("p/tests/test_a.py", "tests"),
        ("p/conftest.py", "tests"),
        ("p/examples/a.py", "example"),
        ("p/benchmarks/a.py", "beside_the_package"),
        ("p/a.py", ""),
    ],
)
def test_a_module_that_the_package_does_not_offer_has_a_reason(inner, expected):
    assert module_place(inner, ["p"]).reason == expected  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("README.md", True),
        ("CHANGES.md", False),
        ("examples/a.py", True),
        ("doc/source/a.rst", True),
        ("galleries/x/a.py", True),
        ("p/examples/a.py", True),
        ("src/p/tutorials/a.ipynb", True),
        ("p/core/a.py", False),
        ("vendor/lib/docs/a.md", False),
        ("tools/examples/a.py", False),
    ],
)
def test_documents_are_told_by_their_place(inner, expected):
    assert is_document(inner) is expected


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("doc/_build/html/a.py", "generated"),
        ("doc/auto_tutorials/a.rst", "generated"),
        ("doc/reference/generated/a.rst", "generated"),
        ("doc/sphinxext/a.py", "doc_tooling"),
        ("doc/conf.py", "doc_tooling"),
        ("doc/tests/a.py", "tests"),
        ("doc/whats_new/v1.rst", "project_page"),
        ("doc/install.rst", "project_page"),
        ("examples/release_highlights/plot_1.py", ""),
        ("doc/auto.rst", ""),
    ],
)
def test_a_document_that_is_left_out_has_a_reason(inner, expected):
    assert document_reason(inner) == expected
