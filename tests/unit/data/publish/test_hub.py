"""A push to the Hub: one commit whatever goes wrong, nothing sent twice, no version replaced, no repository shown by accident."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hub_double import TOKEN, Hub, Repository, Trouble, serving

from gpiot_data.errors import UsageError
from gpiot_data.publish.hub import Target, token_of

REPO = "lab/toys"
FILES = {"README.md": b"# toys\n", "data/train.jsonl": b"{}\n", "parquet/train.parquet": b"PAR1"}
#: Where the Hub is and whether it may be asked is read when its client is imported, so that has to happen in a process of its own.
DRIVER = """
import json, sys
from pathlib import Path
from gpiot_data.errors import GpiotError
from gpiot_data.publish.hub import Target, push
folder, options = Path(sys.argv[1]), json.loads(sys.argv[2])
files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
target = Target(**{"repo": "lab/toys", "kind": "dataset", "tag": "v1.0.0", "owned": ("data/", "parquet/"), **options})
waits = []
try:
    done = push(files, target, "toys 1.0.0", lambda line: None, wait=waits.append)
    print(json.dumps({"url": done.url, "commit": done.commit, "sent": done.sent, "deleted": done.deleted, "waits": waits}))
except GpiotError as error:
    print(json.dumps({"error": str(error), "code": error.exit_code, "waits": waits}))
"""


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        yield hub


@pytest.fixture
def push(hub: Hub, tmp_path: Path):
    for path, data in FILES.items():
        (tmp_path / "toys" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "toys" / path).write_bytes(data)

    def run(token: str = TOKEN, **options: object) -> dict:
        settings = {"HF_ENDPOINT": hub.endpoint, "HF_TOKEN": token, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}
        env = {**os.environ, **settings, "HF_HOME": str(tmp_path / "hf")}
        command = [sys.executable, "-c", DRIVER, str(tmp_path / "toys"), json.dumps(options)]
        result = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return json.loads(result.stdout)

    return run


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "path", "status", "after"),
    [
        ("POST", "/commit/main$", 503, False),
        ("POST", "/commit/main$", 503, True),
        ("POST", "/commit/main$", 429, False),
        ("POST", "/tag/", 500, False),
        ("GET", "/refs$", 502, False),
        ("PUT", "/large/", 503, False),
        ("POST", "/repos/create$", 504, True),
    ],
)
def test_trouble_that_passes_is_survived_with_one_commit(push, hub: Hub, method: str, path: str, status: int, after: bool) -> None:
    hub.troubles.append(Trouble(method, path, status, after=after))
    done = push()
    assert "error" not in done, done
    assert hub.troubles[0].times == 0
    repository = hub.repositories[REPO]
    assert [title for _, _, title in repository.commits] == ["initial commit", "toys 1.0.0"]
    assert {path: data for path, data in repository.commits[-1][1].items() if path != ".gitattributes"} == FILES
    assert repository.tags == {"v1.0.0": repository.commits[-1][0]} == {"v1.0.0": done["commit"]}
    assert sorted(done["sent"]) == sorted(FILES)


def test_trouble_that_stays_is_told_after_five_tries_and_leaves_the_repository_as_it_was(push, hub: Hub) -> None:
    hub.troubles.append(Trouble("POST", "/commit/main$", 503, times=99))
    done = push()
    assert done["code"] == 4
    assert "the commit: the Hub failed with status 503 after 5 tries" in done["error"]
    assert done["waits"] == [1.0, 2.0, 4.0, 8.0]
    assert (len(hub.repositories[REPO].commits), hub.repositories[REPO].tags) == (1, {})


def test_a_refusal_is_told_at_once(push, hub: Hub) -> None:
    done = push(token="hf_wrong_wrong")
    assert (done["code"], done["waits"], hub.repositories) == (4, [], {})
    assert "refused the token in HF_TOKEN (401)" in done["error"]
    assert "hf_wrong" not in done["error"]


def test_a_commit_that_somebody_else_made_in_between_stays_and_ours_comes_after_it(push, hub: Hub) -> None:
    repository = hub.repositories[REPO] = Repository(private=True)
    repository.add({"NOTES.md": b"by hand", "data/old.jsonl": b"{}\n"}, "by hand")
    hub.troubles.append(Trouble("POST", "/commit/main$", 412))
    assert push()["deleted"] == ["data/old.jsonl"]
    assert repository.commits[-1][1] == {**FILES, "NOTES.md": b"by hand"}


def test_a_second_push_sends_nothing_and_a_lost_tag_is_put_back(push, hub: Hub) -> None:
    first = push()
    asked = len(hub.requests)
    assert {**push(), "sent": first["sent"]} == first
    assert not any(method in ("POST", "PUT") for method, _ in hub.requests[asked:])
    hub.repositories[REPO].tags.clear()
    assert (push()["sent"], hub.repositories[REPO].tags) == ([], {"v1.0.0": first["commit"]})
    assert hub.commits_asked() == 1


def test_a_hub_that_gives_back_other_bytes_leaves_no_tag_and_the_next_push_ends_it(push, hub: Hub) -> None:
    hub.spoil = "README.md"
    assert "gives back other bytes for README.md" in push()["error"]
    assert hub.repositories[REPO].tags == {}
    hub.spoil = None
    assert push()["sent"] == []
    assert (hub.commits_asked(), list(hub.repositories[REPO].tags)) == (1, ["v1.0.0"])


def test_a_published_version_is_never_replaced(push, hub: Hub) -> None:
    repository = hub.repositories[REPO] = Repository(private=True)
    repository.tags["v1.0.0"] = repository.add({"data/train.jsonl": b"other\n"}, "another dataset")
    done = push()
    assert (done["code"], len(repository.commits)) == (3, 1)
    assert "has a version v1.0.0 with other content (README.md, data/train.jsonl, parquet/train.parquet)" in done["error"]


def test_a_public_repository_takes_nothing_unless_public_is_said(push, hub: Hub) -> None:
    repository = hub.repositories[REPO] = Repository(private=False)
    repository.add({}, "first")
    assert "is public" in push()["error"]
    assert hub.commits_asked() == 0
    assert sorted(push(public=True)["sent"]) == sorted(FILES)
    repository.private = True
    assert "is private" in push(public=True)["error"]


def test_a_new_repository_is_as_visible_as_was_asked_for(push, hub: Hub) -> None:
    push(repo="lab/shown", public=True)
    push(repo="lab/hidden")
    assert {name: repository.private for name, repository in hub.repositories.items()} == {"lab/shown": False, "lab/hidden": True}


@pytest.mark.parametrize("repo", ["toys", "lab/", "/toys", "lab/toys/1", "lab/to ys", "../toys"])
def test_a_name_that_is_none_is_refused(repo: str) -> None:
    with pytest.raises(UsageError, match="expected ORG/NAME"):
        Target(repo=repo, kind="dataset", tag="v1.0.0")


def test_the_token_comes_from_the_environment_only() -> None:
    assert token_of({"HF_TOKEN": " hf_x "}) == "hf_x"
    for environment, sentence in (({}, "HF_TOKEN is not set"), ({"HF_TOKEN": "hf_x", "HF_HUB_OFFLINE": "1"}, "HF_HUB_OFFLINE is set")):
        with pytest.raises(UsageError, match=sentence):
            token_of(environment)
