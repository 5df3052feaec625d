"""The attribution file names every source that has rows, and keeps the notices of what was copied."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import pytest

from gpiot_data.errors import BadSource
from gpiot_data.publish.attribution import render_attribution

MIT = "Copyright (c) 2020 A. Person\r\n\r\nPermission is hereby granted ``` free of charge\x1b[31m\r\n"


def package(name: str, licence: str = "MIT", **given: str) -> dict:
    return {"id": name, "version": "1.0", "file": f"{name}-1.0.tar.gz", "sha256": "0" * 64, "license": licence, "modules": [], **given}


def paper(name: str, title: str = "") -> dict:
    return {"id": name, "version": "1", "file": f"{name}.pdf", "sha256": "1" * 64, "license": "CC-BY-4.0", "title": title}


def rows(*sources: str) -> list[dict]:
    return [{"id": str(number), "source": {"source": source}} for number, source in enumerate(sources)]


def archive(folder: Path, name: str, texts: dict[str, str]) -> Path:
    path = folder / f"{name}-1.0.tar.gz"
    with tarfile.open(path, "w:gz") as file:
        for inner, text in texts.items():
            member = tarfile.TarInfo(f"{name}-1.0/{inner}")
            member.size = len(text.encode())
            file.addfile(member, io.BytesIO(text.encode()))
    return path


def never(name: str) -> Path:
    raise AssertionError(f"{name} was opened")


def test_papers_are_named_with_title_licence_link_and_hash() -> None:
    text = render_attribution("toys", "1.0.0", [paper("b", "On Things"), paper("a")], rows("b", "b"), never)
    assert text.splitlines()[5:] == [
        "## b 1",
        "",
        "- title: On Things",
        "- licence: CC-BY-4.0",
        "- its text: https://spdx.org/licenses/CC-BY-4.0.html",
        f"- file: b.pdf, sha256 {'1' * 64}",
        "- rows: 2",
    ]


def test_notices_are_kept_once_printable_and_cannot_close_their_block(tmp_path: Path) -> None:
    archives = {name: archive(tmp_path, name, {"LICENSE": MIT, "toy/LICENSE": "not of the whole"}) for name in ("one", "two")}
    archives["three"] = archive(tmp_path, "three", {"LICENSE.txt": "Other words\n", "setup.py": ""})
    sources = [package("one"), package("two"), package("three", "MIT AND LicenseRef-own", evidence="read by hand"), package("unused")]
    given = rows("one", "two", "three", "one")
    text = render_attribution("toys", "1.0.0", sources, given, archives.__getitem__)
    assert text.count("Permission is hereby granted") == 1
    assert (
        "## one 1.0, two 1.0\n\n````text\nCopyright (c) 2020 A. Person\n\nPermission is hereby granted ``` free of charge\ufffd[31m\n````\n"
        in text
    )
    assert (
        "- licence: MIT AND LicenseRef-own (read by hand)\n- its text: https://spdx.org/licenses/MIT.html\n- from: https://pypi.org/"
        in text
    )
    assert "not of the whole" not in text
    assert "unused" not in text
    mixed = random.Random(1).sample(sources, len(sources))
    assert render_attribution("toys", "1.0.0", mixed, given[::-1], archives.__getitem__) == text


def test_a_package_that_cannot_be_had_is_an_error_and_no_gap() -> None:
    def gone(name: str) -> Path:
        raise BadSource(f"{name} is gone")

    with pytest.raises(BadSource, match="one is gone"):
        render_attribution("toys", "1.0.0", [package("one")], rows("one"), gone)
