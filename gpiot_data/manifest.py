"""Reading corpora, manifests and recipes: YAML by safe_load, every key known, every type right.

A loader turns a mapping into a frozen dataclass. All errors of a file are reported with the file,
the key and the nearest known key.
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

import yaml

from gpiot_data.errors import BadManifest

MAX_YAML_BYTES = 1 << 20

T = TypeVar("T")


class StrictLoader(yaml.SafeLoader):
    """YAML's safe loader, but a key given twice is an error instead of the last one winning."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping, or raise a YAML error that names the key given twice."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            if isinstance(key_node, yaml.ScalarNode):
                if key_node.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, f"the key '{key_node.value}' is given twice", key_node.start_mark)
                seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def read_yaml(path: Path) -> dict[str, Any]:
    """Read a YAML mapping; aliases are refused, since a few lines of them expand to gigabytes.

    Raises:
        BadManifest: if the file is missing, too large, not YAML, or no mapping.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadManifest(f"{path}: cannot be read ({error.strerror}); check the path") from error
    if len(data) > MAX_YAML_BYTES:
        raise BadManifest(f"{path}: is larger than {MAX_YAML_BYTES} bytes, which no manifest needs to be")
    try:
        text = data.decode("utf-8")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise BadManifest(f"{path}: YAML aliases ('*name') are not allowed; write the value out")
        value = yaml.load(text, Loader=StrictLoader)  # noqa: S506  # a SafeLoader that refuses repeated keys
    except UnicodeDecodeError as error:
        raise BadManifest(f"{path}: is not UTF-8 text") from error
    except (ValueError, RecursionError) as error:
        raise BadManifest(f"{path}: holds a value that cannot be read ({str(error).splitlines()[0][:80]})") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        raise BadManifest(f"{place}: is not valid YAML ({getattr(error, 'problem', None) or 'unreadable'})") from error
    if not isinstance(value, dict):
        raise BadManifest(f"{path}: expected a mapping of keys to values, got {type(value).__name__}")
    return value


def load(kind: type[T], path: Path) -> T:
    """Read a YAML file into a dataclass.

    Raises:
        BadManifest: if a key is unknown or missing, or a value has the wrong type.
    """
    return build(kind, read_yaml(path), str(path))


def build(kind: type[T], value: Any, where: str) -> T:
    """Turn a mapping into the dataclass `kind`, checking every key and type on the way down.

    Raises:
        BadManifest: naming `where`, the key, and what was expected.
    """
    if not isinstance(value, dict):
        raise BadManifest(f"{where}: expected a mapping, got {type(value).__name__}")
    hints = typing.get_type_hints(kind)
    known = {entry.name: entry for entry in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"known keys: {', '.join(sorted(known))}"
            raise BadManifest(f"{where}: unknown key '{key}'; {hint}")
    for name, entry in known.items():
        required = entry.default is dataclasses.MISSING and entry.default_factory is dataclasses.MISSING
        if required and name not in value:
            raise BadManifest(f"{where}: missing key '{name}'")
    arguments = {key: _convert(hints[key], item, f"{where}: {key}") for key, item in value.items()}
    try:
        return kind(**arguments)
    except BadManifest as error:
        raise BadManifest(f"{where}: {error}") from error


def _convert(hint: Any, value: Any, where: str) -> Any:
    """Check `value` against a type hint; lists become tuples, mappings become dataclasses."""
    origin = typing.get_origin(hint)
    options = typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        if value is None and type(None) in options:
            return None
        return _convert(next(option for option in options if option is not type(None)), value, where)
    if origin is typing.Literal:
        if value not in options:
            raise BadManifest(f"{where}: expected one of {', '.join(map(str, options))}, got {value!r}")
        return value
    if origin is tuple:
        if not isinstance(value, list):
            raise BadManifest(f"{where}: expected a list, got {value!r}")
        return tuple(_convert(options[0], item, f"{where}[{number}]") for number, item in enumerate(value))
    if origin is dict or hint is dict:
        if not isinstance(value, dict):
            raise BadManifest(f"{where}: expected a mapping, got {value!r}")
        return value if not options else {key: _convert(options[1], item, f"{where}.{key}") for key, item in value.items()}
    if dataclasses.is_dataclass(hint):
        return build(typing.cast(type, hint), value, where)
    return _convert_scalar(hint, value, where)


def _convert_scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is Any:
        return value
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (isinstance(value, bool) and hint is not bool):
        # YAML 1.1 reads 1e-4 as text: say so instead of only naming the type.
        advice = " (write 1.0e-4, not 1e-4)" if hint is float and isinstance(value, str) else ""
        if hint is str:
            advice = " (put it in quotes)"
        raise BadManifest(f"{where}: expected {hint.__name__}, got {value!r}{advice}")
    return value
