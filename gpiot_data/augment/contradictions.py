"""Outputs whose documented type is not that of the value that the program was seen to make of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from gpiot_data.augment.rows import JsonRow, read_cgd_row
from gpiot_data.schema import Variable
from gpiot_data.verify.observed import Observation

#: Words of documentation by the kind of value that they name.
_WORDS: Mapping[str, str] = {
    **dict.fromkeys(("int", "integer", "ints", "integers"), "int"),
    **dict.fromkeys(("float", "floating", "double", "floats"), "float"),
    "complex": "complex",
    **dict.fromkeys(("bool", "boolean"), "bool"),
    **dict.fromkeys(("str", "string"), "str"),
    **dict.fromkeys(("number", "scalar", "numeric", "numbers.number"), "number"),
    **dict.fromkeys(("list", "lists"), "list"),
    **dict.fromkeys(("tuple", "namedtuple"), "tuple"),
    **dict.fromkeys(("dict", "dictionary", "mapping"), "dict"),
    "set": "set",
    **dict.fromkeys(("array", "ndarray", "arrays", "ndarrays", "numpy.ndarray", "np.ndarray", "matrix"), "array"),
    **dict.fromkeys(("array_like", "array-like", "arraylike"), "array_like"),
    **dict.fromkeys(("dataframe", "pandas.dataframe", "pd.dataframe"), "DataFrame"),
    **dict.fromkeys(("series", "pandas.series", "pd.series"), "Series"),
    **dict.fromkeys(("index", "pandas.index", "pd.index", "multiindex", "datetimeindex", "periodindex", "timedeltaindex"), "Index"),
    **dict.fromkeys(("generator", "iterator", "iterable"), "generator"),
}
#: Values of a run by the kind that they are; `float64` and its like by their beginnings.
_SEEN: Mapping[str, str] = {
    **{name: name for name in ("int", "float", "complex", "bool", "str", "list", "tuple", "dict", "set", "generator")},
    **{"ndarray": "array", "bool_": "bool", "str_": "str", "frozenset": "set", "pandas.DataFrame": "DataFrame", "pandas.Series": "Series"},
}
_INDEX = re.compile(r"pandas\.\w*Index$")
_WIDTH = re.compile(r"(?P<kind>u?int|float|complex)\d+$")
#: What may be given where a kind is documented; of numbers a narrower one.
_GIVES: Mapping[str, frozenset[str]] = {
    "int": frozenset(["int"]),
    "float": frozenset(["float", "int"]),
    "complex": frozenset(["complex", "float", "int"]),
    "number": frozenset(["int", "float", "complex", "bool", "str"]),
    "array_like": frozenset(["array", "list", "tuple", "int", "float", "complex", "bool", "DataFrame", "Series", "Index"]),
    "generator": frozenset(["generator", "list", "tuple", "set", "dict", "array"]),
}
#: Kinds that no other class stands for: a tuple may have names, and an array or a table many classes.
_STRICT = frozenset(["int", "float", "bool", "str", "list"])
#: "GroupByPlot": one class of a package, of a name that stands for no family of values.
_OWN_CLASS = re.compile(
    r"(?!\w*(?:Like|Array|Frame|Series|Scalar|Type|Tuple|Dict|List|Index|Mapping|Sequence|Iterable|Generator|Iterator|Any|Self|Same|Number|"
    r"Float|Int|Integer|Bool|Boolean|String|Matrix|Vector|Tensor|Result|Results|Bunch|Label|Hashable|Optional|Union|Literal|None|Object)s?$)"
    r"[A-Z][a-z]+(?:[A-Z][a-z]+)+"
)
_DESCRIBED = re.compile(r"(?:^|; )`\w+`(?: \([^;]*?\))?: ")
#: "(M, N) ndarray", "{float, inf}", "1-D array of int".
_PREFIX = re.compile(r"^(?:(?:[({\[][^)}\]]*[)}\]]|\d-?[dD]|[NMK]-?[dD]|numpy|sparse|dense|optional|real|new|python|nested)[ ,-]+)*")
#: Behind a comma, what is no other type: "tuple of float, length 3".
_QUALIFIES = re.compile(r"(?:optional|none|length|same|shape|dtype|see|default|where|depending|ndim)\b")


def contradiction(row: JsonRow, observed: Sequence[Observation]) -> str | None:
    """Return what is said of an output of a row and is not so, None where nothing is: "`x` (list) is a float".

    Args:
        row: with a specification.
        observed: what its run saw.
    """
    specification = read_cgd_row(row).specification
    for output in specification.outputs if specification else ():
        names = [name.strip() for name in output.name.split(",")]
        seen = [item for item in observed if item.name == names[0]]
        if not seen:
            continue
        # What a name had before may be another thing; what it has in the end is what the program says of it.
        if len(names) == 1 and not _is_possible(output, seen[-1]):
            return f"`{output.name}` ({output.type or 'several values'}) is a {seen[-1].type}"
        if len(names) > 1 and not _kinds(output.type) <= {"tuple", "list", "array", "array_like", "generator"}:
            return f"`{output.name}` ({output.type}) is a tuple"
    return None


def _is_possible(output: Variable, seen: Observation) -> bool:
    """Tell whether a value can be what is said of an output, as far as words tell."""
    kind = _kind_seen(seen)
    if output.type is None:
        several = len(_DESCRIBED.findall(output.description or ""))
        whole = kind in ("tuple", "list") or (kind == "array" and seen.shape is not None and len(seen.shape) > 1)
        return several < 2 or kind is None or (whole and seen.shape is not None and seen.shape[0] == several)
    kinds = _kinds(output.type)
    if kind is not None and _OWN_CLASS.fullmatch(output.type.strip("`")):
        return False
    if not kinds or seen.type == "NoneType":
        return True
    if kind is None:
        return not kinds <= _STRICT or any(said in seen.type.lower() for said in kinds)
    if kind == "array" and seen.shape == () and kinds & {"float", "int", "number"}:
        return True
    return any(kind in _GIVES.get(said, (said,)) for said in kinds)


def _kind_seen(seen: Observation) -> str | None:
    """Return the kind of a value, None for an object of any other class."""
    if (match := _WIDTH.match(seen.type)) is not None:
        return match["kind"].removeprefix("u")
    return "Index" if _INDEX.match(seen.type) else _SEEN.get(seen.type)


def _kinds(stated: str | None) -> frozenset[str]:
    """Return the kinds that a documented type names; none where one of its alternatives is any other thing."""
    found = list(map(_kind_of, _alternatives(stated or "")))
    return frozenset() if None in found else frozenset(kind for kind in found if kind)


def _alternatives(stated: str) -> Iterable[str]:
    """Return "list of str" and "None" of "list of str or None, optional", in lower case."""
    plain = _PREFIX.sub("", stated.replace("`", "").strip()).lower()
    plain = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", plain)
    parts = [part.strip() for part in re.split(r"\bor\b|\||,|/", plain)]
    return [part for part in parts if part and not _QUALIFIES.match(part)]


def _kind_of(words: str) -> str | None:
    """Return the kind that an alternative names: its first word, where that is one and a phrase of its elements follows."""
    first, _, rest = _PREFIX.sub("", words).partition(" ")
    return _WORDS.get(first) if not rest or re.match(r"(?:of|with|containing|same|shape|in|value)\b", rest) else None
