"""The first stage of a build: what each source gives, by rules or by a model that is asked, and what ships of the model's answers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gpiot_data import manifest
from gpiot_data.chat_rule import ChatRule
from gpiot_data.errors import BadDataset, BadManifest, InputError
from gpiot_data.extract import byte_relevant_versions, extract_all, not_obtained
from gpiot_data.plan import Plan, Source, describe_source
from gpiot_data.schema import Kept, Rejected
from gpiot_data.sources.papers import PaperSource
from gpiot_data.stages import StageResult, run_stage, stage_place
from gpiot_data.store import read_json, read_jsonl, sha256_bytes, write_atomic, write_json
from gpiot_data.teacher.asking import NOT_IN_STORE
from gpiot_data.teacher.chat_build import (
    ChatBuild,
    describe_estimate,
    estimate_papers,
    extract_by_chat,
    extract_from_paper,
    open_chat,
    replay_chat,
)
from gpiot_data.teacher.responses import FILE as RESPONSES

#: Beside the answers in the stage's folder: what the lock says of the teacher.
TEACHER = "teacher.json"

JsonRow = dict[str, Any]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairMeans:
    """What the stage may use, and whom it tells; no part of what it makes.

    `pairs` and `responses` are the folders of what was found before. With `replay_only` nothing is asked.
    """

    jobs: int
    say: Say
    pairs: Path
    responses: Path
    replay_only: bool


def run_pairs_stage(plan: Plan, sources: list[Source], paths: list[Path | None], folder: Path, means: PairMeans) -> StageResult:
    """Return the candidates of all sources; those without a path are rejected.

    Raises:
        BadManifest: if the context of a chat teacher's model is too short for it.
        BadDataset: if the folder has answers that are none.
        InputError: if a chat teacher's key is not set or not taken, or a store cannot be written to.
        RemoteError: if its server does not answer after retries, or its budget is spent; what was answered is kept.
    """
    described = [describe_source(source) for source, path in zip(sources, paths, strict=True) if path is not None]
    inputs = [described, byte_relevant_versions()]
    place = stage_place(folder, "pairs")
    if plan.chat is None or plan.teacher != "chat":
        return run_stage(
            place,
            "pairs",
            params={"teacher": plan.teacher},
            inputs=inputs,
            rows_in=None,
            compute=lambda: extract_all(sources, paths, means.jobs, means.say, means.pairs),
        )
    _forget_unanswered(place)
    shipped = folder / RESPONSES
    with open_chat(plan.chat, plan.seed, folder, shipped=shipped, replay_only=means.replay_only, known=means.responses) as chat:
        stage = run_stage(
            place,
            "pairs",
            params={"teacher": plan.teacher, "seed": plan.seed, **chat.teacher.describe()},
            inputs=inputs,
            rows_in=None,
            compute=lambda: _ask(sources, paths, place, chat, means.say),
            beside=(RESPONSES, TEACHER),
        )
        return replace(stage, aside={"teacher": chat.cost()})


def _forget_unanswered(place: Path) -> None:
    """Let the stage be made anew where a replay had to do without answers, which may be there by now or can be asked for."""
    try:
        lacks = any(item["reason"] == NOT_IN_STORE for item in read_jsonl(place / "rejected.jsonl"))
    except (InputError, KeyError, TypeError):
        return
    if lacks:
        (place / "stage.json").unlink(missing_ok=True)


def _ask(sources: list[Source], paths: list[Path | None], place: Path, chat: ChatBuild, say: Say) -> Iterator[Kept[JsonRow] | Rejected]:
    """Yield the candidates of all papers, and write down what ships of the answers."""
    here = [(source, path) for source, path in zip(sources, paths, strict=True) if path is not None and isinstance(source, PaperSource)]
    papers, files = [source for source, _ in here], [path for _, path in here]
    if chat.delivery is not None:
        estimate = estimate_papers(papers, files, chat)
        say(describe_estimate(estimate))
        if estimate.new.calls:
            chat.connect()
    for source, path in zip(sources, paths, strict=True):
        if path is None:
            yield Rejected(**not_obtained(source)["rejected"])
    for item in extract_by_chat(papers, files, chat, say):
        yield item if isinstance(item, Rejected) else Kept(item.row.to_json())
    chat.write_responses(place / RESPONSES)
    write_json(place / TEACHER, chat.record())


def lacks_answers(stage: StageResult) -> bool:
    """Tell whether a stage had to do without answers that nobody was asked for."""
    return any(item["reason"] == NOT_IN_STORE for item in stage.rejected)


def describe_teacher(plan: Plan, folder: Path) -> JsonRow:
    """Return what the lock says of the teacher: for one that was asked, the model, the prompts with their hashes, and the answers' root."""
    return dict(read_json(stage_place(folder, "pairs") / TEACHER)) if plan.teacher == "chat" else {"name": plan.teacher}


def ship_responses(folder: Path) -> JsonRow:
    """Copy the answers of the stage beside the rows, and return their entry for the lock."""
    data = (stage_place(folder, "pairs") / RESPONSES).read_bytes()
    write_atomic(folder / RESPONSES, data)
    return {"path": RESPONSES, "bytes": len(data), "sha256": sha256_bytes(data), "rows": data.count(b"\n")}


def open_replay(lock: JsonRow, folder: Path) -> ChatBuild | None:
    """Return the chat teacher that a lock records, with the answers that ship with its dataset; None where rules wrote it.

    Raises:
        BadDataset: if the record is incomplete, or an answer is none.
    """
    recorded = lock["manifest"]
    if recorded.get("teacher") != "chat":
        return None
    where = f"{folder / 'lock.json'}: manifest"
    try:
        rule, seed = manifest.build(ChatRule, recorded.get("chat"), f"{where}: chat"), recorded.get("seed", 0)
        if not isinstance(seed, int):
            raise BadManifest(f"{where}: seed: expected int, got {seed!r}")
        return replay_chat(rule, seed, folder / RESPONSES)
    except BadManifest as error:
        raise BadDataset(f"{error}; build the dataset again") from error


def replay_paper(chat: ChatBuild, source: PaperSource, path: Path) -> list[JsonRow]:
    """Return the rows that a paper gives by the answers that are there."""
    return [item.row.to_json() for item in extract_from_paper(source, path, chat) if isinstance(item, Kept)]
