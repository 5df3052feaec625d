"""The licence gate: what may be given to others, by the licence of every source and row and by how much text of closed sources is there.

A licence is `open` if it lets anybody pass on the text and changed versions of it, `closed` if SPDX knows it and it does not, and
`unknown` otherwise. Unknown licences stop a publication. A closed source does not stop one as such, since what it says may be told in
other words; a row that holds its words does. Either is let through for who names the licence, and so says to have read it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from gpiot_data.fingerprints import SIZES, WordHashes
from gpiot_data.quality.decontaminate import Thresholds, texts_of
from gpiot_data.sources.licences import holds_for

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JsonRow = dict[str, Any]
Standing = Literal["open", "closed", "unknown"]

#: Licences that meet the Open Definition 2.1 (https://opendefinition.org/od/2.1/en/) or are OSI-approved or free by the FSF's list, as
#: the SPDX licence list 3 marks them; families whose versions all do are named by their prefix.
_OPEN = frozenset(
    {
        "0BSD", "AFL-3.0", "Apache-1.1", "Apache-2.0", "Artistic-2.0", "BlueOak-1.0.0", "BSD-2-Clause", "BSD-2-Clause-Patent",
        "BSD-3-Clause", "BSD-3-Clause-Clear", "BSD-4-Clause", "BSL-1.0", "CC0-1.0", "CDDL-1.0", "CDDL-1.1", "CDLA-Permissive-1.0",
        "CDLA-Permissive-2.0", "CDLA-Sharing-1.0", "CECILL-2.1", "CECILL-B", "CECILL-C", "CNRI-Python", "ECL-2.0", "EPL-1.0",
        "EPL-2.0", "EUPL-1.1", "EUPL-1.2", "FSFAP", "HPND", "ICU", "ISC", "Libpng", "libpng-2.0", "LPPL-1.3c", "MIT", "MIT-0",
        "MIT-CMU", "MIT-Modern-Variant", "MPL-1.1", "MPL-2.0", "MPL-2.0-no-copyleft-exception", "MulanPSL-2.0", "NCSA", "NTP",
        "ODbL-1.0", "ODC-By-1.0", "OFL-1.1", "OpenSSL", "OSL-3.0", "PDDL-1.0", "PostgreSQL", "PSF-2.0", "Python-2.0", "Python-2.0.1",
        "TCL", "Unicode-3.0", "Unicode-DFS-2016", "Unlicense", "UPL-1.0", "W3C", "WTFPL", "X11", "Zlib",
        "LicenseRef-scancode-matplotlib-1.3.0",
    }
)  # fmt: skip
_OPEN_FAMILIES = ("AGPL-", "GPL-", "LGPL-")
#: Creative Commons marks what a licence keeps back: NC no money, ND no changes.
_OPEN_COMMONS = frozenset(f"CC-BY{share}-{version}" for share in ("", "-SA") for version in ("1.0", "2.0", "2.5", "3.0", "4.0"))


@dataclass(frozen=True, slots=True)
class ClosedText:
    """The whole text of a source that is under a closed licence."""

    source: str
    license: str
    text: str


@dataclass(frozen=True, slots=True)
class _Known:
    closed: ClosedText
    short: NDArray[np.uint64]
    long: NDArray[np.uint64]


def spdx_form(expression: str) -> str | None:
    """Return an SPDX expression in its canonical form; None for what is none."""
    try:
        return str(canonicalize_license_expression(expression))
    except InvalidLicenseExpression:
        return None


def standing_of(expression: str) -> Standing:
    """Tell whether a licence is open, closed or unknown; `A OR B` is as open as the better of the two, `A AND B` as the worse."""
    canonical = spdx_form(expression)
    if canonical is None:
        return "unknown"
    if holds_for(canonical, _is_open):
        return "open"
    return "closed" if holds_for(canonical, lambda name: _is_open(name) or not name.startswith("LicenseRef-")) else "unknown"


def _is_open(name: str) -> bool:
    name = name.removesuffix("+")
    return name in _OPEN or name in _OPEN_COMMONS or name.startswith(_OPEN_FAMILIES)


def unknown_licences(sources: Iterable[JsonRow], rows: Iterable[JsonRow], named: Collection[str]) -> list[str]:
    """Return a sentence for each licence of a source or a row that is unknown and that nobody named.

    Args:
        sources: as the lock describes them.
        rows: of the dataset.
        named: the expressions that somebody let through.
    """
    holders: dict[str, list[str]] = {}
    for source in sources:
        holders.setdefault(source["license"], []).append(f"source {source['id']}")
    for row in rows:
        holders.setdefault(row["license"], []).append(f"row {row['id']}")
    return [
        f"{held[0]}{f' and {len(held) - 1} more' if len(held) > 1 else ''}: the licence {licence!r} is unknown; read it, and publish with "
        f"--license {licence or 'SPDX'} if it lets you"
        for licence, held in sorted(holders.items())
        if standing_of(licence) == "unknown" and licence not in named
    ]


def closed_sources(sources: Iterable[JsonRow], named: Collection[str]) -> list[JsonRow]:
    """Return the sources whose words no row may hold: closed ones whose licence nobody named."""
    return [source for source in sources if standing_of(source["license"]) == "closed" and source["license"] not in named]


def too_close(rows: Sequence[JsonRow], closed: Sequence[ClosedText], limits: Thresholds | None = None) -> Iterator[str]:
    """Yield a sentence for each row one of whose texts is taken from a closed source, whatever source the row names.

    A text is taken from a source if it shares thirteen words in a row with it, or a fifth of its runs of five words; these are the bounds
    by which rows are kept from holding a benchmark, measured there. What is told in other words is not recalled.

    Args:
        rows: of the dataset.
        closed: the sources.
        limits: from where on a share counts.
    """
    bounds = limits or Thresholds()
    hasher = WordHashes()
    known = [_known(text, hasher) for text in closed]
    if not known:
        return
    for row in rows:
        fields = {name: [hasher.ngrams(text, n) for n in SIZES] for name, text in texts_of(row).items()}
        fault = next((fault for source in known if (fault := _fault(fields, source, bounds))), None)
        if fault is not None:
            yield f"row {row['id']}: {fault}"


def _known(closed: ClosedText, hasher: WordHashes) -> _Known:
    import numpy as np

    short, long = (np.unique(hasher.ngrams(closed.text, n)) for n in SIZES)
    return _Known(closed, short, long)


def _fault(fields: Mapping[str, list[NDArray[np.uint64]]], source: _Known, limits: Thresholds) -> str | None:
    import numpy as np

    for name, (short, long) in fields.items():
        runs = int(np.isin(long, source.long).sum())
        shared = int(np.isin(np.unique(short), source.short).sum())
        share = shared / max(1, len(np.unique(short)))
        if not runs and (shared < limits.least or share < limits.share):
            continue
        how = f"{runs} runs of {SIZES[1]} words" if runs else f"{share:.0%} of its runs of {SIZES[0]} words"
        return (
            f"its {name} shares {how} with {source.closed.source}, which is under {source.closed.license}; leave the source out, or "
            f"publish with --license {source.closed.license} if you have the right"
        )
    return None
