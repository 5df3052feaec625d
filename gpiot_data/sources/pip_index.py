"""The package indexes and folders that pip is configured for, and one file found in them.

pip's own configuration decides where packages come from (index-url, extra-index-url, find-links,
no-index, cert, proxy, trusted-host, timeout), so that a mirror or an offline folder that works for
`pip install` works here. pip itself is asked for its configuration only; it never touches the artefact.
"""

from __future__ import annotations

import ast
import contextlib
import os
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

from gpiot_data.errors import BadSource, InputError
from gpiot_data.sources.packages import Content, TransientError

if TYPE_CHECKING:
    from httpx2 import Response
    from unearth.fetchers.sync import PyPIClient
    from unearth.link import Link

DEFAULT_INDEX = "https://pypi.org/simple/"
PIECE_BYTES = 1 << 18

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html; q=0.1, text/html; q=0.01"
_TRUE = ("1", "true", "yes", "on")


@dataclass(frozen=True, slots=True)
class PipSettings:
    """What pip would use; `indexes` are simple-API roots, `find_links` folders, files or pages."""

    indexes: tuple[str, ...] = (DEFAULT_INDEX,)
    find_links: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    cert: str | None = None
    proxy: str | None = None
    timeout_s: float = 15.0


def read_pip_settings() -> PipSettings:
    """Ask pip for its merged configuration; without pip (some virtual environments), the PIP_* variables only."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        listing = answer.stdout if answer.returncode == 0 else ""
    except (OSError, subprocess.SubprocessError):
        listing = ""
    return parse_pip_settings(listing, os.environ)


def parse_pip_settings(listing: str, environment: Mapping[str, str]) -> PipSettings:
    """Read what `pip config list` prints; the environment wins over files, as it does for pip."""
    values: dict[str, str] = {}
    for section in ("global", "install", "download"):
        for match in re.finditer(rf"^{section}\.([\w-]+)=(.*)$", listing, re.MULTILINE):
            with contextlib.suppress(ValueError, SyntaxError):
                values[match[1].lower().replace("_", "-")] = str(ast.literal_eval(match[2]))
    for name, value in environment.items():
        if name.startswith("PIP_") and value:
            values[name[4:].lower().replace("_", "-")] = value
    indexes = [] if values.get("no-index", "").lower() in _TRUE else [values.get("index-url", DEFAULT_INDEX)]
    indexes += values.get("extra-index-url", "").split() if indexes else []
    try:
        timeout = float(values.get("timeout") or values.get("default-timeout") or 15)
    except ValueError:
        timeout = 15.0
    return PipSettings(
        indexes=tuple(indexes),
        find_links=tuple(values.get("find-links", "").split()),
        trusted_hosts=tuple(values.get("trusted-host", "").split()),
        cert=values.get("cert"),
        proxy=values.get("proxy"),
        timeout_s=timeout,
    )


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that an index lists; `sha256` and `requires_python` are '' where it does not say."""

    file: str
    sha256: str
    requires_python: str
    is_yanked: bool


class PipIndex:
    """Finds a file in the places of `settings`, folders first, and opens it."""

    def __init__(self, settings: PipSettings) -> None:
        """Use the places of `settings`."""
        self.settings = settings

    @classmethod
    def configured(cls) -> PipIndex:
        """Return the index that pip is configured for here."""
        return cls(read_pip_settings())

    @contextlib.contextmanager
    def open(self, name: str, file: str, sha256: str, start: int = 0) -> Iterator[Content]:
        """Give the content of `file` of the package `name`, from `start` on where the place can do that.

        Raises:
            BadSource: if no place has the file, or a place lists another sha256 for it.
            TransientError: if a place did not answer as it should.
        """
        with _client(self.settings) as client, _network_trouble():
            link = self._locate(client, name, file, sha256)
            if link.is_file:
                with _open_local(link.file_path) as stream:
                    size = os.fstat(stream.fileno()).st_size
                    begun = stream.seek(start if start < size else 0)
                    yield Content(begun, size, iter(lambda: stream.read(PIECE_BYTES), b""))
                return
            # Bytes as they are: a range of something compressed on the way would fit nothing.
            headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
            with client.get_stream(link.url_without_fragment, headers=headers) as response:
                if response.status_code in (404, 410):
                    raise BadSource(f"{file}: is listed by the index but was withdrawn; pin another version")
                given = _range_of(response.headers.get("Content-Range", ""))
                if start and (response.status_code == 416 or (response.status_code == 206 and given[0] != start)):
                    with client.get_stream(link.url_without_fragment, headers={"Accept-Encoding": "identity"}) as whole:
                        yield _whole(whole, link)
                    return
                if start and response.status_code == 206:
                    yield Content(start, given[1], response.iter_bytes())
                    return
                yield _whole(response, link)

    def offers(self, name: str) -> list[Offer]:
        """Return the files that the places list for the package `name`, folders first, each file once; folders list others too.

        Raises:
            TransientError: if a place did not answer as it should: which release is the newest is not known then.
        """
        offers: dict[str, Offer] = {}
        with _client(self.settings) as client, _network_trouble():
            for page in self._pages(name):
                for link in _links(client, page):
                    sha256 = (link.hash_option or {}).get("sha256", [""])[0]
                    offers.setdefault(link.filename, Offer(link.filename, sha256, link.requires_python or "", link.is_yanked))
        return list(offers.values())

    def _locate(self, client: PyPIClient, name: str, file: str, sha256: str) -> Link:
        """Return the first link to `file`; a place that does not answer matters only if no other has it."""
        trouble: TransientError | None = None
        for page in self._pages(name):
            try:
                with _network_trouble():
                    for link in _links(client, page):
                        if link.filename == file:
                            return _checked(link, file, sha256)
            except TransientError as error:
                trouble = trouble or error
        if trouble is not None:
            raise trouble
        raise BadSource(
            f"{file}: no index that pip is configured for has it (looked at: {self._places(name)}); "
            "check name, file and pip's configuration"
        )

    def _places(self, name: str) -> str:
        return ", ".join(sorted({urlsplit(page.url).hostname or "folders" for page in self._pages(name)})) or "no index"

    def _pages(self, name: str) -> list[Link]:
        from packaging.utils import canonicalize_name
        from unearth.link import Link

        pages = [Link(f"{root.rstrip('/')}/{canonicalize_name(name)}/") for root in self.settings.indexes]
        for place in self.settings.find_links:
            pages.append(Link(place) if "://" in place else Link.from_path(Path(place).expanduser().absolute()))
        return sorted(pages, key=lambda page: not page.is_file)


@contextlib.contextmanager
def _network_trouble() -> Iterator[None]:
    """Turn what the HTTP library raises into trouble that may pass."""
    import httpx2

    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise TransientError(f"{type(error).__name__}: {error}") from error


def _range_of(header: str) -> tuple[int, int | None]:
    """Return the first byte of a Content-Range and the size of the whole; (-1, None) where it says neither."""
    match = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", header)
    return (int(match[1]), int(match[2]) if match[2] != "*" else None) if match else (-1, None)


def _whole(response: Response, link: Link) -> Content:
    _check_status(response.status_code, link.redacted)
    size = response.headers.get("Content-Length", "")
    return Content(0, int(size) if size.isdigit() else None, response.iter_bytes())


def _client(settings: PipSettings) -> PyPIClient:
    from unearth.auth import MultiDomainBasicAuth
    from unearth.fetchers.sync import PyPIClient

    try:
        verify = ssl.create_default_context(cafile=settings.cert) if settings.cert else True
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"{settings.cert}: pip's certificate file cannot be used ({error})") from error
    client = PyPIClient(
        trusted_hosts=settings.trusted_hosts,
        verify=verify,
        timeout=settings.timeout_s,
        follow_redirects=True,
        proxy=settings.proxy,
    )
    client.auth = MultiDomainBasicAuth(prompting=False, index_urls=settings.indexes)
    return client


def _links(client: PyPIClient, page: Link) -> Iterator[Link]:
    """Yield the links of an index page, a local folder, or a local file; nothing where the package is unknown."""
    from unearth.collector import IndexPage, parse_html_page, parse_json_response
    from unearth.link import Link

    if page.is_file:
        path = page.file_path
        index = path / "index.html" if path.is_dir() else path
        if path.is_dir() and not index.exists():
            yield from (Link.from_path(child) for child in sorted(path.iterdir()))
        elif index.suffix == ".html" and index.exists():
            yield from parse_html_page(IndexPage(Link.from_path(index), index.read_bytes(), "utf-8", "text/html"))
        elif index.exists():
            yield page
        return
    response = client.get(page.url_without_fragment, headers={"Accept": _ACCEPT})
    if response.status_code in (404, 410):
        return
    _check_status(response.status_code, page.redacted)
    kind = response.headers.get("Content-Type", "")
    answer = IndexPage(Link(str(response.url)), response.content, response.encoding, kind)
    parse = parse_json_response if kind.lower().startswith("application/vnd.pypi.simple.v1+json") else parse_html_page
    try:
        yield from parse(answer)
    except (ValueError, LookupError, AttributeError) as error:
        raise TransientError(f"{page.redacted} answered with something that is no index page") from error


def _open_local(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise BadSource(f"{path}: cannot be read ({error.strerror}); check find-links and the index in pip's configuration") from error


def _check_status(status: int, place: str) -> None:
    if status != 200:
        raise TransientError(f"{place} answered with status {status}")


def _checked(link: Link, file: str, sha256: str) -> Link:
    listed = (link.hash_option or {}).get("sha256", [sha256])
    if sha256 and sha256 not in listed:
        raise BadSource(f"{file}: the index lists sha256 {listed[0]}, but the corpus pins {sha256}")
    return link
