"""The web as papers are fetched from it: one host is not asked more often than it likes, and a busy one is left alone for a while."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from gpiot_data.errors import BadSource
from gpiot_data.sources.packages import Content, TransientError

#: Seconds between two requests to a host: arXiv's terms of use for its programming interfaces ask for three; others get one.
PAUSE_S = {"arxiv.org": 3.0}
DEFAULT_PAUSE_S = 1.0
MAX_RETRY_AFTER_S = 120.0
TIMEOUT_S = 60.0
MAX_RECORD_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Services:
    """Base addresses of what is asked; each can be that of a mirror with the same interface."""

    arxiv_oai: str = "https://oaipmh.arxiv.org/oai"
    arxiv_pdf: str = "https://export.arxiv.org/pdf"
    crossref: str = "https://api.crossref.org/works"
    github: str = "https://raw.githubusercontent.com"

    @classmethod
    def configured(cls) -> Services:
        """Return the public services, or what `GPIOT_ARXIV_OAI_URL` and its like name instead."""
        named = {name: os.environ.get(f"GPIOT_{name.upper()}_URL", "").rstrip("/") for name in cls.__slots__}
        return cls(**{name: url for name, url in named.items() if url})


class Web(Protocol):
    """Gives the content of an address; `PoliteWeb` in production."""

    def open(self, url: str, start: int = 0) -> contextlib.AbstractContextManager[Content]:
        """Give the content from the byte `start` on, or all of it where the host cannot do that.

        Raises:
            BadSource: if the host does not have it, or does not give it to everybody.
            TransientError: if the host did not answer as it should.
        """
        ...


@dataclass(slots=True)
class PoliteWeb:
    """Asks by HTTP, pausing between requests to one host; `Retry-After` is obeyed up to two minutes."""

    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic
    _last: dict[str, float] = field(default_factory=dict)

    @contextlib.contextmanager
    def open(self, url: str, start: int = 0) -> Iterator[Content]:
        """See `Web.open`."""
        import httpx2

        self._wait(urlsplit(url).hostname or "")
        headers = {"User-Agent": f"gpiot/{importlib.metadata.version('gpiot')}", "Accept-Encoding": "identity"} | (
            {"Range": f"bytes={start}-"} if start else {}
        )
        try:
            with httpx2.Client(follow_redirects=True, timeout=TIMEOUT_S, headers=headers) as client, client.stream("GET", url) as answer:
                self._check(answer.status_code, answer.headers.get("Retry-After", ""), url)
                begun = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", "")) if answer.status_code == 206 else None
                size = answer.headers.get("Content-Length", "")
                at = int(begun[1]) if begun else 0
                yield Content(at, at + int(size) if size.isdigit() else None, answer.iter_bytes())
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise TransientError(f"{type(error).__name__}: {error}") from error

    def _wait(self, host: str) -> None:
        pause = next((pause for domain, pause in PAUSE_S.items() if host == domain or host.endswith(f".{domain}")), DEFAULT_PAUSE_S)
        left = self._last.get(host, -pause) + pause - self.now()
        if left > 0:
            self.sleep(left)
        self._last[host] = self.now()

    def _check(self, status: int, retry_after: str, url: str) -> None:
        if status in (200, 206):
            return
        if status in (408, 425, 429) or status >= 500:
            if retry_after.isdigit():
                self.sleep(min(float(retry_after), MAX_RETRY_AFTER_S))
            raise TransientError(f"{url} answered {status}")
        raise BadSource(f"{url}: the host answered {status}; check that the paper is there and open to everybody")


def read_record(web: Web, url: str) -> str:
    """Return a small text from the web.

    Raises:
        BadSource: if the host does not have it, or it is larger than a record can be.
        TransientError: if the host did not answer as it should.
    """
    data = b""
    with web.open(url) as content:
        for piece in content.pieces:
            data += piece
            if len(data) > MAX_RECORD_BYTES:
                raise BadSource(f"{url}: the answer is larger than {MAX_RECORD_BYTES} bytes, which no record needs to be")
    return data.decode("utf-8", errors="replace")
