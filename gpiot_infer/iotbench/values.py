"""Arguments and results as text and back: plain Python values and numpy arrays, nothing else.

The text is JSON in which every value that JSON itself would change wears a one-key mapping. Arrays carry dtype, shape and
raw bytes, checked against each other, instead of the npy format, whose header may promise more than follows. The same
source runs on both sides of the sandbox, so it imports nothing of the project; what comes back was written by a stranger, and
reading it makes plain values only: no attribute, no method and no comparison of the stranger's objects survives.
"""

from __future__ import annotations

import base64
import json
import sys
from typing import Any

#: Deeper nesting is no result of any task.
MAX_DEPTH = 40
#: Longer whole numbers are no result either, and take long to compute with.
MAX_BITS = 1 << 16
_DTYPES = frozenset({"b1", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"})


class NotAValue(ValueError):
    """A value, or a text, of a kind that is not exchanged."""


def encode(value: Any) -> str:
    """Return `value` as text; an object of a derived class becomes one of the class that it derives from, a bytearray bytes.

    Raises:
        NotAValue: if it is, or holds, anything but None, bool, int, float, complex, str, bytes, list, tuple, dict, and arrays and
            scalars of numpy that hold numbers, truth values, text or bytes.
    """
    return json.dumps(_pack(value, 0), separators=(",", ":"))


def decode(text: str | bytes) -> Any:
    """Return the value that `encode` was given.

    Raises:
        NotAValue: if `text` is nothing that `encode` writes.
    """
    try:
        return _unpack(json.loads(text), 0)
    except NotAValue:
        raise
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, MemoryError) as error:
        raise NotAValue(f"not an encoded value ({type(error).__name__})") from error


def _pack(value: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotAValue(f"nested deeper than {MAX_DEPTH} levels")
    kind = type(value)
    if value is None or kind is bool:
        return value
    # Before the plain types: numpy's float64 derives from float, its str_ from str.
    numpy = sys.modules.get("numpy")
    if numpy is not None and issubclass(kind, numpy.generic):
        return {"scalar": _pack_array(numpy.asarray(value), numpy)}
    if numpy is not None and issubclass(kind, numpy.ndarray):
        return {"array": _pack_array(numpy.asarray(value), numpy)}
    if issubclass(kind, list):
        return [_pack(item, depth + 1) for item in list.__iter__(value)]
    if issubclass(kind, tuple):
        return {"tuple": [_pack(item, depth + 1) for item in tuple.__iter__(value)]}
    if issubclass(kind, dict):
        return {"dict": [[_pack(key, depth + 1), _pack(item, depth + 1)] for key, item in dict.items(value)]}
    return _pack_scalar(value, kind)


def _pack_scalar(value: Any, kind: type) -> Any:
    if issubclass(kind, str):
        return str.__str__(value)
    if issubclass(kind, int):
        if int.bit_length(value) > MAX_BITS:
            raise NotAValue(f"a whole number of more than {MAX_BITS} bits")
        # Hexadecimal: Python refuses to write out decimal numbers of many digits.
        return {"int": int.__format__(value, "x")}
    if issubclass(kind, float):
        return {"float": float.hex(value)}
    if issubclass(kind, complex):
        whole = complex.__complex__(value)
        return {"complex": [whole.real.hex(), whole.imag.hex()]}
    if issubclass(kind, bytes | bytearray):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    raise NotAValue(f"a value of type {kind.__name__} is none of the types that are compared")


def _pack_array(array: Any, numpy: Any) -> list[Any]:
    name = array.dtype.str[1:]
    if name not in _DTYPES and array.dtype.kind not in "US":
        raise NotAValue(f"an array of dtype {array.dtype} is none of the types that are compared")
    plain = numpy.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    return [name, list(array.shape), base64.b64encode(plain.tobytes()).decode("ascii")]


def _unpack(node: Any, depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise NotAValue(f"nested deeper than {MAX_DEPTH} levels")
    if node is None or isinstance(node, bool | str):
        return node
    if isinstance(node, list):
        return [_unpack(item, depth + 1) for item in node]
    if not isinstance(node, dict) or len(node) != 1:
        raise NotAValue("not an encoded value")
    ((tag, content),) = node.items()
    if tag == "tuple":
        return tuple(_unpack(item, depth + 1) for item in content)
    if tag == "dict":
        return {_unpack(key, depth + 1): _unpack(item, depth + 1) for key, item in content}
    if tag == "array":
        return _unpack_array(*content)
    if tag == "scalar":
        return _unpack_array(*content)[()]
    return _unpack_scalar(tag, content)


def _unpack_scalar(tag: str, content: Any) -> Any:
    if tag == "int":
        if len(content) > MAX_BITS // 4 + 1:
            raise NotAValue(f"a whole number of more than {MAX_BITS} bits")
        return int(content, 16)
    if tag == "float":
        return float.fromhex(content)
    if tag == "complex":
        real, imaginary = content
        return complex(float.fromhex(real), float.fromhex(imaginary))
    if tag == "bytes":
        return base64.b64decode(content, validate=True)
    raise NotAValue("not an encoded value")


def _unpack_array(name: str, shape: list[int], content: str) -> Any:
    import numpy

    if name not in _DTYPES and not (name[:1] in ("U", "S") and name[1:].isascii() and name[1:].isdigit()):
        raise NotAValue("an array of a dtype that is not compared")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise NotAValue("an array whose shape is none")
    data = bytearray(base64.b64decode(content, validate=True))
    # Python's whole numbers do not overflow, whatever the shape claims.
    count = 1
    for length in shape:
        count *= length
    dtype = numpy.dtype("?" if name == "b1" else f"<{name}")
    if count * dtype.itemsize != len(data):
        raise NotAValue("an array whose shape does not fit its bytes")
    return numpy.ndarray(tuple(shape), dtype, data)
