"""Typeset the sample papers beside this file into PDFs one folder up."""

from __future__ import annotations

from pathlib import Path

import typst

HERE = Path(__file__).parent

for source in sorted(HERE.glob("*.typ")):
    if source.name != "template.typ":
        (HERE.parent / f"{source.stem}.pdf").write_bytes(typst.compile(source))
