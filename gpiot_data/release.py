"""`gpiot-data publish`: the gates a dataset folder has to pass before it is given away, and what then goes to the Hub.

In this order: it is what its lock, its sources and its verdicts say; every licence is known, and no row holds the words of a source that
may not be passed on; the sources are attributed; nothing in any file is a secret. Only what the lock lists is published, and the lock.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gpiot_data.errors import BadDataset, GpiotError, QualityGateFailed
from gpiot_data.extract import obtain
from gpiot_data.plan import Source, source_of
from gpiot_data.publish.attribution import FILE as ATTRIBUTION
from gpiot_data.publish.attribution import render_attribution
from gpiot_data.publish.hub import Pushed, Target, push, token_of
from gpiot_data.quality.licence import ClosedText, closed_sources, too_close, unknown_licences
from gpiot_data.quality.secrets import scan_files
from gpiot_data.recheck import Dataset, find_source, open_dataset, papers_of
from gpiot_data.reexecute import verify_folder
from gpiot_data.sources.packages import PackageSource

Say = Callable[[str], None]

LOCK = "lock.json"
#: Folders of a dataset that readers take as a whole.
OWNED = ("data/", "parquet/")


@dataclass(frozen=True, slots=True)
class Publication:
    """What goes, or went, to the Hub: files by their path with their bytes; `pushed` is None for a dry run."""

    target: Target
    files: dict[str, int]
    pushed: Pushed | None

    def to_json(self) -> dict[str, Any]:
        """Return the object that `--json` prints."""
        head = {"repo": self.target.repo, "tag": self.target.tag, "private": not self.target.public, "files": self.files}
        if self.pushed is None:
            return {**head, "dry_run": True}
        pushed = {
            "url": self.pushed.url,
            "commit": self.pushed.commit,
            "sent": list(self.pushed.sent),
            "deleted": list(self.pushed.deleted),
        }
        return {**head, "dry_run": False, **pushed}


def publish(
    folder: Path, repo: str, *, public: bool, dry_run: bool, licences: Sequence[str], manifest_path: Path | None, say: Say
) -> Publication:
    """Publish a verified dataset folder as one commit, tagged with its version.

    Args:
        folder: the dataset.
        repo: ORG/NAME on the Hub.
        public: whether anybody may read it.
        dry_run: pass all gates and tell what would go; nothing leaves this machine.
        licences: SPDX expressions that somebody has read and lets through.
        manifest_path: which tells where papers lie; by default the one that `run.json` names.
        say: told what goes on, for people.

    Raises:
        UsageError: if `repo` is no name, or there is no token.
        BadDataset: if it is no dataset, has no sound attribution, or holds a secret.
        QualityGateFailed: if it is not verified, or a licence does not let it be published.
        InputError: if this version is published already with other content.
        RemoteError: if the Hub refuses or does not answer.
    """
    dataset, _ = open_dataset(folder)
    target = Target(repo=repo, kind="dataset", tag=f"v{_version(dataset)}", public=public, owned=OWNED)
    if not dry_run:
        token_of(os.environ)
    answer = verify_folder(folder, manifest_path, say, execute=False, jobs=1, sandbox="auto")
    if answer.wrong:
        raise QualityGateFailed(
            f"{folder}: is not published, since it differs from its lock, its sources or its verdicts in {len(answer.wrong)} places; the "
            f"first: {answer.wrong[0]}; see gpiot-data verify"
        )
    check_licences(dataset, manifest_path, licences, say)
    check_attribution(dataset)
    files = listed_files(dataset)
    check_secrets(folder, files)
    sizes = {path: place.stat().st_size for path, place in files.items()}
    say(f"{folder}: verified; licences, attribution and secrets passed; {len(files)} files, {sum(sizes.values())} bytes")
    if dry_run:
        return Publication(target, sizes, None)
    message = f"{dataset.lock['name']} {_version(dataset)}, content {dataset.lock['dataset_sha256'][:16]}"
    return Publication(target, sizes, push(files, target, message, say))


def _version(dataset: Dataset) -> str:
    version = dataset.lock.get("version")
    if not isinstance(version, str) or not version.replace(".", "").isdigit():
        raise BadDataset(f"{dataset.folder / LOCK}: names no version such as 1.0.0; build the dataset again")
    return version


def listed_files(dataset: Dataset) -> dict[str, Path]:
    """Return the files that make a dataset, by their path in it: what its lock lists, and the lock."""
    names = [entry["path"] for entry in (*dataset.lock["outputs"], *dataset.lock["derived"])]
    return {name: dataset.folder / name for name in sorted([*names, LOCK])}


def check_licences(dataset: Dataset, manifest_path: Path | None, named: Sequence[str], say: Say) -> None:
    """Stop where a licence is unknown, or a row has the words of a source that may not be passed on.

    Raises:
        QualityGateFailed: naming the first of them; `say` is told all.
    """
    wrong = unknown_licences(dataset.lock["sources"], dataset.rows, named)
    closed = closed_sources(dataset.lock["sources"], named)
    papers = papers_of(dataset, manifest_path) if closed else {}
    texts = []
    for entry in closed:
        try:
            source = find_source(dataset, entry, papers)
            texts.append(ClosedText(entry["id"], entry["license"], _whole_text(source, obtain(source))))
        except GpiotError as error:
            wrong.append(f"{entry['id']}: is under {entry['license']}, and no row could be compared with it: {error}")
    wrong += too_close(dataset.rows, texts)
    for sentence in wrong:
        say(f"  {sentence}")
    if wrong:
        raise QualityGateFailed(f"{dataset.folder}: is not published: {len(wrong)} licence faults; the first: {wrong[0]}")


def _whole_text(source: Source, path: Path) -> str:
    if isinstance(source, PackageSource):
        from gpiot_data.packages.archive import read_source

        archive = read_source(source, path, documents=True)
        pieces = [*(file.data or b"" for file in archive.files), *(document.data for document in archive.documents)]
        return "\n".join(piece.decode("utf-8", "replace") for piece in pieces)
    from gpiot_data.papers.sections import read_paper

    return read_paper(path, source.engine).text


def check_attribution(dataset: Dataset) -> None:
    """Stop where the attribution file is not the one that sources and rows give.

    Raises:
        BadDataset: if so.
        BadSource, RemoteError: if a package cannot be had.
    """
    entries = {entry["id"]: entry for entry in dataset.lock["sources"]}
    wanted = render_attribution(
        str(dataset.lock["name"]), _version(dataset), list(entries.values()), dataset.rows, lambda name: obtain(source_of(entries[name]))
    )
    path = dataset.folder / ATTRIBUTION
    if path not in listed_files(dataset).values() or path.read_text(encoding="utf-8", errors="replace") != wanted:
        raise BadDataset(f"{path}: is missing or does not attribute the sources as they are; build the dataset again")


def check_secrets(folder: Path, files: dict[str, Path]) -> None:
    """Stop where a file holds a secret, or cannot be looked through.

    Raises:
        BadDataset: naming the place of the first.
    """
    leaks = list(scan_files(files))
    if leaks:
        more = f" (and {len(leaks) - 1} more)" if len(leaks) > 1 else ""
        raise BadDataset(
            f"{folder}: is not published: {leaks[0]}{more}; take it out of the source, revoke it if it is real, and build again"
        )
