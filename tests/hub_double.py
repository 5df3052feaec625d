"""A stand-in for the Hub on loopback: repositories, large files, commits, tags, downloads, and trouble on demand."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "hf_token_of_the_tests"
FIRST = {".gitattributes": b"*.parquet filter=lfs diff=lfs merge=lfs -text\n"}


@dataclass
class Repository:
    """Commits oldest first, each a whole tree; tags by name."""

    private: bool
    commits: list[tuple[str, dict[str, bytes], str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def add(self, files: dict[str, bytes], title: str) -> str:
        oid = hashlib.sha1(f"{len(self.commits)} {title} {sorted(files)}".encode()).hexdigest()
        self.commits.append((oid, files, title))
        return oid

    def at(self, revision: str) -> tuple[str, dict[str, bytes]] | None:
        wanted = self.tags.get(revision, revision)
        found = [(oid, files) for oid, files, _ in self.commits if wanted in ("main", oid)]
        return found[-1] if found else None


@dataclass
class Trouble:
    """Answer requests whose method and path match with a status, so many times; `after` lets the request take effect first."""

    method: str
    path: str
    status: int
    times: int = 1
    after: bool = False


class Hub:
    """What the server holds; `requests` has (method, path) of each in order."""

    def __init__(self) -> None:
        self.repositories: dict[str, Repository] = {}
        self.large: dict[str, bytes] = {}
        self.requests: list[tuple[str, str]] = []
        self.troubles: list[Trouble] = []
        self.spoil: str | None = None
        self.endpoint = ""
        self.lock = threading.Lock()

    def commits_asked(self) -> int:
        return sum(method == "POST" and "/commit/" in path for method, path in self.requests)

    def trouble(self, method: str, path: str, *, after: bool) -> Trouble | None:
        for item in self.troubles:
            if item.times and item.after == after and item.method == method and re.search(item.path, path):
                item.times -= 1
                return item
        return None


def git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


def is_large(path: str) -> bool:
    return path.endswith(".parquet")


class Handler(BaseHTTPRequestHandler):
    """One request; answers are (status, JSON value or bytes, headers)."""

    protocol_version = "HTTP/1.1"
    hub: Hub

    def log_message(self, *_arguments: object) -> None:
        """Stay silent."""

    def handle_any(self) -> None:
        url = urlsplit(self.path)
        path, self.query, body = unquote(url.path), parse_qs(url.query), self.body()
        with self.hub.lock:
            self.hub.requests.append((self.command, path))
            trouble = self.hub.trouble(self.command, path, after=False)
            answer = (trouble.status, {"error": "trouble"}, {}) if trouble else self.answer(path, body)
            late = self.hub.trouble(self.command, path, after=True)
            self.send(*((late.status, {"error": "late trouble"}, {}) if late else answer))

    do_GET = do_POST = do_PUT = do_HEAD = handle_any  # noqa: N815  # names that http.server looks for

    def body(self) -> bytes:
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def send(self, status: int, value: object, headers: dict[str, str]) -> None:
        data = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, text in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def answer(self, path: str, body: bytes) -> tuple[int, object, dict[str, str]]:
        if path.startswith("/large/"):
            return self.take_large(path.removeprefix("/large/"), body)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}" and path != "/api/validate-yaml":
            return 401, {"error": "Invalid credentials"}, {}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}, {}
        if path == "/api/repos/create":
            return self.create(json.loads(body))
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)\.git/info/lfs/objects/batch", path):
            return self.offer_large(json.loads(body))
        if found := re.fullmatch(r"/datasets/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            return self.resolve(found[1], found[2], found[3])
        if found := re.fullmatch(r"/api/datasets/([^/]+/[^/]+)(?:/([a-z-]+)(?:/(.*))?)?", path):
            return self.ask(found[1], found[2] or "revision", found[3] or "main", body)
        return 404, {"error": f"no route {path}"}, {}

    def take_large(self, oid: str, body: bytes) -> tuple[int, object, dict[str, str]]:
        if self.command == "PUT":
            if hashlib.sha256(body).hexdigest() != oid:
                return 400, {"error": "other bytes"}, {}
            self.hub.large[oid] = body
        return 200, {}, {}

    def offer_large(self, asked: dict) -> tuple[int, object, dict[str, str]]:
        objects = []
        for item in asked["objects"]:
            entry = {"oid": item["oid"], "size": item["size"]}
            if item["oid"] not in self.hub.large:
                entry["actions"] = {"upload": {"href": f"{self.hub.endpoint}/large/{item['oid']}", "header": {}}}
            objects.append(entry)
        return 200, {"transfer": "basic", "objects": objects}, {}

    def create(self, asked: dict) -> tuple[int, object, dict[str, str]]:
        name = f"{asked['organization']}/{asked['name']}"
        if name in self.hub.repositories:
            return 409, {"error": "exists", "url": f"{self.hub.endpoint}/datasets/{name}"}, {}
        self.hub.repositories[name] = Repository(private=asked.get("private") is True or asked.get("visibility") == "private")
        self.hub.repositories[name].add(dict(FIRST), "initial commit")
        return 200, {"url": f"{self.hub.endpoint}/datasets/{name}"}, {}

    def ask(self, name: str, verb: str, rest: str, body: bytes) -> tuple[int, object, dict[str, str]]:
        repository = self.hub.repositories.get(name)
        if repository is None:
            return 404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"}
        if verb == "refs":
            refs = [{"name": tag, "ref": f"refs/tags/{tag}", "targetCommit": oid} for tag, oid in repository.tags.items()]
            head = {"name": "main", "ref": "refs/heads/main", "targetCommit": repository.commits[-1][0]}
            return 200, {"branches": [head], "tags": refs, "converts": []}, {}
        if verb == "tag":
            tag = json.loads(body)["tag"]
            if tag in repository.tags:
                return 409, {"error": "tag exists"}, {}
            repository.tags[tag] = rest
            return 200, {}, {}
        found = repository.at(rest.split("/")[0])
        if found is None:
            return 404, {"error": f"Invalid rev id: {rest}"}, {"X-Error-Code": "RevisionNotFound"}
        return self.ask_at(name, repository, verb, rest, found, body)

    def ask_at(
        self, name: str, repository: Repository, verb: str, rest: str, found: tuple[str, dict[str, bytes]], body: bytes
    ) -> tuple[int, object, dict[str, str]]:
        oid, files = found
        if verb == "revision":
            when, siblings = "2026-01-01T00:00:00.000Z", [{"rfilename": path} for path in files]
            facts = {"id": name, "sha": oid, "private": repository.private, "tags": [], "siblings": siblings, "lastModified": when}
            return 200, {**facts, "_id": "1", "author": name.split("/")[0], "gated": False, "disabled": False, "createdAt": when}, {}
        if verb == "preupload":
            mode = {False: "regular", True: "lfs"}
            asked = [item["path"] for item in json.loads(body)["files"]]
            return 200, {"files": [{"path": path, "uploadMode": mode[is_large(path)], "shouldIgnore": False} for path in asked]}, {}
        if verb == "tree":
            return self.tree(files, rest.partition("/")[2].strip("/"))
        if verb == "paths-info":
            asked = parse_qs(body.decode()).get("paths", []) if not body.startswith(b"{") else json.loads(body)["paths"]
            return 200, [self.entry(path, files[path]) for path in asked if path in files], {}
        if verb == "commit":
            return self.commit(name, oid, files, body)
        return 404, {"error": f"no verb {verb}"}, {}

    def commit(self, name: str, head: str, files: dict[str, bytes], body: bytes) -> tuple[int, object, dict[str, str]]:
        files, title = dict(files), ""
        for line in body.splitlines():
            key, value = json.loads(line)["key"], json.loads(line)["value"]
            if key == "header":
                title = value["summary"]
                if value.get("parentCommit", head) != head:
                    return 412, {"error": "the parent is not the head"}, {}
            elif key == "file":
                files[value["path"]] = base64.b64decode(value["content"])
            elif key == "lfsFile":
                files[value["path"]] = self.hub.large[value["oid"]]
            elif key == "deletedFile":
                del files[value["path"]]
        oid = self.hub.repositories[name].add(files, title)
        url = f"{self.hub.endpoint}/datasets/{name}/commit/{oid}"
        return 200, {"success": True, "commitOid": oid, "commitUrl": url, "hookOutput": ""}, {}

    def tree(self, files: dict[str, bytes], below: str) -> tuple[int, object, dict[str, str]]:
        prefix = f"{below}/" if below else ""
        inside = {path: data for path, data in sorted(files.items()) if path.startswith(prefix)}
        if below and not inside:
            return 404, {"error": "not found"}, {"X-Error-Code": "EntryNotFound"}
        whole = self.query.get("recursive", ["false"])[0].lower() in ("1", "true")
        parts = [path.removeprefix(prefix).split("/")[:-1] for path in inside]
        folders = {prefix + "/".join(part[:depth]) for part in parts for depth in range(1, len(part) + 1) if whole or depth == 1}
        listed = [{"type": "directory", "path": path, "oid": "0" * 40, "size": 0} for path in sorted(folders)]
        listed += [self.entry(path, data) for path, data in inside.items() if whole or "/" not in path.removeprefix(prefix)]
        return 200, listed, {}

    def entry(self, path: str, data: bytes) -> dict:
        entry: dict = {"type": "file", "path": path, "size": len(data), "oid": git_oid(data)}
        if is_large(path):
            entry["lfs"] = {"oid": hashlib.sha256(data).hexdigest(), "size": len(data), "pointerSize": 130}
        return entry

    def resolve(self, name: str, revision: str, path: str) -> tuple[int, object, dict[str, str]]:
        found = self.hub.repositories[name].at(revision)
        if found is None:
            return 404, {"error": "no revision"}, {"X-Error-Code": "RevisionNotFound"}
        oid, files = found
        if path not in files:
            return 404, {"error": "no entry"}, {"X-Error-Code": "EntryNotFound"}
        data = files[path] if path != self.hub.spoil else files[path].swapcase()
        headers = {"ETag": f'"{git_oid(data)}"', "X-Repo-Commit": oid}
        if is_large(path):
            digest = hashlib.sha256(data).hexdigest()
            headers |= {"X-Linked-Etag": f'"{digest}"', "X-Linked-Size": str(len(data)), "ETag": f'"{digest}"'}
        return 200, data, {**headers, "Content-Length": str(len(data))}


@contextlib.contextmanager
def serving() -> Iterator[Hub]:
    """Run a Hub on a free port of this machine."""
    hub = Hub()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"hub": hub}))
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
