"""Which licence an artefact is under, read from its own metadata and licence texts; what is not certain is not resolved.

SPDX expressions are those of SPDX 3 as `packaging` knows them. A licence text is recognised by what
each of its clauses says, in order, and only if it says little more, so that a text with an added
restriction passes for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.metadata import parse_email

from gpiot_data.errors import BadSource
from gpiot_data.store import sha256_bytes


@dataclass(frozen=True, slots=True)
class Licence:
    """An SPDX expression, and the sentence that tells where it comes from."""

    expression: str
    evidence: str


@dataclass(frozen=True, slots=True)
class _Text:
    """How a licence text is recognised: what it says in order, what it must not say, and how many words it has besides names and titles."""

    says: tuple[str, ...]
    never: tuple[str, ...]
    words: int


#: Words of a licence file around the licence itself: title, holders, a list of authors.
_SLACK_WORDS = 60
_GRANT_MIT = "permission is hereby granted free of charge to any person obtaining a copy"
_GRANT_BSD = "redistribution and use in source and binary forms with or without modification are permitted provided that"
_SOURCE_BSD = "redistributions of source code must retain the above copyright notice"
_BINARY_BSD = "redistributions in binary form must reproduce the above copyright notice"
_NO_WARRANTY_BSD = "in no event shall"
_TEXTS = {
    "MIT": _Text(
        (
            _GRANT_MIT,
            "to use copy modify merge publish distribute sublicense and or sell",
            "shall be included in all copies",
            "without warranty",
        ),
        ("except as contained in this notice",),
        165,
    ),
    "BSD-3-Clause": _Text(
        (_GRANT_BSD, _SOURCE_BSD, _BINARY_BSD, "used to endorse or promote products", _NO_WARRANTY_BSD), ("all advertising materials",), 215
    ),
    "BSD-2-Clause": _Text(
        (_GRANT_BSD, _SOURCE_BSD, _BINARY_BSD, _NO_WARRANTY_BSD), ("endorse or promote", "all advertising materials"), 185
    ),
    "ISC": _Text(
        (
            "permission to use copy modify and or distribute this software for any purpose with or without fee is hereby granted",
            "provided that the above copyright notice and this permission notice appear in all copies",
            "as is",
        ),
        (),
        115,
    ),
    "Apache-2.0": _Text(
        (
            "apache license version 2 0",
            "1 definitions",
            "2 grant of copyright license",
            "3 grant of patent license",
            "9 accepting warranty",
        ),
        (),
        1640,
    ),
    "LicenseRef-scancode-matplotlib-1.3.0": _Text(
        (
            "license agreement for matplotlib versions 1 3 0 and later",
            "grants licensee a nonexclusive royalty free world wide license to reproduce analyze test perform and or display publicly",
            "prepare derivative works distribute and otherwise use matplotlib alone or in any derivative version",
            "licensee agrees to be bound by the terms and conditions of this license agreement",
        ),
        (),
        760,
    ),
    "LGPL-3.0": _Text(("gnu lesser general public license version 3 29 june 2007", "combined works"), (), 7100),
    "LGPL-2.1": _Text(("gnu lesser general public license version 2 1 february 1999", "no warranty"), (), 4500),
    "GPL-3.0": _Text(
        ("gnu general public license version 3 29 june 2007", "disclaimer of warranty"), ("version 3 of the gnu lesser",), 5800
    ),
    "GPL-2.0": _Text(("gnu general public license version 2 june 1991", "no warranty"), (), 3100),
}
#: Added to a permissive text, these make another licence of it. The GPL's own text has one of the words.
_RESTRICTIONS = ("commons clause", "non commercial", "noncommercial", "academic use only", "research use only", "additional terms")
_LONGEST_PERMISSIVE_WORDS = 1000
#: Whose the work is, not what may be done with it. A clause may break its lines before the word, too.
_OWNERSHIP = re.compile(r"\W*(copyright(?!\s+(notice|holder|owner|licen[cs]e|statement))|\(c\)|©|all rights reserved)", re.IGNORECASE)

#: What short names and classifiers can mean, by the first pattern that is found in them.
_CLAIMS: tuple[tuple[str, frozenset[str]], ...] = (
    (r"(lesser general public|\blgpl)[^0-9]*2", frozenset({"LGPL-2.1"})),
    (r"(lesser general public|\blgpl)[^0-9]*3", frozenset({"LGPL-3.0"})),
    (r"lesser general public|\blgpl", frozenset({"LGPL-2.1", "LGPL-3.0"})),
    (r"(general public|\bgpl)[^0-9]*2", frozenset({"GPL-2.0"})),
    (r"(general public|\bgpl)[^0-9]*3", frozenset({"GPL-3.0"})),
    (r"general public|\bgpl", frozenset({"GPL-2.0", "GPL-3.0"})),
    (r"bsd.*\b(3|new|modified|revised)\b|\b3.?clause", frozenset({"BSD-3-Clause"})),
    (r"bsd.*\b(2|simplified)\b|\b2.?clause", frozenset({"BSD-2-Clause"})),
    (r"\bbsd\b", frozenset({"BSD-2-Clause", "BSD-3-Clause"})),
    (r"\bisc\b|\biscl\b", frozenset({"ISC"})),
    (r"apache", frozenset({"Apache-2.0"})),
    (r"python software foundation", frozenset({"PSF-2.0", "LicenseRef-scancode-matplotlib-1.3.0"})),
    (r"\bmit\b", frozenset({"MIT"})),
)
_COPYLEFT = re.compile(r"(A?GPL|LGPL|MPL|EPL|CDDL|EUPL|OSL|CC-BY-SA|CECILL|SSPL|CPL)-", re.IGNORECASE)
#: A licence field longer than this is a text, not a name.
_MAX_NAME_CHARS = 80
_MAIN_TEXT = re.compile(r"(?:licen[cs]e/)?(?:licen[cs]e|copying)(?:\.(?:txt|md|rst))?", re.IGNORECASE)


def is_notice(inner: str) -> bool:
    """Tell whether a member, by its path below the root folder, is metadata of the artefact or the text of its licence."""
    return inner == "PKG-INFO" or bool(re.fullmatch(r"[^/]+\.dist-info/METADATA", inner)) or is_licence_text(inner)


def is_licence_text(inner: str) -> bool:
    """Tell whether a member is the licence of the whole, not of a part of it."""
    return bool(_MAIN_TEXT.fullmatch(re.sub(r"^[^/]+\.dist-info/(licenses/)?", "", inner)))


def resolve_licence(label: str, notices: Mapping[str, bytes]) -> Licence:
    """Return the licence that an artefact's metadata and licence texts agree on.

    Args:
        label: what messages call the artefact.
        notices: the members that `is_notice` picks, by path below the root folder.

    Raises:
        BadSource: if they do not say it, contradict each other, or say something unknown.
    """
    texts = {inner: data for inner, data in sorted(notices.items()) if is_licence_text(inner)}
    fields, _ = parse_email(next((data for inner, data in sorted(notices.items()) if inner not in texts), b""))
    found = {inner: recognise(data.decode("utf-8", "replace")) for inner, data in texts.items()}
    known = {inner: name for inner, name in found.items() if name}
    expression = fields.get("license_expression", "")
    if expression:
        return _declared(label, expression, known, texts)
    field = fields.get("license", "").strip()
    if len(set(known.values())) != 1:
        listed = {inner: by_file for inner, data in texts.items() if (by_file := _listed_by_file(data.decode("utf-8", "replace")))}
        if len(listed) == 1 and not known:
            ((inner, by_file),) = listed.items()
            return Licence(by_file, f"{_named(inner, texts)} lists these licences by file")
        what = "no licence text that is known" if not known else "licence texts that differ"
        raise BadSource(f"{label}: the licence is not certain (no License-Expression, {what}); read it and name it with --license")
    name = next(iter(known.values()))
    claims = _claims(label, field, fields.get("classifiers", []), name)
    suffix = "" if not re.match(r"L?GPL", name) else "-or-later" if re.search(r"later|v?\d\+", " ".join(claims)) else "-only"
    evidence = f"{_named(next(iter(known)), texts)} is {name}" + (
        f", as {' and '.join(claims)} {'says' if len(claims) == 1 else 'say'}" if claims else ""
    )
    return Licence(name + suffix, evidence)


def _declared(label: str, expression: str, known: Mapping[str, str], texts: Mapping[str, bytes]) -> Licence:
    try:
        canonical = str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression as error:
        raise BadSource(f"{label}: its License-Expression {expression!r} is none of SPDX; name the licence with --license") from error
    for inner, name in known.items():
        if not any(part == name or part.startswith(f"{name}-") for part in licence_names(canonical)):
            raise BadSource(f"{label}: its License-Expression is {canonical}, but {inner} is {name}; read both and use --license")
    read = f"; {_named(next(iter(known)), texts)} is {next(iter(known.values()))}" if known else ""
    return Licence(canonical, f"License-Expression in the metadata{read}")


def _claims(label: str, field: str, classifiers: Iterable[str], name: str) -> list[str]:
    """Return which short claims of the metadata say `name`, in words; a long licence field is a text and has to be the same."""
    claims = [("License", field)] if field and field.upper() != "UNKNOWN" else []
    claims += [
        ("classifier", parts[-1]) for line in classifiers if (parts := line.split(" :: "))[0] == "License" and parts[-1] != "OSI Approved"
    ]
    said = []
    for kind, claim in claims:
        is_text = len(claim) > _MAX_NAME_CHARS or "\n" in claim
        if is_text:
            meant = frozenset({recognise(claim)})
        else:
            meant = next((names for pattern, names in _CLAIMS if re.search(pattern, claim, re.IGNORECASE)), frozenset({""}))
        if name not in meant:
            raise BadSource(
                f"{label}: its licence text is {name}, but its metadata says {claim.splitlines()[0][:60]!r}; read both and use --license"
            )
        said.append(f"{kind} (the whole text)" if is_text else f"{kind} '{claim}'")
    return said


def _named(inner: str, texts: Mapping[str, bytes]) -> str:
    return f"{inner} (sha256 {sha256_bytes(texts[inner])[:16]})"


def recognise(text: str) -> str:
    """Return the name of the licence that a text is, '' where it is none that is known, or more than one.

    The versions of the GPL and LGPL are named without `-only` or `-or-later`, which the text does not tell.
    """
    lines = [line for line in text.splitlines() if not _OWNERSHIP.match(line)]
    words = re.findall(r"[a-z0-9]+", " ".join(lines).lower())
    said = " ".join(words)
    if len(words) < _LONGEST_PERMISSIVE_WORDS and any(restriction in said for restriction in _RESTRICTIONS):
        return ""
    matches = [name for name, form in _TEXTS.items() if _is_form(said, len(words), form)]
    # The LGPL's file may hold the GPL too, on which it builds.
    if "LGPL-3.0" in matches:
        return "LGPL-3.0"
    return matches[0] if len(matches) == 1 else ""


def _is_form(said: str, count: int, form: _Text) -> bool:
    if count > form.words + _SLACK_WORDS or any(phrase in said for phrase in form.never):
        return False
    place = 0
    for phrase in form.says:
        place = said.find(phrase, place)
        if place < 0:
            return False
        place += len(phrase)
    return True


def _listed_by_file(text: str) -> str:
    """Return the conjunction of the licences in a file of the Debian copyright format, the one of the whole first; '' for other files.

    Source: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
    """
    if not re.match(r"(Format: .*\n\n)?Files: \*\n", text):
        return ""
    names = re.findall(r"^License: *(\S.*?) *$", text, re.MULTILINE)
    try:
        return " AND ".join(dict.fromkeys(str(canonicalize_license_expression(name)) for name in names))
    except InvalidLicenseExpression:
        return ""


def licence_names(expression: str) -> list[str]:
    """Return the licences and exceptions that an SPDX expression names, in its order."""
    return [part for part in re.findall(r"[A-Za-z0-9.+-]+", expression) if part not in ("AND", "OR", "WITH")]


def is_permissive(expression: str) -> bool:
    """Tell whether a use under an SPDX expression need not be under the same licence again: no copyleft in one of its alternatives."""
    return holds_for(expression, lambda name: not _COPYLEFT.match(name))


def holds_for(expression: str, accepted: Callable[[str], bool]) -> bool:
    """Tell whether one of the alternatives of an SPDX expression has only accepted licences; an exception to a licence changes nothing."""
    tokens = re.findall(r"\(|\)|[^\s()]+", expression)
    holds, rest = _either(tokens, accepted)
    return holds and not rest


def _either(tokens: list[str], accepted: Callable[[str], bool]) -> tuple[bool, list[str]]:
    """Read `A OR B ...`; return whether one holds, and the tokens that follow. AND binds more tightly, as in SPDX."""
    value, rest = _both(tokens, accepted)
    while rest[:1] == ["OR"]:
        other, rest = _both(rest[1:], accepted)
        value = value or other
    return value, rest


def _both(tokens: list[str], accepted: Callable[[str], bool]) -> tuple[bool, list[str]]:
    value, rest = _one(tokens, accepted)
    while rest[:1] == ["AND"]:
        other, rest = _one(rest[1:], accepted)
        value = value and other
    return value, rest


def _one(tokens: list[str], accepted: Callable[[str], bool]) -> tuple[bool, list[str]]:
    if tokens[:1] == ["("]:
        value, rest = _either(tokens[1:], accepted)
        return value, rest[1:]
    if not tokens:
        return False, []
    rest = tokens[3:] if tokens[1:2] == ["WITH"] else tokens[1:]
    return accepted(tokens[0]), rest
