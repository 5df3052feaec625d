"""The chat teacher in a build: papers -> pairs with several requests under way, what that will cost and did cost, what ships with it."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from gpiot_data.chat_rule import ChatRule
from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.papers.sections import read_paper
from gpiot_data.schema import Kept, Rejected, TddRow, Teacher
from gpiot_data.sources.papers import PaperSource
from gpiot_data.store import Ledger, write_jsonl
from gpiot_data.teacher import budget
from gpiot_data.teacher.asking import Asker
from gpiot_data.teacher.budget import Cost, Spending
from gpiot_data.teacher.chat import ChatTeacher
from gpiot_data.teacher.client import ChatClient, Reply
from gpiot_data.teacher.delivery import Delivery
from gpiot_data.teacher.pairs import Reader, extract_paper
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.responses import ResponseStore, open_responses, responses_root

#: Papers that are held from the estimate to the asking; more are read twice.
MAX_READ_PAPERS = 128

Say = Callable[[str], None]
Candidate = Kept[TddRow] | Rejected


@dataclass(frozen=True, slots=True)
class ChatBuild:
    """A chat teacher with its store and its spending; `delivery`, `spending` and `client` are None where nothing may be asked."""

    rule: ChatRule
    teacher: ChatTeacher
    asker: Asker
    store: ResponseStore
    delivery: Delivery | None = None
    spending: Spending | None = None
    client: _OnDemand | None = None
    read: Reader = field(default_factory=lambda: lru_cache(MAX_READ_PAPERS)(read_paper))

    def connect(self) -> None:
        """Open the client now, so that a missing key is told before anything else is done.

        Raises:
            InputError: if the key is not set.
        """
        if self.client is not None:
            self.client.open()

    def write_responses(self, path: Path) -> None:
        """Write the answers that were used, as they ship with a dataset."""
        write_jsonl(path, self.store.entries(self.asker.used))

    def record(self) -> dict[str, Any]:
        """Return what a lock says of the teacher; the same for a replay as for the build that asked."""
        return self._record(self.asker.used)

    def record_shipped(self) -> dict[str, Any]:
        """Return the same for all answers that came with a dataset: what its lock should say."""
        return self._record(self.store.shipped)

    def _record(self, keys: Iterable[str]) -> dict[str, Any]:
        entries = self.store.entries(keys)
        counts = {name: sum(entry["value"][name] or 0 for entry in entries) for name in ("prompt_tokens", "answer_tokens")}
        return {"name": "chat", **self.teacher.describe(), "responses": len(entries), "root": responses_root(entries), **counts}

    def cost(self) -> dict[str, Any]:
        """Return what `run.json` says of the calls: of this run, and of all runs of this folder with what they come to."""
        if self.spending is None:
            return {"calls_of_this_run": 0}
        return {"calls_of_this_run": self.spending.calls_of_this_run, **self.spending.cost.to_json()}


@contextlib.contextmanager
def open_chat(
    rule: ChatRule, seed: int, folder: Path, *, shipped: Path | None = None, replay_only: bool = False, known: Path | None = None
) -> Iterator[ChatBuild]:
    """Open the chat teacher of a build.

    Args:
        rule: the model, and how it is asked.
        seed: of the build.
        folder: of the dataset; what calls cost is written down there.
        shipped: the `responses.jsonl` of the dataset, which answers first, if there is one.
        replay_only: ask nothing; what the store does not answer is rejected as `not_in_store`.
        known: the folder of the answers that were given before, by default that of this machine.

    Raises:
        BadManifest: if the model's context has no room for a paragraph.
        BadDataset: if `shipped` is damaged.
        InputError: if the store or the folder cannot be written to; if the key is not set, once something is asked.
    """
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(open_responses(rule.model, rule.revision, known))
        if shipped is not None:
            store.take_in(shipped)
        if replay_only:
            yield _replaying(rule, seed, store)
            return
        journal = Ledger(folder / budget.FILE)
        stack.callback(journal.close)
        client = _OnDemand(rule)
        stack.callback(client.close)
        spending = Spending(rule.budget, rule.price, journal)
        delivery = Delivery(client, spending, rule.retries)
        asker = Asker(rule, seed, store, delivery)
        yield ChatBuild(rule, ChatTeacher(rule, asker), asker, store, delivery, spending, client)


def replay_chat(rule: ChatRule, seed: int, shipped: Path) -> ChatBuild:
    """Return the chat teacher of a finished dataset: it knows the answers that ship with it, and no others.

    Raises:
        BadManifest: if the model's context has no room for a paragraph.
        BadDataset: if `shipped` is damaged.
    """
    store = ResponseStore(None)
    store.take_in(shipped)
    return _replaying(rule, seed, store)


def _replaying(rule: ChatRule, seed: int, store: ResponseStore) -> ChatBuild:
    asker = Asker(rule, seed, store, None)
    return ChatBuild(rule, ChatTeacher(rule, asker), asker, store)


class _OnDemand:
    """A client that is opened when the first request is sent: a build that finds all answers needs no key."""

    def __init__(self, rule: ChatRule) -> None:
        self._rule = rule
        self._guard = threading.Lock()
        self._client: ChatClient | None = None

    def open(self) -> ChatClient:
        with self._guard:
            self._client = self._client or ChatClient(self._rule)
            return self._client

    def send(self, body: dict[str, Any]) -> Reply:
        return self.open().send(body)

    def close(self) -> None:
        if self._client is not None:
            self._client.close()


def extract_by_chat(sources: Sequence[PaperSource], paths: Sequence[Path], chat: ChatBuild, say: Say) -> Iterator[Candidate]:
    """Yield the candidates of all papers in the order of the sources, however many requests are under way.

    When one fails, nothing more is sent, and what is under way is waited for: its answers are paid for and kept.

    Raises:
        RemoteError: if the server does not answer after retries, or the budget is spent; run again to go on.
        InputError: if it does not let us in.
    """
    pool = ThreadPoolExecutor(chat.rule.parallel, thread_name_prefix="chat-teacher")
    try:
        for source, found in zip(sources, pool.map(partial(_extract, chat), sources, paths), strict=True):
            yield from found
            reasons = sorted({item.reason for item in found if isinstance(item, Rejected)})
            kept = sum(isinstance(item, Kept) for item in found)
            say(f"    {source.label}: {kept} pairs" + (f" ({', '.join(reasons)})" if found and not kept else ""))
    finally:
        if chat.delivery is not None:
            chat.delivery.end()
        pool.shutdown(wait=True, cancel_futures=True)
    say(describe_cost(chat))


def _extract(chat: ChatBuild, source: PaperSource, path: Path) -> list[Candidate]:
    return list(extract_from_paper(source, path, chat))


def extract_from_paper(source: PaperSource, path: Path, chat: ChatBuild) -> Iterator[Candidate]:
    """Yield the candidates of one paper.

    Raises:
        RemoteError, InputError: see `extract_by_chat`.
    """
    return extract_paper(source, path, _OfOnePaper(chat.teacher), chat.read)


class _OfOnePaper:
    """The teacher for the modules of one paper, one after the other: it is named with the answer that was used last."""

    def __init__(self, teacher: ChatTeacher) -> None:
        self._teacher = teacher
        self._name = teacher.name

    @property
    def name(self) -> Teacher:
        return self._name

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        found = self._teacher.write(paper_title, module)
        if isinstance(found, str):
            return found
        self._name = self._teacher.name_for("decompose", found.response_sha256)
        return found.pair


@dataclass(frozen=True, slots=True)
class Estimate:
    """What papers will cost, if every question is answered at once: calls in all, and the cost of those not answered before."""

    calls: int
    new: Cost


def estimate_papers(sources: Sequence[PaperSource], paths: Sequence[Path], chat: ChatBuild) -> Estimate:
    """Return what papers will cost, without asking anything: likely tokens read, and the most that can be written."""
    counting = _Counting(chat.teacher)
    for source, path in zip(sources, paths, strict=True):
        for _ in extract_paper(source, path, counting, chat.read):
            pass
    new = [cost for stored, cost in counting.found if not stored]
    prompt, answer = (sum(cost.prompt_tokens for cost in new), sum(cost.answer_tokens for cost in new))
    money = None if chat.rule.price is None else chat.rule.price.of(prompt, answer)
    return Estimate(len(counting.found), Cost(len(new), prompt, answer, money))


class _Counting:
    """A teacher that writes nothing and counts what writing would cost."""

    def __init__(self, teacher: ChatTeacher) -> None:
        self._teacher = teacher
        self.found: list[tuple[bool, Cost]] = []

    @property
    def name(self) -> Teacher:
        return self._teacher.name

    def decompose(self, paper_title: str, module: TechnicalModule) -> Decomposition | str:
        self.found.extend(self._teacher.estimate(paper_title, module))
        return "estimated"


def describe_estimate(estimate: Estimate) -> str:
    """Return the line for people before anything is asked."""
    new = estimate.new
    stored = estimate.calls - new.calls
    return (
        f"    chat teacher: {new.calls} calls ahead ({stored} answers are here): about {new.prompt_tokens} tokens to read, at most "
        f"{new.answer_tokens} to write{_worth(new)}; an answer that has to be asked for again adds to it"
    )


def describe_cost(chat: ChatBuild) -> str:
    """Return the line for people afterwards."""
    if chat.spending is None:
        return "    chat teacher: nothing was asked"
    cost = chat.spending.cost
    return (
        f"    chat teacher: {chat.spending.calls_of_this_run} calls in this run; {cost.calls} for this folder in all, "
        f"{cost.prompt_tokens} tokens read, {cost.answer_tokens} written{_worth(cost)}"
    )


def _worth(cost: Cost) -> str:
    return "" if cost.money is None else f", {cost.money:.4f} in money"
