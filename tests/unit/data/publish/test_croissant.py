"""The description of a dataset for machines: mlcroissant reads it without a word, and the rows through it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from datasets_made import write_cgd, write_tdd

from gpiot_data.errors import BadDataset, BadManifest
from gpiot_data.imprint import Imprint
from gpiot_data.plan import Plan
from gpiot_data.publish.croissant import FILE, check_croissant, render_croissant
from gpiot_data.publish.facts import Facts, Writer
from gpiot_data.store import read_jsonl

# What rdflib says of its own classes.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
IMPRINT = Imprint(date="2026-11-22", url="https://example.org/datasets/toy", creators=("The toy group", "Another group"))
MAKERS = {"cgd": write_cgd, "tdd": write_tdd}


def described(folder: Path, imprint: Imprint | None = IMPRINT, writers: tuple[Writer, ...] = ()) -> str:
    """Return the description of a finished dataset, as its lock has it."""
    lock = json.loads((folder / "lock.json").read_text())
    files = [entry for entry in (*lock["outputs"], *lock["derived"]) if entry["path"].startswith(("data/", "parquet/"))]
    names = ("schema", "name", "version", "kind", "corpora")
    plan = Plan(**{name: lock["manifest"][name] for name in names})
    facts = Facts(
        sources=lock["sources"],
        stages=lock["stages"],
        files=files,
        statistics=json.loads((folder / "statistics.json").read_text()),
        digest=lock["dataset_sha256"],
        writers=writers,
        imprint=imprint,
    )
    return render_croissant(plan, facts)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    found = {}
    for kind, make in MAKERS.items():
        found[kind] = make(tmp_path_factory.mktemp(kind) / "d", 12)
        (found[kind] / FILE).write_text(described(found[kind]))
    return found


@pytest.mark.parametrize("kind", MAKERS)
def test_mlcroissant_finds_nothing_wrong(folders: dict[str, Path], kind: str) -> None:
    check_croissant(folders[kind])


@pytest.mark.parametrize("kind", MAKERS)
def test_rows_read_through_the_description_are_the_rows_of_the_files(folders: dict[str, Path], kind: str) -> None:
    import mlcroissant

    dataset = mlcroissant.Dataset(folders[kind] / FILE)
    for split in ("train", "test"):
        wanted = [
            {
                "id": row["id"],
                "answer": row["messages"][1]["content"],
                "code": row.get("code"),
                "first": row["tasks"][0]["name"] if kind == "tdd" else row["documentation"],
                "path": row["source"]["path"],
                "page": row["source"]["page"],
                "verdict": row["verdict"]["status"],
            }
            for row in read_jsonl(folders[kind] / "data" / f"{split}.jsonl")
        ]
        assert len(wanted) == 6
        found = [
            {
                "id": text(record[f"{split}/id"]),
                "answer": text(record[f"{split}/messages"][1][f"{split}/messages/content"]),
                "code": text(record.get(f"{split}/code")),
                "first": text(record[f"{split}/task_names"][0] if kind == "tdd" else record[f"{split}/documentation"]),
                "path": text(record[f"{split}/source_path"]),
                "page": record[f"{split}/source_page"],
                "verdict": text(record[f"{split}/verdict"]),
            }
            for record in dataset.records(split)
        ]
        assert wanted == found


def text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def test_every_file_of_rows_is_listed_with_its_hash(folders: dict[str, Path]) -> None:
    described_file = json.loads((folders["cgd"] / FILE).read_text())
    listed = {entry["@id"]: entry["sha256"] for entry in described_file["distribution"]}
    lock = json.loads((folders["cgd"] / "lock.json").read_text())
    wanted = {
        entry["path"]: entry["sha256"] for entry in (*lock["outputs"], *lock["derived"]) if entry["path"].startswith(("data/", "parquet/"))
    }
    assert wanted == listed


def test_the_same_build_gives_the_same_bytes_and_the_build_writes_them(folders: dict[str, Path], tmp_path: Path) -> None:
    again = write_cgd(tmp_path / "again", 12)
    assert described(again) == (folders["cgd"] / FILE).read_text()
    lock = json.loads((again / "lock.json").read_text())
    assert FILE in [entry["path"] for entry in lock["derived"]]


@pytest.mark.parametrize("kind", MAKERS)
def test_mlcroissant_would_write_the_same(folders: dict[str, Path], kind: str, caplog: pytest.LogCaptureFixture) -> None:
    import mlcroissant

    ours = json.loads((folders[kind] / FILE).read_text())
    theirs = mlcroissant.Dataset(folders[kind] / FILE).metadata.to_json()
    # It logs a context that lacks what the standard's has.
    assert caplog.messages == []
    assert plain(ours) == plain(theirs)


def plain(value: object) -> object:
    """Return a value with lists of one item taken for the item, and without order, neither of which JSON-LD tells apart."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        items = sorted((plain(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 else items
    return value


def test_the_description_names_every_source_stage_and_writer(folders: dict[str, Path]) -> None:
    found = json.loads(described(folders["cgd"], writers=(Writer("chat", "some-model", "cgd/3", 4), Writer("rules", None, "r/1", 8))))
    lock = json.loads((folders["cgd"] / "lock.json").read_text())
    assert [f"urn:sha256:{source['sha256']}" for source in lock["sources"]] == [origin["@id"] for origin in found["prov:wasDerivedFrom"]]
    assert [stage["name"] for stage in lock["stages"]] == [act["@id"].rpartition(":")[2] for act in found["prov:wasGeneratedBy"]]
    assert found["license"] == [f"https://spdx.org/licenses/{name}.html" for name in ("BSD-3-Clause", "MIT")]
    assert "written by rules and by language models" in found["rai:dataAnnotationProtocol"]
    assert "teacher chat, model some-model, prompt cgd/3" in found["rai:machineAnnotationTools"]
    assert found["creator"] == [{"@type": "sc:Organization", "name": name} for name in IMPRINT.creators]
    for name in ("Biases", "Limitations", "UseCases", "SocialImpact", "Collection", "ReleaseMaintenancePlan"):
        assert found[f"rai:data{name}"]
    assert found["rai:personalSensitiveInformation"]


def test_without_an_imprint_the_check_says_what_to_write(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["tdd"], tmp_path / "d")
    (folder / FILE).write_text(described(folder, imprint=None))
    with pytest.raises(BadDataset, match=r"datePublished.*give the manifest the key 'imprint'"):
        check_croissant(folder)


def test_a_damaged_description_is_one_sentence(folders: dict[str, Path], tmp_path: Path) -> None:
    folder = shutil.copytree(folders["tdd"], tmp_path / "d")
    whole = json.loads(described(folder))
    cases = [
        {**whole, "recordSet": [{**whole["recordSet"][0], "field": [{"@type": "cr:Field", "@id": "train/x", "name": "x"}]}]},
        {"a": 1},
        [],
    ]
    for broken in [*map(json.dumps, cases), "{"]:
        (folder / FILE).write_text(broken)
        with pytest.raises(BadDataset, match="mlcroissant finds") as caught:
            check_croissant(folder)
        assert "\n" not in str(caught.value)
    (folder / FILE).unlink()
    with pytest.raises(BadDataset, match="is missing"):
        check_croissant(folder)


def test_an_imprint_needs_a_day_a_page_and_a_maker() -> None:
    sound = {"date": "2026-11-22", "url": "https://example.org", "creators": ("A",)}
    assert Imprint(**sound).date == "2026-11-22"
    for name, value in (
        ("date", "2026-13-01"),
        ("date", "soon"),
        ("date", "2026-W01-1"),
        ("url", "example.org"),
        ("url", "https://a b"),
        ("creators", ()),
        ("creators", (" ",)),
    ):
        with pytest.raises(BadManifest, match=f"imprint.{name}"):
            Imprint(**{**sound, name: value})
