"""Fetch every source of a corpus file, and add packages or papers to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from gpiot_data import manifest
from gpiot_data.errors import BadManifest, BadSource, UsageError
from gpiot_data.sources.packages import PackageCorpus, PackageSource, cached_path, fetch_package
from gpiot_data.sources.papers import PaperCorpus, PaperSource, verify_paper

S = TypeVar("S", PackageSource, PaperSource)


def fetch_corpus(path: Path, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    """Return (id, verified file) for each source of a corpus, in its order.

    A source that cannot be had does not keep the others from being fetched.

    Raises:
        BadManifest: if the corpus does not follow its schema.
        BadSource: if a file is missing or is not the pinned one.
        RemoteError: if the package index, or where a paper lies, does not answer.
    """
    kind = manifest.read_yaml(path).get("kind")
    if kind not in ("papers", "packages"):
        raise BadManifest(f"{path}: kind: expected 'papers' or 'packages', got {kind!r}")
    if kind == "papers":
        return _each(PaperCorpus.load(path).sources, verify_paper, kind, say)
    return _each(PackageCorpus.load(path).sources, fetch_package, kind, say)


def _each(sources: Sequence[S], obtain: Callable[[S], Path], kind: str, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    fetched: list[tuple[str, Path]] = []
    bad: list[BadSource] = []
    for source in sources:
        try:
            fetched.append((source.id, obtain(source)))
            say(f"  {source.label}: verified")
        except BadSource as error:
            say(f"  {source.label}: not to be had")
            bad.append(error)
    if bad:
        more = f" (and {len(bad) - 1} more of the {len(bad) + len(fetched)} {kind})" if len(bad) > 1 else ""
        raise BadSource(f"{bad[0]}{more}")
    return fetched


def pin_sources(path: Path, wanted: Sequence[str], licence: str | None, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    """Add packages or papers to a corpus file: `arxiv:ID` and `doi:DOI` are papers, everything else names a package.

    Raises:
        UsageError: if both are asked for at once, a licence is named for more than one, or a name or the licence is of no known form.
        BadManifest: if the corpus does not follow its schema, or cannot take the entry.
        BadSource: if there is no such source, or its licence cannot be resolved or is not open.
        RemoteError: if an index or registry does not answer.
    """
    papers = [name.lower().startswith(("arxiv:", "doi:")) for name in wanted]
    if not any(papers):
        return pin_packages(path, wanted, licence, say)
    if not all(papers):
        raise UsageError("--pin: name packages or papers, not both at once; a corpus holds one kind")
    if licence is not None and len(wanted) != 1:
        raise UsageError("--license: says what one paper is under; pin the papers one by one")
    from gpiot_data.sources.papers_fetch import shared_web
    from gpiot_data.sources.papers_pin import pin_paper
    from gpiot_data.sources.papers_web import Services

    services = Services.configured()
    sources = [pin_paper(path, name, licence, shared_web(), services, say) for name in wanted]
    return [(source.id, source.path) for source in sources]


def pin_packages(path: Path, wanted: Sequence[str], licence: str | None, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    """Add packages to a corpus file one by one; return (id, verified file) for each. Those added before an error stay added.

    Args:
        path: the corpus file.
        wanted: for each package `NAME`, which takes the newest release, or `NAME==VERSION`.
        licence: the SPDX expression of the one package, where its files do not tell it.
        say: told about each package.

    Raises:
        UsageError: if a licence is named for more than one package, or a name or the licence is of no known form.
        BadManifest: if the corpus does not follow its schema, or cannot take the entry.
        BadSource: if no release fits, or the licence of one cannot be resolved.
        RemoteError: if the package index does not answer.
    """
    from gpiot_data.sources.pin import pin_package
    from gpiot_data.sources.pip_index import PipIndex

    if licence is not None and len(wanted) != 1:
        raise UsageError("--license: says what one package is under; pin the packages one by one")
    index = PipIndex.configured()
    sources = [pin_package(path, name, licence, index, say) for name in wanted]
    return [(source.name, cached_path(source)) for source in sources]
