"""One source -> its candidate rows, taken from the cache where the same code made them from the same bytes before."""

from __future__ import annotations

import contextlib
import gc
import importlib.metadata
import json
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadSource
from gpiot_data.executor import map_ordered
from gpiot_data.plan import Source, describe_source
from gpiot_data.schema import Kept, Rejected
from gpiot_data.sources.packages import PackageSource, fetch_package
from gpiot_data.sources.papers import PaperSource, verify_paper
from gpiot_data.stages import code_digest
from gpiot_data.store import cache_dir, canonical_json, sha256_json, sha256_text, write_atomic

#: Packages whose version can change the bytes of a row.
BYTE_RELEVANT = ("pymupdf", "numpydoc", "docstring_parser")
#: Why a source gave nothing that no index has, or not its origin.
NOT_OBTAINED = "not_obtained"


def byte_relevant_versions() -> dict[str, str]:
    """Return the installed versions of the packages that rows depend on."""
    return {name: importlib.metadata.version(name) for name in BYTE_RELEVANT}


def obtain(source: Source) -> Path:
    """Return the verified file of a source, fetched where it is not here yet.

    Raises:
        BadSource: if the file is missing or is not the pinned one.
        RemoteError: if a package index does not answer.
    """
    return verify_paper(source) if isinstance(source, PaperSource) else fetch_package(source)


def obtain_each(sources: list[Source], say: Callable[[str], None]) -> list[Path | None]:
    """Return the verified file of each source, or None for one that its index or origin does not have: the build goes on without it.

    Raises:
        BadSource: if a paper that should lie on this machine is missing or is not the pinned one.
        RemoteError: if an index or origin does not answer, which may pass.
    """
    paths: list[Path | None] = []
    for source in sources:
        try:
            paths.append(obtain(source))
        except BadSource as error:
            if isinstance(source, PaperSource) and not source.origin:
                raise
            say(f"  {source.label}: left out: {error}")
            paths.append(None)
    return paths


def extract_all(
    sources: list[Source], paths: list[Path | None], jobs: int, say: Callable[[str], None], cache: Path | None = None
) -> Iterator[Kept[dict[str, Any]] | Rejected]:
    """Yield the candidates of all sources, in the order of the sources whatever the number of workers.

    What a source gave before is taken from `cache`, by default that of this machine.
    """
    here = [(source, path) for source, path in zip(sources, paths, strict=True) if path is not None]
    results = iter(map_ordered(partial(extract_source, cache or cache_dir() / "pairs"), here, jobs))
    for source, path in zip(sources, paths, strict=True):
        lines = next(results) if path is not None else [not_obtained(source)]
        kept = 0
        for line in lines:
            if "row" in line:
                kept += 1
                yield Kept(line["row"])
            else:
                yield Rejected(**line["rejected"])
        why = f" ({', '.join(sorted({line['rejected']['reason'] for line in lines}))})" if lines and not kept else ""
        say(f"    {source.label}: {kept} pairs{why}")


def extract_source(cache: Path, item: tuple[Source, Path]) -> list[dict[str, Any]]:
    """Return the candidates of one source as JSON values: `{"row": ...}` or `{"rejected": ...}`."""
    source, path = item
    key = sha256_json({"source": describe_source(source), "code": code_digest(), "versions": byte_relevant_versions()})
    place = cache / f"{key}.jsonl"
    found = _read_cached(place)
    if found is not None:
        return found
    try:
        with _no_cycles_collected():
            lines = [
                {"row": item.row.to_json()} if isinstance(item, Kept) else {"rejected": item.to_json()} for item in _extract(source, path)
            ]
    except BadSource as error:
        # The place of the file differs between machines.
        lines = [_unusable(source, "unusable_archive", str(error).replace(str(path), path.name))]
    text = "".join(canonical_json(line) + "\n" for line in lines)
    write_atomic(place, f"{sha256_text(text)}\n{text}")
    return lines


@contextlib.contextmanager
def _no_cycles_collected() -> Iterator[None]:
    """Leave cyclic garbage alone for one source: there is next to none, and looking for it passes over each tree of the package again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def not_obtained(source: Source) -> dict[str, Any]:
    """Return the rejection of a source that cannot be had, as `extract_source` gives it."""
    where = "its origin" if isinstance(source, PaperSource) else "no index"
    has = "does not have" if isinstance(source, PaperSource) else "has"
    return _unusable(source, NOT_OBTAINED, f"{where} {has} the file as it was pinned")


def _unusable(source: Source, reason: str, text: str) -> dict[str, Any]:
    return {"rejected": Rejected(reason=reason, source=source.id, place=source.file, text=text).to_json()}


def _read_cached(place: Path) -> list[dict[str, Any]] | None:
    try:
        digest, _, text = place.read_text(encoding="utf-8").partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return [json.loads(line) for line in text.split("\n")[:-1]] if sha256_text(text) == digest else None


def _extract(source: Source, path: Path) -> Iterable[Kept[Any] | Rejected]:
    if isinstance(source, PackageSource):
        from gpiot_data.packages.pairs import extract_package

        return extract_package(source, path)
    from gpiot_data.teacher.pairs import extract_paper
    from gpiot_data.teacher.rules import RulesTeacher

    return extract_paper(source, path, RulesTeacher())
