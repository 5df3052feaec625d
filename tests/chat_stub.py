"""A chat server on loopback that does what a script says, and counts what it is asked."""

from __future__ import annotations

import hashlib
import json
import re
import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_PARAGRAPH = re.compile(r"^\((\d+)\) ", re.MULTILINE)


def completion(text, finish="stop", usage=True, **message):
    """The body of a server's answer."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **message}, "finish_reason": finish}
    counted = {"usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}} if usage else {}
    return {"id": "x", "object": "chat.completion", "created": 7, "model": "toy", "choices": [choice], **counted}


def exercise(body):
    """A sound answer to whatever is asked: it follows from the request, names only paragraphs that it has, and is no copy."""
    asked = body["messages"][1]["content"]
    word = "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(asked.encode()).hexdigest()[:8])
    numbers = [int(number) for number in _PARAGRAPH.findall(asked)]
    problem = f"Build the stage called {word} that turns what the sensor delivers into what the next stage needs."
    if "tasks:" not in body["messages"][0]["content"]:
        return json.dumps({"problem": problem})
    if not numbers:
        return json.dumps(
            {"tasks": [{"name": f"{name} {word}", "steps": [f"{name} what the stage {word} holds."]} for name in ("Gather", "Refine")]}
        )
    ends = {"Gather": numbers[0], "Refine": numbers[-1]}
    tasks = [
        {"name": f"{name} {word}", "steps": [{"text": f"{name} what the stage {word} holds.", "paragraph": at}]}
        for name, at in ends.items()
    ]
    return json.dumps({"problem": problem, "tasks": tasks})


class Stub:
    """A server whose n-th request, counted from 0, is met by `script(n, body)`: a status with a body, or one of the acts below."""

    def __init__(self, script=None):
        self.script = script or (lambda _n, body: (200, completion(exercise(body))))
        self.requests, self.keys, self.headers = [], [], []
        self.under_way = self.most_under_way = 0
        self.released = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with outer._lock:
                    n = len(outer.requests)
                    outer.requests.append(body)
                    outer.keys.append(self.headers["Authorization"])
                    outer.headers.append(dict(self.headers))
                    outer.under_way += 1
                    outer.most_under_way = max(outer.most_under_way, outer.under_way)
                try:
                    act = outer.script(n, body)
                    act(self, outer) if callable(act) else _send(self, *act)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with outer._lock:
                        outer.under_way -= 1

            def log_message(self, *_arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


def _send(handler, status, content, headers=None):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    given = {"Content-Type": "application/json", "Content-Length": str(len(data)), **(headers or {})}
    for name, value in given.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(data)


def hang(_handler, stub):
    """Say nothing until the test is over."""
    stub.released.wait(30)


def drip_body(handler, stub):
    """Begin a body and send a byte of it now and then, so that no single read waits long."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    _drip(handler, stub)


def drip_head(handler, stub):
    """Send the head itself a byte at a time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler, stub)


def _drip(handler, stub):
    for _ in range(300):
        if stub.released.wait(0.1):
            return
        handler.wfile.write(b" ")
        handler.wfile.flush()


def half_body(handler, _stub):
    """Promise more bytes than come."""
    data = json.dumps(completion("{}")).encode()
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(data)))
    handler.end_headers()
    handler.wfile.write(data[: len(data) // 2])
    handler.close_connection = True


def huge_body(handler, stub):
    """Send a body without end."""
    handler.send_response(200)
    handler.end_headers()
    piece = b'{"padding": "' + b"x" * (1 << 16)
    while not stub.released.is_set():
        handler.wfile.write(piece)


def reset(handler, _stub):
    """Cut the connection hard."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
    handler.close_connection = True


def slowly(seconds, then):
    """Do what `then` says after a while."""

    def act(handler, stub):
        stub.released.wait(seconds)
        _send(handler, *then) if isinstance(then, tuple) else then(handler, stub)

    return act


def in_turn(*acts):
    """A script that meets the n-th request with the n-th act, and all later ones with the last."""
    return lambda n, _body: acts[min(n, len(acts) - 1)]
