"""A PDF that hangs, explodes or crashes the reader costs one source and no more."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pymupdf
import pytest

from gpiot_data.errors import BadPdf, UsageError
from gpiot_data.papers import isolation
from gpiot_data.papers.isolation import Limits
from gpiot_data.papers.sections import read_paper, read_paper_here

TEXT = "The node samples the sensor at fifty hertz and keeps a ring of the values that it has read. " * 6


def _objects(*objects: bytes) -> bytes:
    """Return a PDF of these objects, the first of which is its root."""
    body, places = b"%PDF-1.7\n", []
    for number, item in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    return body + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + trailer


def _stream(entries: bytes, content: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


def _doubling(depth: int, leaf: bytes) -> bytes:
    """Return a small PDF whose page draws a form that draws another twice, and so on: 2 ** depth leaves."""
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<<%s/Font<</A 5 0 R>>>>"
    forms = [_stream(form % (b"/XObject<</F %d 0 R>>" % (7 + step)), b"/F Do /F Do") for step in range(depth)]
    return _objects(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 6 0 R>>>>>>",
        _stream(b"", b"/F Do"),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *forms,
        _stream(form % b"", leaf),
    )


def _sound(path: Path) -> Path:
    document = pymupdf.open()
    document.new_page().insert_textbox((50, 50, 550, 700), TEXT)
    document.save(path)
    return path


def _reason(path: Path, limits: Limits) -> str:
    with pytest.raises(BadPdf) as caught:
        read_paper(path, limits=limits)
    assert "\n" not in str(caught.value)
    return caught.value.reason


def test_a_paper_is_the_same_whether_it_is_read_apart_or_here(tmp_path: Path) -> None:
    path = _sound(tmp_path / "a.pdf")
    assert read_paper(path) == read_paper_here(path)


def test_a_pdf_that_draws_without_end_is_too_slow(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(_doubling(60, b"q Q"))
    started = time.monotonic()
    assert _reason(path, Limits(cpu_s=2)) == "too_slow"
    assert time.monotonic() - started < 30


def test_a_pdf_whose_text_explodes_needs_too_much_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(_doubling(24, b"BT /A 9 Tf 50 700 Td (the node of the field and the sink) Tj ET"))
    assert _reason(path, Limits(cpu_s=60, memory_mib=320)) == "too_much_memory"


def test_a_reader_that_waits_is_ended_by_the_clock(tmp_path: Path) -> None:
    assert _reason(_sound(tmp_path / "a.pdf"), Limits(wall_s=0.01)) == "too_slow"


def test_a_reader_that_dies_without_a_word_is_a_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolation, "MODULE", "gpiot_data.papers.no_such_worker")
    assert _reason(_sound(tmp_path / "a.pdf"), Limits()) == "crashed"


def test_reasons_of_the_reader_come_through(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(b"<html>")
    assert _reason(tmp_path / "a.pdf", Limits()) == "not_pdf"


def test_the_layout_engine_without_its_models_is_an_error_of_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pymupdf, "_get_layout", None)
    with pytest.raises(UsageError, match="needs PyMuPDF 2"):
        read_paper_here(_sound(tmp_path / "a.pdf"), "layout")


@pytest.mark.slow
def test_the_layout_engine_leaves_out_a_table_and_keeps_the_text(tmp_path: Path) -> None:
    paper = read_paper(_sound(tmp_path / "a.pdf"), "layout")
    assert "samples the sensor" in paper.text


def test_plain_reading_does_not_start_the_layout_models() -> None:
    code = "import sys; from gpiot_data.papers.pdf import import_pymupdf as load; m = load(); print(m._get_layout)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"
