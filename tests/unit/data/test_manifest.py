"""Strict YAML: every key known, every type right, one sentence when not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest

from gpiot_data.errors import BadManifest
from gpiot_data.manifest import load
from gpiot_data.plan import load_plan, load_sources
from gpiot_data.sources.papers import PaperCorpus


@dataclass(frozen=True)
class Inner:
    share: float = 0.5


@dataclass(frozen=True)
class Outer:
    name: str
    kind: Literal["a", "b"] = "a"
    count: int = 1
    names: tuple[str, ...] = ()
    inner: Inner = field(default_factory=Inner)
    note: str | None = None


def _load(tmp_path: Path, text: str) -> Outer:
    path = tmp_path / "m.yaml"
    path.write_text(text)
    return load(Outer, path)


def test_values_become_a_dataclass_with_its_defaults(tmp_path: Path) -> None:
    assert _load(tmp_path, "name: x\nnames: [p, q]\ninner: {share: 1}\nnote: null\n") == Outer("x", names=("p", "q"), inner=Inner(1.0))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name: x\nnmaes: [p]\n", r"m\.yaml: unknown key 'nmaes'; did you mean 'names'\?"),
        ("name: x\nzzz: 1\n", r"unknown key 'zzz'; known keys: count, inner, kind, name, names, note"),
        ("count: 2\n", "missing key 'name'"),
        ("name: x\ncount: two\n", "count: expected int, got 'two'"),
        ("name: x\ncount: true\n", "count: expected int, got True"),
        ("name: x\nkind: c\n", "kind: expected one of a, b, got 'c'"),
        ("name: x\nnames: p\n", "names: expected a list, got 'p'"),
        ("name: x\ninner: {share: 1e-4}\n", r"inner: share: expected float, got '1e-4' \(write 1.0e-4, not 1e-4\)"),
        ("name: x\ninner: [1]\n", "inner: expected a mapping, got list"),
        ("- 1\n", "expected a mapping of keys to values, got list"),
        ("name: &a x\nnote: *a\n", "YAML aliases"),
        ("name: [x\n", r"m\.yaml:2: is not valid YAML"),
        ("name: x\nname: y\n", r"m\.yaml:2: is not valid YAML \(the key 'name' is given twice\)"),
        ("name: 1.0\n", r"name: expected str, got 1\.0 \(put it in quotes\)"),
        ("name: 2024-13-45\n", "holds a value that cannot be read"),
        ("name: " + "[" * 5000 + "]" * 5000 + "\n", "holds a value that cannot be read"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(BadManifest, match=message) as caught:
        _load(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_binary_file_are_said_plainly(tmp_path: Path) -> None:
    with pytest.raises(BadManifest, match=r"none\.yaml: cannot be read"):
        load(Outer, tmp_path / "none.yaml")
    (tmp_path / "m.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadManifest, match="is not UTF-8 text"):
        load(Outer, tmp_path / "m.yaml")


def test_a_manifest_of_one_kind_refuses_a_corpus_of_the_other(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "m.yaml"
    corpus = root / "corpora" / "papers.samples.yaml"
    path.write_text(f"schema: gpiot.manifest/1\nname: x\nversion: 0.1.0\nkind: cgd\ncorpora: [{corpus}]\n")
    with pytest.raises(BadManifest, match="kind is 'papers', but a cgd manifest takes corpora of kind 'packages'"):
        load_sources(load_plan(path), path)


def test_a_source_listed_twice_is_refused(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "m.yaml"
    corpus = root / "corpora" / "papers.samples.yaml"
    path.write_text(f"schema: gpiot.manifest/1\nname: x\nversion: 0.1.0\nkind: tdd\ncorpora: [{corpus}, {corpus}]\n")
    with pytest.raises(BadManifest, match="the source 'acoustic-events' is listed twice"):
        load_sources(load_plan(path), path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{id: 'a b', file: a.pdf, sha256: '%s', license: MIT}", "id: expected letters"),
        ("{id: a, file: a.pdf, sha256: abc, license: MIT}", "sha256: expected 64 lower-case hex digits, got 'abc'"),
        ("{id: a, file: a.pdf, sha256: '%s', license: whatever i like}", "license: expected an SPDX expression"),
        ("{id: a, file: a.pdf, sha256: '%s', license: MIT, folder: /tmp}", "leave out 'corpus', 'folder', 'engine' and 'min_confidence'"),
    ],
)
def test_a_paper_is_pinned_in_full(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "c.yaml"
    text = line % ("a" * 64) if "%s" in line else line
    path.write_text(f"schema: gpiot.corpus/1\nname: c\nkind: papers\nsources:\n  - {text}\n")
    with pytest.raises(BadManifest, match=message):
        PaperCorpus.load(path)


@pytest.mark.parametrize("given", ["0", "0.25", "1"])
def test_a_corpus_tells_how_far_its_papers_pairs_must_be_trusted(tmp_path: Path, given: str) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        f"schema: gpiot.corpus/1\nname: c\nkind: papers\nmin_confidence: {given}\nsources:\n"
        f"  - {{id: a, file: a.pdf, sha256: '{'a' * 64}', license: MIT}}\n"
    )
    assert [source.min_confidence for source in PaperCorpus.load(path).sources] == [float(given)]
    path.write_text(path.read_text().replace(f"min_confidence: {given}", "min_confidence: 1.5"))
    with pytest.raises(BadManifest, match=r"min_confidence: expected a number from 0 to 1, got 1\.5"):
        PaperCorpus.load(path)


def test_a_held_out_source_that_is_in_no_corpus_is_named(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "m.yaml"
    corpus = root / "corpora" / "papers.samples.yaml"
    path.write_text(
        f"schema: gpiot.manifest/1\nname: x\nversion: 0.1.0\nkind: tdd\ncorpora: [{corpus}]\nsplit: {{test_sources: [ecg-rpeak]}}\n"
    )
    with pytest.raises(BadManifest, match="'ecg-rpeak' is in none of the corpora; known: acoustic-events, ble-localisation"):
        load_sources(load_plan(path), path)


@pytest.mark.parametrize(("key", "value"), [("name", "Not A Name"), ("version", "1.0"), ("corpora", "[]")])
def test_names_and_versions_have_their_form(tmp_path: Path, key: str, value: str) -> None:
    lines = {"schema": "gpiot.manifest/1", "name": "x", "version": "0.1.0", "kind": "tdd", "corpora": "[c.yaml]", key: value}
    path = tmp_path / "m.yaml"
    path.write_text("".join(f"{name}: {text}\n" for name, text in lines.items()))
    with pytest.raises(BadManifest, match=f"{key}: expected"):
        load_plan(path)
