"""Fetch every source of a corpus file, and add packages to one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from gpiot_data import manifest
from gpiot_data.errors import BadManifest, BadSource, UsageError
from gpiot_data.sources.packages import PackageCorpus, cached_path, fetch_package
from gpiot_data.sources.papers import PaperCorpus, verify_paper


def fetch_corpus(path: Path, say: Callable[[str], None]) -> list[tuple[str, Path]]:
    """Return (id, verified file) for each source of a corpus, in its order.

    A package that cannot be had does not keep the others from being fetched.

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
        return fetched
    bad: list[BadSource] = []
    for package in PackageCorpus.load(path).sources:
        try:
            fetched.append((package.name, fetch_package(package)))
            say(f"  {package.label}: verified")
        except BadSource as error:
            say(f"  {package.label}: not to be had")
            bad.append(error)
    if bad:
        more = f" (and {len(bad) - 1} more of the {len(bad) + len(fetched)} packages)" if len(bad) > 1 else ""
        raise BadSource(f"{bad[0]}{more}")
    return fetched


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
