"""Adding a package to a corpus file: the release that pip would take, its hash, its licence and its modules.

The artefact is downloaded and read in memory; nothing of it is built, run or unpacked.
"""

from __future__ import annotations

import platform
import re
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import yaml
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import InvalidSdistFilename, InvalidWheelFilename, canonicalize_name, parse_sdist_filename, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from gpiot_data.errors import BadManifest, BadSource, InputError, UsageError
from gpiot_data.sources.facts import read_facts
from gpiot_data.sources.licences import Licence, resolve_licence
from gpiot_data.sources.packages import PackageCorpus, PackageIndex, PackageSource, cached_path, fetch_package, try_again
from gpiot_data.sources.pip_index import Offer
from gpiot_data.store import TEMP_PREFIX, cache_dir, make_folder, sha256_file, write_atomic

_WANTED = re.compile(r"([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)(?:==([\w.!+-]+))?", re.ASCII)
#: Sources come with examples and documents, wheels without; of the wheels only those that hold nothing compiled for one machine.
_KINDS = {"sdist": 1, "wheel": 0}


class ListingIndex(PackageIndex, Protocol):
    """An index that also tells what it has."""

    def offers(self, name: str) -> list[Offer]:
        """Return the files that are listed for a package; others may be among them.

        Raises:
            TransientError: if a place did not answer as it should.
        """
        ...


@dataclass(frozen=True, slots=True)
class Release:
    """A file of an index that could be pinned; it sorts above what is less wanted."""

    version: Version
    kind: str
    offer: Offer


def pin_package(path: Path, wanted: str, licence: str | None, index: ListingIndex, say: Callable[[str], None]) -> PackageSource:
    """Add the newest fitting release of a package to a corpus file, or the version that `wanted` names.

    Comments and other entries stay as they are, byte by byte. A package that is listed with that version already is left alone.

    Args:
        path: the corpus file.
        wanted: `NAME` or `NAME==VERSION`.
        licence: the SPDX expression to record, where somebody read the licence; by default it has to follow from the artefact.
        index: where to look and download.
        say: told what was done.

    Raises:
        UsageError: if `wanted` or `licence` is not of that form.
        BadManifest: if the corpus is none of packages, lists another version, or has its sources in a form that cannot be added to.
        BadSource: if no release fits, the artefact is damaged, or its licence cannot be resolved.
        RemoteError: if the index does not answer.
    """
    match = _WANTED.fullmatch(wanted)
    if match is None:
        raise UsageError(f"--pin: expected NAME or NAME==VERSION, got '{wanted}'")
    corpus = PackageCorpus.load(path)
    for source in corpus.sources:
        if canonicalize_name(source.name) == canonicalize_name(match[1]):
            if match[2] in (None, source.version):
                say(f"  {source.label}: is listed already")
                return source
            raise BadManifest(f"{path}: lists {source.label} already; take that entry out to pin {wanted}")
    offers = try_again(match[1], lambda: index.offers(match[1]))
    release = choose_release(match[1], match[2], offers)
    source = _examine(match[1], release, _hash_of(match[1], release.offer, index), licence, index)
    _append(path, corpus, source)
    say(f"  {source.label}: {source.license} ({source.evidence}); modules {', '.join(source.modules)}")
    return source


def choose_release(name: str, version: str | None, offers: Sequence[Offer]) -> Release:
    """Return the release to pin: the newest for this Python that is neither yanked nor a preview, its sdist if it has one.

    A version that is asked for may be yanked or a preview.

    Raises:
        UsageError: if `version` is no version.
        BadSource: if no file fits; why is told of the newest.
    """
    try:
        asked = Version(version) if version else None
    except InvalidVersion as error:
        raise UsageError(f"--pin: '{version}' is no version") from error
    releases = [release for offer in offers if (release := _parse(name, offer)) and asked in (None, release.version)]
    if not releases:
        what = f"sdist or pure wheel of {name}" + (f" {version}; check name and version" if version else "; check the name")
        raise BadSource(f"{name}: no index that pip is configured for has an {what}")
    python = platform.python_version()
    fitting = [release for release in releases if _takes(release.offer, python)]
    if not fitting:
        needed = max(releases, key=_rank).offer
        raise BadSource(f"{name}: {needed.file} is for Python {needed.requires_python}, this is {python}; pin another version")
    good = fitting if asked else [release for release in fitting if not release.offer.is_yanked]
    good = [release for release in good if not release.version.is_prerelease] or good
    if not good:
        raise BadSource(f"{name}: every release of it was yanked; name one with {name}==VERSION if it has to be")
    return max(good, key=_rank)


def _rank(release: Release) -> tuple[Version, int, str]:
    return release.version, _KINDS[release.kind], release.offer.file


def _parse(name: str, offer: Offer) -> Release | None:
    """Return what a file of an index is; None where it is of another package or of no use here."""
    try:
        if offer.file.endswith(".whl"):
            found, version, _, tags = parse_wheel_filename(offer.file)
            kind = "wheel" if any(tag.abi == "none" and tag.platform == "any" for tag in tags) else ""
        else:
            found, version = parse_sdist_filename(offer.file)
            kind = "sdist"
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return None
    return Release(version, kind, offer) if kind and found == canonicalize_name(name) else None


def _takes(offer: Offer, python: str) -> bool:
    try:
        return SpecifierSet(offer.requires_python).contains(python, prereleases=True)
    except InvalidSpecifier:
        return False


def _hash_of(name: str, offer: Offer, index: PackageIndex) -> str:
    """Return the sha256 that the index lists for a file, else that of its bytes, which are read for it."""
    if offer.sha256:
        return offer.sha256
    make_folder(cache_dir() / "sources")
    with tempfile.NamedTemporaryFile(prefix=TEMP_PREFIX, dir=cache_dir() / "sources") as temp:

        def read() -> str:
            temp.seek(0)
            temp.truncate()
            with index.open(name, offer.file, "") as content:
                for piece in content.pieces:
                    temp.write(piece)
            temp.flush()
            return sha256_file(Path(temp.name))

        return try_again(offer.file, read)


def _examine(name: str, release: Release, sha256: str, licence: str | None, index: PackageIndex) -> PackageSource:
    """Download a release and read what an entry needs of it."""
    source = PackageSource(name, str(release.version), release.offer.file, sha256, license="unknown")
    fetch_package(source, index)
    modules, notices = read_facts(cached_path(source))
    if not modules:
        raise BadSource(f"{source.label}: {source.file} has no Python package or module")
    found = _licence(source.label, notices, licence)
    return PackageSource(name, source.version, source.file, sha256, found.expression, modules=modules, evidence=found.evidence)


def _licence(label: str, notices: dict[str, bytes], named: str | None) -> Licence:
    if named is None:
        return resolve_licence(label, notices)
    try:
        expression = str(canonicalize_license_expression(named))
    except InvalidLicenseExpression as error:
        raise UsageError(f"--license: expected an SPDX expression such as BSD-3-Clause, got '{named}'") from error
    try:
        own = f"the artefact itself says {resolve_licence(label, notices).expression}"
    except BadSource:
        own = "the artefact itself does not say it for certain"
    return Licence(expression, f"named by hand with --license; {own}")


def _append(path: Path, corpus: PackageCorpus, source: PackageSource) -> None:
    """Write an entry after the last one, and make sure that the others are read as before."""
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from error
    end = "\r\n" if "\r\n" in text else "\n"
    entry = render_entry(source, _indent_of_sources(path, text))
    longer = text + ("" if text.endswith("\n") else end) + entry.replace("\n", end)
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / path.name
        trial.write_bytes(longer.encode("utf-8"))
        try:
            read = PackageCorpus.load(trial).sources
        except BadManifest:
            read = ()
    if read != (*corpus.sources, *(PackageCorpus(corpus.schema, corpus.name, corpus.kind, (source,)).sources)):
        raise BadManifest(f"{path}: an entry cannot be added at its end; let 'sources' be the last key, with one entry below the other")
    write_atomic(path, longer)


def _indent_of_sources(path: Path, text: str) -> int:
    """Return the column at which the dashes of the entries stand.

    Raises:
        BadManifest: if the entries are not written one below the other.
    """
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    node = next(value for key, value in root.value if key.value == "sources")
    if node.flow_style:
        raise BadManifest(f"{path}: sources: write one entry below the other, so that more can be added")
    return int(node.start_mark.column)


def render_entry(source: PackageSource, indent: int) -> str:
    """Return an entry of a corpus file as YAML, with the dash at column `indent`."""
    keys = ("name", "version", "file", "sha256", "license", "evidence", "tags", "module_tags", "modules", "skip", "documents")
    lines = [f"{key}: {_as_yaml(value)}" for key in keys if (value := getattr(source, key))]
    return "".join(f"{' ' * indent}{'- ' if number == 0 else '  '}{line}\n" for number, line in enumerate(lines))


def _as_yaml(value: Any) -> str:
    plain = (
        {key: list(item) for key, item in value.items()} if isinstance(value, dict) else list(value) if isinstance(value, tuple) else value
    )
    text = yaml.safe_dump(plain, default_flow_style=True, width=1 << 20, allow_unicode=True, sort_keys=True)
    return str(text).removesuffix("...\n").rstrip("\n")
