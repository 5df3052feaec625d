"""A loopback server that speaks as arXiv, Crossref and a host of repositories do, for tests of fetching."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from gpiot_data.sources.papers_web import Services

PDF = b"%PDF-1.7\n" + b"0123456789abcdef" * 4000
OPEN, CLOSED = "http://creativecommons.org/licenses/by/4.0/", "http://arxiv.org/licenses/nonexclusive-distrib/1.0/"


@dataclass
class Registry:
    """What the server knows, what it is told to do wrong, and what it was asked."""

    arxiv: dict[str, tuple[str, int]] = field(default_factory=dict)  #: id -> (licence, newest version)
    works: dict[str, dict] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    statuses: list[int] = field(default_factory=list)  #: answered to the next requests before any content
    break_off_at: list[int] = field(default_factory=list)  #: bytes after which the next answers with content stop
    ranges: bool = True
    asked: list[str] = field(default_factory=list)
    services: Services = field(default_factory=Services)


class _Handler(BaseHTTPRequestHandler):
    registry: Registry

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if self.registry.ranges else 0
        self.registry.asked.append(f"{self.path}{f' from {start}' if start else ''}")
        if self.registry.statuses:
            return self._answer(self.registry.statuses.pop(0), b"busy", {"Retry-After": "7"})
        body = self._body(urlsplit(self.path))
        if body is None:
            return self._answer(404, b"no such thing")
        extra = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"} if start else {}
        return self._answer(206 if start else 200, body[start:], extra)

    def _body(self, url) -> bytes | None:
        kind, name = url.path[1:].split("/", 1) if "/" in url.path[1:] else (url.path[1:], "")
        if kind == "oai":
            return self._record(parse_qs(url.query)["identifier"][0].removeprefix("oai:arXiv.org:")).encode()
        if kind == "works":
            work = self.registry.works.get(unquote(name))
            return None if work is None else json.dumps({"status": "ok", "message": work}).encode()
        return self.registry.files.get(unquote(url.path))

    def _record(self, name: str) -> str:
        if name not in self.registry.arxiv:
            return "<OAI-PMH><error code='idDoesNotExist'>no such id</error></OAI-PMH>"
        licence, newest = self.registry.arxiv[name]
        history = "".join(f'<version version="v{number}"><date>x</date></version>' for number in range(1, newest + 1))
        return (
            f"<OAI-PMH><GetRecord><record><metadata><arXivRaw><id>{name}</id>{history}"
            f"<title>Beats &amp; Breaths:\n  A System</title><license>{licence}</license></arXivRaw></metadata></record></GetRecord></OAI-PMH>"
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        stop = self.registry.break_off_at.pop(0) if self.registry.break_off_at and status in (200, 206) and len(body) > 5000 else len(body)
        self.wfile.write(body[:stop])
        self.close_connection = True


@contextmanager
def served(registry: Registry) -> Iterator[Registry]:
    """Serve a registry on a free port of loopback; its `services` name the addresses."""
    handler = type("Handler", (_Handler,), {"registry": registry})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    base = f"http://127.0.0.1:{server.server_port}"
    registry.services = Services(f"{base}/oai", f"{base}/pdf", f"{base}/works", f"{base}/raw")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield registry
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
