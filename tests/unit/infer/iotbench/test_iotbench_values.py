"""Values go through text and come back as they were; what is none of them is refused, on either side."""

from __future__ import annotations

import base64
import json
import math
from collections import OrderedDict, namedtuple
from enum import IntEnum

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gpiot_infer.iotbench.values import MAX_BITS, NotAValue, decode, encode

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**200), 2**200)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text()
    | st.binary(max_size=50)
)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text() | st.integers(), inner), max_leaves=20
)


def same(one: object, other: object) -> bool:
    return type(one) is type(other) and repr(one) == repr(other)


@given(VALUES)
def test_a_plain_value_comes_back_with_its_types(value: object) -> None:
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize(
    "value", [math.inf, -math.inf, math.nan, -0.0, complex(0.0, -0.0), 2**4000, "\ud800", {1: "a", "1": "b"}], ids=repr
)
def test_what_json_would_spoil_comes_back(value: object) -> None:
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f4", ">f8", "c8", "c16", "U3", "S2"])
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 3), (0, 4)])
def test_an_array_comes_back_with_dtype_and_shape(dtype: str, shape: tuple[int, ...]) -> None:
    array = np.ones(shape).astype(dtype)
    back = decode(encode(array))
    assert (back.dtype, back.shape) == (array.dtype.newbyteorder("="), shape)
    assert (back == array).all()
    back[...] = back  # it can be written to, as the original can


def test_an_array_that_is_not_contiguous_comes_back() -> None:
    array = np.arange(12).reshape(3, 4).T[::2]
    assert np.array_equal(decode(encode(array)), array)


@pytest.mark.parametrize("value", [np.float64(0.5), np.int8(-3), np.bool_(True), np.complex64(1j), np.str_("ab")])
def test_a_numpy_scalar_comes_back_as_one(value: np.generic) -> None:
    back = decode(encode(value))
    assert type(back) is type(value)
    assert back == value


def test_a_derived_class_becomes_its_base() -> None:
    class Derived(np.ndarray):
        """An array with another name."""

    point = namedtuple("point", "x y")
    colour = IntEnum("colour", "RED")
    values = [point(1, 2), colour.RED, OrderedDict(a=1), bytearray(b"ab"), np.zeros(1).view(Derived)]
    assert [type(decode(encode(value))) for value in values] == [tuple, int, dict, bytes, np.ndarray]


def test_overridden_methods_of_a_derived_class_are_not_asked() -> None:
    class Sly(int):
        def __eq__(self, other: object) -> bool:
            return True

        __hash__ = int.__hash__

        def __format__(self, spec: str) -> str:
            return "19"

        def __index__(self) -> int:
            return 25

    class SlyList(list[int]):
        def __iter__(self):  # type: ignore[no-untyped-def]
            return iter([25])

    assert [decode(encode(Sly(3))), decode(encode(SlyList([7])))] == [3, [7]]


NONE_OF_THEM = [
    object(),
    {1, 2},
    range(3),
    iter([]),
    len,
    lambda: 1,
    (item for item in ()),
    np.array([object()]),
    np.array([("a", 1)], dtype="U1,i4"),
    np.datetime64("2020-01-01"),
    np.float64,
    1 << (MAX_BITS + 1),
]


@pytest.mark.parametrize("value", NONE_OF_THEM, ids=lambda value: type(value).__name__)
def test_what_is_none_of_the_types_is_refused(value: object) -> None:
    with pytest.raises(NotAValue):
        encode([value])


def test_endless_nesting_is_refused() -> None:
    endless: list[object] = []
    endless.append(endless)
    with pytest.raises(NotAValue, match="nested"):
        encode(endless)


ZEROS = base64.b64encode(bytes(8)).decode()
FORGED = [
    b"",
    b"\xff",
    b"1",
    b"1.5",
    b"NaN",
    b"{}",
    b'{"int": "3", "float": "0x1p0"}',
    b'{"int": 3}',
    b'{"int": "zz"}',
    b'{"int": "' + b"f" * 100_000 + b'"}',
    b'{"float": "0x1p99999"}',
    b'{"complex": ["0x1p0"]}',
    b'{"bytes": "###"}',
    b'{"tuple": 5}',
    b'{"dict": [[[], 1]]}',
    b'{"object": []}',
    b"[" * 100_000,
    b"[" * 60 + b"]" * 60,
    *(
        json.dumps({"array": content}).encode()
        for content in (
            ["f8", [1_000_000_000_000], ZEROS],
            ["f8", [1_000_000_000_000, 0, -1], ""],
            ["f8", [-1, -1], ZEROS],
            ["f8", [True], ZEROS],
            ["f8", [1.0], ZEROS],
            ["f8", [0, 2**62, 2**62], ""],
            ["f8", [1] * 100, ZEROS],
            ["O", [1], ZEROS],
            ["V8", [1], ZEROS],
            ["U99999999999", [0], ""],
            ["U\u0661", [0], ""],
            ["f8,f8", [0], ""],
            ["f8", 1, ZEROS],
            ["f8", [1]],
            [8, [1], ZEROS],
        )
    ),
]


@pytest.mark.parametrize("text", FORGED, ids=lambda text: text[:40].decode("latin-1"))
def test_forged_text_is_refused(text: bytes) -> None:
    with pytest.raises(NotAValue):
        decode(text)
