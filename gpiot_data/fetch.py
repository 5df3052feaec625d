"""Fetch every source of a corpus file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gpiot_data import manifest
from gpiot_data.errors import BadManifest
from gpiot_data.sources.packages import PackageCorpus, fetch_package
from gpiot_data.sources.papers import PaperCorpus, verify_paper


def fetch_corpus(path: Path, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    """Return (id, verified file) for each source of a corpus, in its order.

    Raises:
        BadManifest: if the corpus does not follow its schema.
        BadSource: if a file is missing or is not the pinned one.
        RemoteError: if the package index does not answer.
    """
    kind = manifest.read_yaml(path).get("kind")
    if kind not in ("papers", "packages"):
        raise BadManifest(f"{path}: kind: expected 'papers' or 'packages', got {kind!r}")
    fetched = []
    if kind == "papers":
        for paper in PaperCorpus.load(path).sources:
            fetched.append((paper.id, verify_paper(paper)))
            say(f"  {paper.label}: verified")
    else:
        for package in PackageCorpus.load(path).sources:
            fetched.append((package.name, fetch_package(package)))
            say(f"  {package.label}: verified")
    return fetched
