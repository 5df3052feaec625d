"""One commit of files to a repository of the Hub: private unless asked for, compared after the push, tagged last.

A push never leaves a repository half-published: large files are uploaded first and belong to nothing, one commit makes all of them
visible together, and the tag comes only after the commit was downloaded again and found to be the same. Whatever was interrupted is
taken up by the same call: what is there already is not sent again, and a repository that has it all is left as it is.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from gpiot_data.errors import InputError, RemoteError, UsageError
from gpiot_data.store import sha256_file

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TOKEN = "HF_TOKEN"  # noqa: S105  # the name of the variable
#: Waits of 1, 2, 4 and 8 s between tries: a restart of the Hub's front end passes, an outage does not.
TRIES = 5
FIRST_WAIT_S = 1.0
#: What may pass by itself: 408 and 429, errors of the server, and 409 and 412, which tell that somebody else's commit came first.
_PASSING = frozenset({408, 409, 412, 429, 500, 502, 503, 504})
_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")

T = TypeVar("T")
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to push: a repository of the Hub, who may read it, and the tag of the version.

    `owned` are folders whose every file is ours: what lies there and is not pushed is deleted, since readers take whole folders. All
    else that somebody put into the repository stays.
    """

    repo: str
    kind: Literal["dataset", "model"]
    tag: str
    public: bool = False
    owned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the name.

        Raises:
            UsageError: if it is no name of a repository.
        """
        if not _REPO.fullmatch(self.repo):
            raise UsageError(f"--repo: expected ORG/NAME such as my-org/my-dataset, got {self.repo!r}")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did: the commit that holds the version, where to look at it, and the paths that were sent and deleted."""

    url: str
    commit: str
    sent: tuple[str, ...]
    deleted: tuple[str, ...]


def token_of(environment: Mapping[str, str]) -> str:
    """Return the Hub's token; it comes from the environment only, since arguments can be seen by every user of a machine.

    Raises:
        UsageError: if there is none, or the Hub is switched off.
    """
    if environment.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise UsageError("HF_HUB_OFFLINE is set, so nothing can be published; unset it, or look at what would go with --dry-run")
    token = environment.get(TOKEN, "").strip()
    if not token:
        raise UsageError(f"{TOKEN} is not set; make a token with write access at https://huggingface.co/settings/tokens and export it")
    return token


def push(files: Mapping[str, Path], target: Target, message: str, say: Say, *, wait: Callable[[float], None] = time.sleep) -> Pushed:
    """Push files as one commit and tag it; nothing is sent that is there already.

    Args:
        files: by their path in the repository.
        target: where to.
        message: of the commit.
        say: told what goes on, for people.
        wait: sleeps for a number of seconds.

    Raises:
        UsageError: if there is no token, or the repository is public, or private, against what was asked for.
        InputError: if the tag is there already, with other files.
        RemoteError: if the Hub refuses, does not answer after retries, or gives back other bytes than were sent.
    """
    token = token_of(os.environ)
    from huggingface_hub import HfApi
    from huggingface_hub.utils.tqdm import disable_progress_bars

    if not sys.stderr.isatty():
        disable_progress_bars()
    return _Push(HfApi(token=token), target, {path: _Local(place) for path, place in sorted(files.items())}, say, wait).run(message)


class _Local:
    """A file to push, and the hashes by which the Hub knows it; they are computed once."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.sha256 = sha256_file(place)
        digest = hashlib.sha1(b"blob %d\0" % place.stat().st_size, usedforsecurity=False)
        with place.open("rb") as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        self.blob = digest.hexdigest()


class _Push:
    """One push: every question to the Hub is asked again a few times before it counts as not answered."""

    def __init__(self, api: HfApi, target: Target, files: Mapping[str, _Local], say: Say, wait: Callable[[float], None]) -> None:
        self.api, self.target, self.files, self.say, self.wait = api, target, files, say, wait
        self.place: dict[str, Any] = {"repo_id": target.repo, "repo_type": target.kind}
        self.sent: tuple[str, ...] = ()
        self.deleted: tuple[str, ...] = ()

    def run(self, message: str) -> Pushed:
        self._open()
        if (tagged := self._tagged()) is not None:
            return self._published_before(tagged)
        commit = self._try("the commit", lambda: self._commit(message))
        self._compare(commit)
        self._try(
            f"the tag {self.target.tag}", lambda: self.api.create_tag(tag=self.target.tag, revision=commit, exist_ok=True, **self.place)
        )
        return Pushed(self._url(), commit, self.sent, self.deleted)

    def _open(self) -> None:
        """Make the repository, or see to it that an existing one is as visible as was asked for."""
        from huggingface_hub.errors import RepositoryNotFoundError

        try:
            private = self._try("the repository", lambda: bool(self.api.repo_info(**self.place).private), RepositoryNotFoundError)
        except RepositoryNotFoundError:
            self._try("making the repository", lambda: self.api.create_repo(**self.place, private=not self.target.public, exist_ok=True))
            private = self._try("the repository", lambda: bool(self.api.repo_info(**self.place).private))
        if private and self.target.public:
            raise UsageError(f"{self.target.repo} is private; make it public in its settings on the Hub first, or leave out --public")
        if not private and not self.target.public:
            raise UsageError(f"{self.target.repo} is public, and all of it can be read by anybody; say --public if that is meant")

    def _tagged(self) -> str | None:
        refs = self._try("the tags", lambda: self.api.list_repo_refs(**self.place))
        return next((str(ref.target_commit) for ref in refs.tags if ref.name == self.target.tag), None)

    def _published_before(self, commit: str) -> Pushed:
        """Answer for a version that is there: the same again is nothing to do, and another one never replaces it."""
        sent, deleted, _ = self._try("the list of files", lambda: self._differences(self.target.tag))
        if sent or deleted:
            raise InputError(
                f"{self.target.repo} has a version {self.target.tag} with other content ({', '.join((*sent, *deleted)[:3])}); "
                "a published version does not change: raise the version"
            )
        self.say(f"  {self.target.repo} has this version already")
        return Pushed(self._url(), commit, (), ())

    def _differences(self, revision: str) -> tuple[tuple[str, ...], tuple[str, ...], str]:
        """Return which files differ from ours and which have to go, at which commit."""
        from huggingface_hub.hf_api import RepoFile

        commit = str(self.api.repo_info(**self.place, revision=revision).sha)
        there = {
            item.path: item for item in self.api.list_repo_tree(**self.place, revision=commit, recursive=True) if isinstance(item, RepoFile)
        }
        sent = [path for path, local in self.files.items() if path not in there or not _is_same(local, there[path])]
        gone = [path for path in there if path.startswith(self.target.owned) and path not in self.files] if self.target.owned else []
        return tuple(sent), tuple(sorted(gone)), commit

    def _commit(self, message: str) -> str:
        """Commit what differs from the head as it is now; asked again after an answer that was lost, it finds nothing left to do."""
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        sent, deleted, head = self._differences("main")
        if not sent and not deleted:
            return head
        self.sent, self.deleted = sent, deleted
        self.say(f"  sending {len(sent)} files to {self.target.repo}" + (f", deleting {len(deleted)}" if deleted else ""))
        made = self.api.create_commit(
            operations=[
                *(CommitOperationAdd(path_in_repo=path, path_or_fileobj=self.files[path].place) for path in sent),
                *(CommitOperationDelete(path_in_repo=path) for path in deleted),
            ],
            commit_message=message,
            parent_commit=head,
            **self.place,
        )
        return str(made.oid)

    def _compare(self, commit: str) -> None:
        """Download every file of a commit and compare it with ours."""
        with tempfile.TemporaryDirectory() as folder:
            for path, local in self.files.items():
                found = Path(self._try(path, partial(self._download, path, commit, folder)))
                if sha256_file(found) != local.sha256:
                    raise RemoteError(
                        f"{self.target.repo}: gives back other bytes for {path} than were sent, so nothing was tagged; try again"
                    )
                found.unlink()
        self.say(f"  {len(self.files)} files downloaded again and the same")

    def _download(self, path: str, commit: str, folder: str) -> str:
        return str(self.api.hf_hub_download(filename=path, revision=commit, local_dir=folder, **self.place))

    def _url(self) -> str:
        kind = "datasets/" if self.target.kind == "dataset" else ""
        return f"{self.api.endpoint}/{kind}{self.target.repo}/tree/{self.target.tag}"

    def _try(self, what: str, ask: Callable[[], T], *expected: type[Exception]) -> T:
        """Ask the Hub, again if its answer may pass; `expected` errors are the caller's."""
        from httpx2 import HTTPError
        from huggingface_hub.errors import HfHubHTTPError

        for turn in range(TRIES):
            try:
                return ask()
            except ValueError as error:
                raise RemoteError(f"{self.target.repo}: {what}: the Hub does not take it ({str(error).splitlines()[0][:200]})") from error
            except (HfHubHTTPError, HTTPError, OSError) as error:
                # A file of ours that cannot be read or written is no answer of the Hub.
                if isinstance(error, expected) or (isinstance(error, OSError) and error.filename):
                    raise
                status = getattr(getattr(error, "response", None), "status_code", None)
                last = turn == TRIES - 1
                if last or (status is not None and status not in _PASSING):
                    raise RemoteError(self._refusal(what, status, error)) from error
                self.say(f"  {what}: the Hub answered {status or type(error).__name__}; trying again")
                self.wait(FIRST_WAIT_S * 2**turn)
        raise AssertionError("unreachable: the last turn returns or raises")

    def _refusal(self, what: str, status: int | None, error: Exception) -> str:
        if status in (401, 403):
            return f"{self.target.repo}: the Hub refused the token in {TOKEN} ({status}); it needs write access to this repository"
        said = f"status {status}" if status else f"{type(error).__name__}"
        tried = f" after {TRIES} tries" if status is None or status in _PASSING else ""
        return f"{self.target.repo}: {what}: the Hub failed with {said}{tried}; what was published before is as it was; run this again"


def _is_same(local: _Local, there: Any) -> bool:
    return bool(there.lfs.sha256 == local.sha256 if there.lfs is not None else there.blob_id == local.blob)
