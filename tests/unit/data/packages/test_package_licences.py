from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from gpiot_data.errors import BadSource
from gpiot_data.sources.licences import Licence, is_notice, is_permissive, recognise, resolve_licence
from gpiot_data.store import sha256_bytes

APACHE = (Path(__file__).parents[4] / "LICENSE").read_text()


def installed_text(name: str) -> str:
    files = importlib.metadata.distribution(name).files or []
    return next(Path(str(file.locate())).read_text() for file in files if file.name.lower().startswith("licen"))


BSD3, BSD2, MIT = installed_text("click"), installed_text("Pygments"), installed_text("PyYAML")


def notices(*fields: str, **texts: str) -> dict[str, bytes]:
    metadata = "\n".join(("Metadata-Version: 2.4", "Name: toy", "Version: 1.0", *fields)) + "\n\nA toy.\n"
    return {"PKG-INFO": metadata.encode(), **{name: text.encode() for name, text in texts.items()}}


@pytest.mark.parametrize(
    ("text", "expected"), [(BSD3, "BSD-3-Clause"), (BSD2, "BSD-2-Clause"), (MIT, "MIT"), (APACHE, "Apache-2.0"), ("Ask me first.", "")]
)
def test_a_licence_text_is_recognised_by_what_it_says(text, expected):
    assert recognise(text) == expected


@pytest.mark.parametrize(
    ("text", "addition"),
    [
        (MIT, "The software may be used for non-commercial purposes only."),
        (MIT, "Commons Clause: the right to sell is not granted."),
        (BSD3, "2. Additional terms hold for redistribution through some channels."),
        (BSD3, "Whoever passes this on sends its authors a letter. " * 10),
        (BSD3, MIT),
        (BSD2, "All advertising materials mentioning this software must name its authors."),
    ],
)
def test_a_text_that_says_more_passes_for_nothing(text, addition):
    assert recognise(f"{text}\n\n{addition}\n") == ""


def test_many_holders_and_a_title_change_nothing():
    holders = "".join(f"Copyright (c) {year} by a holder with a long name, Inc., and others\n" for year in range(1990, 2026))
    assert recognise(f"THE TOY IS FREE\n\n{holders}\n{MIT}") == "MIT"


def test_a_clause_whose_lines_begin_with_copyright_is_read_too():
    assert (
        recognise(BSD3.replace("copyright notice", "\ncopyright notice").replace("copyright holder", "\ncopyright holder"))
        == "BSD-3-Clause"
    )


def test_the_expression_of_the_metadata_comes_first_and_the_text_is_compared():
    digest = sha256_bytes(MIT.encode())[:16]
    assert resolve_licence("toy 1.0", notices("License-Expression: mit", LICENSE=MIT)) == Licence(
        "MIT", f"License-Expression in the metadata; LICENSE (sha256 {digest}) is MIT"
    )
    assert resolve_licence("toy 1.0", notices("License-Expression: 0BSD")) == Licence("0BSD", "License-Expression in the metadata")


def test_text_and_classifier_are_evidence_together():
    digest = sha256_bytes(BSD3.encode())[:16]
    fields = ("License: BSD", "Classifier: License :: OSI Approved :: BSD License", "Classifier: Topic :: Utilities")
    assert resolve_licence("toy 1.0", notices(*fields, LICENSE=BSD3)) == Licence(
        "BSD-3-Clause", f"LICENSE (sha256 {digest}) is BSD-3-Clause, as License 'BSD' and classifier 'BSD License' say"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (notices(), "not certain"),
        (notices("License: MIT"), "not certain"),
        (notices("Classifier: License :: OSI Approved :: MIT License"), "not certain"),
        (notices(LICENSE="Ask me first."), "not certain"),
        (notices(LICENSE=MIT, COPYING=BSD3), "texts that differ"),
        (notices("License: GPL-3.0", LICENSE=MIT), "metadata says 'GPL-3.0'"),
        (
            notices("Classifier: License :: OSI Approved :: Apache Software License", LICENSE=BSD3),
            "metadata says 'Apache Software License'",
        ),
        (notices("License: as you like", LICENSE=MIT), "metadata says 'as you like'"),
        (notices("License-Expression: MIT", LICENSE=BSD3), "License-Expression is MIT, but LICENSE is BSD-3-Clause"),
        (notices("License-Expression: Free-ish", LICENSE=MIT), "none of SPDX"),
        ({}, "not certain"),
    ],
)
def test_what_is_missing_unknown_or_contradictory_is_not_resolved(given, message):
    with pytest.raises(BadSource, match=message):
        resolve_licence("toy 1.0", given)


LGPL = "GNU LESSER GENERAL PUBLIC LICENSE\nVersion 3, 29 June 2007\n... Combined Works ...\n"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("GNU Lesser General Public License v3 (LGPLv3)", "LGPL-3.0-only"),
        ("GNU Lesser General Public License v3 or later (LGPLv3+)", "LGPL-3.0-or-later"),
    ],
)
def test_only_the_metadata_tells_whether_later_versions_may_be_chosen(claim, expected):
    assert resolve_licence("toy", notices(f"Classifier: License :: OSI Approved :: {claim}", COPYING=LGPL)).expression == expected


def test_a_claim_of_another_version_is_a_contradiction():
    with pytest.raises(BadSource, match=r"its licence text is LGPL-3\.0, but its metadata says"):
        resolve_licence("toy", notices("License: LGPL v2.1", COPYING=LGPL))


def test_a_file_that_lists_licences_by_file_gives_all_of_them():
    listed = (
        "Files: *\nCopyright: us\nLicense: BSD-3-Clause\n\nFiles: a.py\nLicense: MIT\n\nLicense: BSD-3-Clause\n\n" + BSD3 + "\n" + MIT * 2
    )
    assert resolve_licence("toy", notices(**{"LICENSE": listed})).expression == "BSD-3-Clause AND MIT"
    with pytest.raises(BadSource, match="not certain"):
        resolve_licence("toy", notices(**{"LICENSE": listed.replace("License: MIT", "License: homemade")}))


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("PKG-INFO", True),
        ("toy-1.0.dist-info/METADATA", True),
        ("toy-1.0.dist-info/licenses/LICENSE.txt", True),
        ("LICENSE", True),
        ("LICENCE.md", True),
        ("COPYING", True),
        ("LICENSE/LICENSE", True),
        ("LICENSES_bundled.txt", False),
        ("toy/_vendor/LICENSE", False),
        ("docs/license.rst", False),
    ],
)
def test_only_what_stands_for_the_whole_is_read(inner, expected):
    assert is_notice(inner) is expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("MIT AND BSD-3-Clause", True),
        ("EPL-2.0 OR BSD-3-Clause", True),
        ("LGPL-3.0-only", False),
        ("MIT AND (GPL-2.0-only OR LGPL-3.0-or-later)", False),
        ("(GPL-2.0-only OR MIT) AND ISC", True),
        ("GPL-3.0-only WITH Classpath-exception-2.0", False),
        ("MPL-2.0", False),
        ("", False),
        ("MIT MIT", False),
    ],
)
def test_copyleft_is_told_by_the_expression(expression, expected):
    assert is_permissive(expression) is expected
