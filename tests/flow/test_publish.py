"""`gpiot-data publish` against a stand-in for the Hub: what goes, what does not, and what is left when something goes wrong."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_double import TOKEN, Hub, Trouble, serving

from gpiot_data.errors import QualityGateFailed
from gpiot_data.release import Publication
from gpiot_data.release import publish as publish_folder

pytestmark = pytest.mark.slow

REPO = "lab/toys"


@pytest.fixture(scope="module")
def built(shared_world):
    result = shared_world.run("gpiot-data", "build", "cgd.yaml")
    assert result.returncode == 0, result.stderr
    return shared_world


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def publish(built, hub: Hub):
    def run(*arguments: str, folder: Path | str = "out/cgd", env: dict[str, str] | None = None):
        settings = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}
        return built.run("gpiot-data", "publish", str(folder), "--repo", REPO, *arguments, env={**settings, **(env or {})})

    return run


@pytest.fixture
def copied(built, tmp_path: Path) -> Path:
    """A copy of the dataset that finds its manifest."""
    return Path(shutil.copytree(built.folder / "out/cgd", built.folder / "copies" / tmp_path.name))


def listed(folder: Path) -> dict[str, bytes]:
    lock = json.loads((folder / "lock.json").read_text())
    names = [entry["path"] for entry in (*lock["outputs"], *lock["derived"])]
    return {name: (folder / name).read_bytes() for name in [*names, "lock.json"]}


def one_sentence(result, code: int) -> str:
    assert result.returncode == code, result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr.strip().splitlines()[-1]


def make_version(folder: Path, version: str) -> None:
    """Give a copy another version, as a build of another manifest would."""
    lock = json.loads((folder / "lock.json").read_text())
    lock["version"] = lock["manifest"]["version"] = version
    attribution = folder / "ATTRIBUTION.md"
    attribution.write_text(attribution.read_text().replace("0.1.0", version))
    for entry in lock["derived"]:
        if entry["path"] == attribution.name:
            entry["sha256"] = hashlib.sha256(attribution.read_bytes()).hexdigest()
    (folder / "lock.json").write_text(json.dumps(lock))


def test_a_verified_folder_becomes_one_private_tagged_commit_that_loads_and_a_second_push_is_nothing(publish, hub: Hub, built) -> None:
    result = publish("--json")
    assert result.returncode == 0, result.stderr
    answer = json.loads(result.stdout)
    repository = hub.repositories[REPO]
    files = listed(built.folder / "out/cgd")
    assert {path: data for path, data in repository.commits[-1][1].items() if path != ".gitattributes"} == files
    assert (repository.private, len(repository.commits)) == (True, 2)
    assert repository.tags == {"v0.1.0": repository.commits[-1][0]} == {"v0.1.0": answer["commit"]}
    assert sorted(answer["sent"]) == sorted(files)
    assert answer["url"] == f"{hub.endpoint}/datasets/{REPO}/tree/v0.1.0"
    assert {"run.json", "stages"}.isdisjoint(path.split("/")[0] for path in files)

    again = publish()
    assert again.returncode == 0, again.stderr
    assert again.stdout == f"{answer['url']}\n"
    assert "has this version already" in again.stderr
    assert (len(repository.commits), hub.commits_asked()) == (2, 1)


@pytest.mark.slow
def test_what_was_published_loads_by_its_tag(publish, hub: Hub, built, tmp_path: Path) -> None:
    assert publish().returncode == 0
    code = f"from datasets import load_dataset; d = load_dataset({REPO!r}, revision='v0.1.0'); print(sorted(d), d['train'].num_rows)"
    env = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": TOKEN, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", code], env={**built.env, **env}, capture_output=True, text=True, timeout=120)
    assert result.stdout.strip() == "['test', 'train'] 3", result.stderr


def test_a_dry_run_passes_the_gates_and_sends_nothing(publish, hub: Hub, built) -> None:
    result = publish("--dry-run", env={"HF_TOKEN": "", "HF_HUB_OFFLINE": "1"})
    assert result.returncode == 0, result.stderr
    files = listed(built.folder / "out/cgd")
    assert [line.split() for line in result.stdout.splitlines()] == [[str(len(files[path])), path] for path in sorted(files)]
    assert hub.requests == []


def test_a_503_on_the_commit_is_survived(publish, hub: Hub) -> None:
    hub.troubles.append(Trouble("POST", "/commit/main$", 503))
    result = publish()
    assert result.returncode == 0, result.stderr
    assert "the Hub answered 503; trying again" in result.stderr
    assert (hub.commits_asked(), len(hub.repositories[REPO].commits)) == (2, 2)


def test_a_token_that_is_refused_or_missing_changes_nothing(publish, hub: Hub) -> None:
    assert "refused the token in HF_TOKEN (401)" in one_sentence(publish(env={"HF_TOKEN": "hf_wrong_wrong"}), 4)
    assert "HF_TOKEN is not set" in one_sentence(publish(env={"HF_TOKEN": ""}), 2)
    assert "HF_HUB_OFFLINE is set" in one_sentence(publish(env={"HF_HUB_OFFLINE": "1"}), 2)
    assert hub.repositories == {}


def test_the_next_version_sends_only_what_changed(publish, hub: Hub, copied: Path) -> None:
    assert publish().returncode == 0
    make_version(copied, "0.2.0")
    result = publish("--json", folder=copied)
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["sent"] == ["ATTRIBUTION.md", "lock.json"]
    assert list(hub.repositories[REPO].tags) == ["v0.1.0", "v0.2.0"]


def test_a_folder_that_is_not_verified_stays_here(publish, hub: Hub, copied: Path) -> None:
    (copied / "README.md").write_text("better\n")
    assert "README.md: is not the file that the lock describes" in one_sentence(publish(folder=copied), 1)
    assert hub.requests == []


def test_a_secret_in_any_file_stays_here(publish, hub: Hub, built) -> None:
    source = (built.folder / "packages.yaml").read_text()
    assert "toyone" in source
    result = publish(env={"MY_SERVICE_PASSWORD": "Samples of the signal."})
    sentence = one_sentence(result, 3)
    assert "holds the value of the environment variable MY_SERVICE_PASSWORD" in sentence
    assert "Samples of the signal" not in sentence
    assert hub.requests == []


def test_a_name_that_is_none_is_refused_at_once(built) -> None:
    result = built.run("gpiot-data", "publish", "out/cgd", "--repo", "toys", "--dry-run")
    assert "--repo: expected ORG/NAME" in one_sentence(result, 2)


@pytest.mark.parametrize(
    ("licence", "sentence"),
    [
        ("LicenseRef-house-rules", "source toyone and 7 more: the licence 'LicenseRef-house-rules' is unknown"),
        ("CC-BY-NC-ND-4.0", "with toyone, which is under CC-BY-NC-ND-4.0"),
    ],
)
def test_a_licence_that_is_not_open_stops_publishing_until_it_is_named(
    world, monkeypatch: pytest.MonkeyPatch, licence: str, sentence: str
) -> None:
    corpus = world.folder / "packages.yaml"
    corpus.write_text(corpus.read_text().replace("license: MIT", f"license: {licence}"))
    assert world.run("gpiot-data", "build", "cgd.yaml").returncode == 0
    for name, value in world.env.items():
        monkeypatch.setenv(name, value)

    def try_with(*named: str) -> Publication:
        folder = world.folder / "out/cgd"
        return publish_folder(folder, REPO, public=False, dry_run=True, licences=named, manifest_path=None, say=lambda _line: None)

    for named in ((), ("MIT",)):
        with pytest.raises(QualityGateFailed, match=re.escape(sentence)):
            try_with(*named)
    assert "data/train.jsonl" in try_with(licence).files
