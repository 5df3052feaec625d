from __future__ import annotations

import pytest

from gpiot_data.packages.cython import scan_cython, split_arguments
from gpiot_data.packages.signatures import cut_signature, cython_parameters, parse_written


def named(text: str) -> list[str]:
    return [definition.name for definition in scan_cython(text.encode())]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x):\n    pass\n", ["f"]),
        ("async def f(x):\n    pass\n", ["f"]),
        ("cpdef f(x):\n    pass\n", ["f"]),
        ("cpdef inline np.ndarray[double, ndim=1] f(x):\n    pass\n", ["f"]),
        ("cpdef double* f(x) nogil:\n    pass\n", ["f"]),
        ("cdef double f(x):\n    pass\n", []),
        ("cpdef enum Color:\n    RED\n", []),
        ("cdef public class C [object C, type T]:\n    pass\n", ["C"]),
        ("if True:\n    def f(): pass\n", []),
        ("x = '''\ndef f(): pass\n'''\ny = \"def g(): \\\"\"\ndef h(): pass\n", ["h"]),
        ("def f(a,  # def g(\n      b):\n    pass\ndef h(): pass\n", ["f", "h"]),
        ("x = f( \\\n  1)\r\ndef h():\r\n    pass\r\n", ["h"]),
        ("def f():\n    pass\n# it's a comment\ndef g():\n    pass\n", ["f", "g"]),
        ("def f():\n    'unclosed\n\ndef g(): pass\n", ["f", "g"]),
    ],
)
def test_headers_are_found_and_what_looks_like_one_is_not(text, expected):
    assert named(text) == expected


def test_a_body_ends_where_the_margin_is_reached_again():
    text = "def f():\n    a = 1\n\n    # more\n    if a:\n        b = '''\nleft\n'''\n# not of f\n\nx = 1\n"
    (definition,) = scan_cython(text.encode())
    assert text[slice(*definition.span)].endswith("b = '''\nleft\n'''")
    assert definition.lines == (1, 8)


def test_spans_count_bytes():
    data = "# \u00e9\u00e9\ndef f():\n    '\u00fc'\n".encode()
    (definition,) = scan_cython(data)
    assert data[slice(*definition.span)].decode() == "def f():\n    '\u00fc'"
    assert definition.docstring == "\u00fc"


def test_decorators_are_those_right_above():
    one, two = scan_cython(b"@a.b(1)\n@c\ndef f(): pass\n@d\nx = 1\ndef g(): pass\n")
    assert (one.decorators, two.decorators) == (("a.b", "c"), ())


def test_arguments_are_split_outside_of_brackets_and_strings():
    written = "np.ndarray[double, ndim=1] a not None, b=',(', c=(1, 2),  # a, comment\n  **more"
    assert split_arguments(written) == ("np.ndarray[double, ndim=1] a not None", "b=',('", "c=(1, 2)", "**more")


def test_the_name_of_a_parameter_follows_its_c_type():
    texts = ("self", "double[:, ::1] x", "int n = 3", "*", "str mode='a b'", "object y not None", "z: int | None = None", "**more")
    assert [(parameter.name, parameter.positional) for parameter in cython_parameters(texts, bound=True)] == [
        ("x", True),
        ("n", True),
        ("*", False),
        ("mode", False),
        ("y", False),
        ("z", False),
        ("more", False),
    ]


@pytest.mark.parametrize(
    ("docstring", "expected"),
    [
        ("f(x, y=(1, 2))\n\nDo it.", ("x, y=(1, 2)", "Do it.")),
        ("f(x)\n--\n\nDo it.", ("x", "Do it.")),
        ("y = f(x) -> float\n\nDo it.", ("x", "Do it.")),
        ("f(x,\n  y)\n\nDo it.", ("x, y", "Do it.")),
        ("f(x) does it.", (None, "f(x) does it.")),
        ("f(x\n\nDo it.", (None, "f(x\n\nDo it.")),
        ("g(x)\n\nDo it.", (None, "g(x)\n\nDo it.")),
    ],
)
def test_the_call_that_opens_a_docstring_is_cut_off(docstring, expected):
    assert cut_signature(docstring, "f") == expected


def test_a_call_with_optional_brackets_gives_its_parameters():
    parameters = parse_written("[start,] stop[, step], dtype=None, *, like=None", bound=False)
    assert [parameter.text for parameter in parameters or ()] == ["start", "stop", "step", "dtype=None", "*", "like=None"]
    assert parse_written("a b c", bound=False) is None


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "hostile",
    [
        "def f():\n" * 40_000,
        "".join(" " * number + "class C:\n" for number in range(600)),
        "(" * 500_000,
        "'" * 300_001,
        '"""' + "\\" * 400_000,
        "cpdef " + "a " * 200_000 + "(",
        "cpdef " + "a " * 70 + "\n" + ("cpdef " + "a" * 150 + "\n") * 5_000,
        "def f(" + "a," * 200_000 + "): pass",
        "x = '" * 100_000,
        "\\\n" * 300_000,
    ],
)
def test_hostile_files_end_in_time(hostile):
    assert isinstance(scan_cython(hostile.encode()), tuple)


def test_bytes_that_are_no_text_are_a_value_error():
    with pytest.raises(ValueError, match="utf-8"):
        scan_cython(b"def f(): '\xff'\n")


def test_the_object_of_a_compiled_method_is_no_parameter():
    found = parse_written("$self, a, indices, b=None, /", bound=True)
    assert [parameter.text for parameter in found] == ["a", "indices", "b=None", "/"]
