"""Asking the model: every answer is sampled with its own seed, kept in a ledger, judged, and recorded.

A question is asked again, hotter, until an answer is well-formed. What a reader takes from an answer are
spans of it, so nothing can get into a result that the model did not write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

from gpiot_data.errors import QualityGateFailed
from gpiot_data.store import Ledger, sha256_json
from gpiot_infer.backends.protocol import AdapterPath, Backend, Finish, Prompt, Sampling

Role = Literal["decompose", "target", "inputs", "outputs", "facts", "code", "documentation"]
ReadT = TypeVar("ReadT")

#: Sample 0 is nearly greedy; the later ones are hotter, since the same answer again would fail again.
TEMPERATURES = (0.1, 0.5, 0.7, 0.8, 0.6, 0.9, 0.7, 0.8)


class Malformed(Exception):
    """An answer that a gate refuses; the message is the reason, in a few words."""


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of an answer: `text` is `answer[start:end]`, counted in characters."""

    answer: str
    start: int
    end: int
    text: str

    def to_json(self) -> dict[str, Any]:
        """Return the mapping kept in `chain.json`."""
        return {"text": self.text, "answer": self.answer, "span": [self.start, self.end]}


@dataclass(frozen=True, slots=True)
class Written:
    """An answer with the id under which it is recorded."""

    id: str
    text: str
    finish: Finish

    def span(self, start: int, end: int) -> Span:
        """Return a piece by its offsets."""
        return Span(self.id, start, end, self.text[start:end])

    def find(self, piece: str, after: int = 0) -> Span:
        """Return the first place of `piece` at or after an offset.

        Raises:
            Malformed: if it is not there.
        """
        start = self.text.find(piece, after)
        if start < 0:
            raise Malformed("a field is no span of the answer")
        return self.span(start, start + len(piece))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked in one place of the chain; `place` tells the questions of a role apart ("2", "2.1")."""

    role: Role
    place: str
    path: AdapterPath
    prompt: Prompt
    max_tokens: int
    stop: tuple[str, ...] = ()


class NoWellFormedAnswer(QualityGateFailed):
    """All samples of a question failed; `last` is the last answer as the model wrote it."""

    def __init__(self, question: Question, last: Written, samples: int, reason: str) -> None:
        """Name the question and the reason why its last answer was refused."""
        where = question.role if question.place == "0" else f"{question.role} of sub-task {question.place}"
        super().__init__(
            f"no well-formed answer for the {where} in {samples} samples (the last: {reason}); try another --seed, more --samples, "
            "a plainer requirement, or adapters trained for longer"
        )
        self.question = question
        self.last = last
        self.samples = samples
        self.reason = reason


@dataclass(slots=True)
class Counts:
    """How many answers came from the model and how many from the ledger."""

    asked: int = 0
    replayed: int = 0


@dataclass(slots=True, kw_only=True)
class Interview:
    """All questions of one run.

    `identity(path)` names everything besides prompt and sampling that an answer depends on; the
    backend is opened at the first answer that the ledger lacks. `answers` grows in order.
    """

    ledger: Ledger
    open_backend: Callable[[], Backend]
    identity: Callable[[AdapterPath], dict[str, Any]]
    seed: int
    samples: int
    answers: list[dict[str, Any]] = field(default_factory=list)
    prompts: dict[str, dict[str, Any]] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    _backend: Backend | None = None

    def ask(
        self,
        question: Question,
        read: Callable[[Written], ReadT],
        prefer: Callable[[ReadT], Sequence[str]] = lambda _result: (),
        patience: int = 4,
    ) -> ReadT:
        """Return what `read` takes from the first good sample.

        `prefer` names what another sample might do better than a well-formed result. After `patience`
        samples the one with the fewest doubts, of these the first, is taken as it is.

        Raises:
            NoWellFormedAnswer: if `read` refuses every sample.
        """
        spare: tuple[int, ReadT, dict[str, Any]] | None = None
        for number in range(self.samples):
            written, record = self._sample(question, number)
            try:
                result = read(written)
            except Malformed as error:
                reason = record["verdict"] = str(error)
            else:
                doubts = prefer(result)
                record["verdict"] = f"well-formed, but {'; '.join(doubts)}" if doubts else "kept"
                if not doubts:
                    return result
                if spare is None or len(doubts) < spare[0]:
                    spare = (len(doubts), result, record)
            if spare and number + 1 >= patience:
                break
        if spare is None:
            raise NoWellFormedAnswer(question, written, self.samples, reason)
        _doubts, result, record = spare
        record["verdict"] = record["verdict"].replace("well-formed, but", "kept, though", 1)
        return result

    def _sample(self, question: Question, number: int) -> tuple[Written, dict[str, Any]]:
        sampling = Sampling(
            seed=derive_seed(self.seed, question.role, question.place, number),
            temperature=TEMPERATURES[number % len(TEMPERATURES)],
            max_tokens=question.max_tokens,
            stop=question.stop,
        )
        shown = question.prompt.to_json()
        key = sha256_json({**self.identity(question.path), "path": question.path, "prompt": shown, "sampling": sampling.to_json()})
        value: Any = self.ledger.get(key)
        if not _is_answer(value):
            answer = self._opened().answer(question.prompt, question.path, sampling)
            value = {"text": answer.text, "finish": answer.finish}
            self.ledger.put(key, value)
            self.counts.asked += 1
        else:
            self.counts.replayed += 1
        prompt = sha256_json(shown)
        self.prompts[prompt] = shown
        record = {"id": key[:16], "role": question.role, "place": question.place, "path": question.path, "sample": number}
        record |= {"prompt": prompt, "sampling": sampling.to_json(), **value}
        self.answers.append(record)
        return Written(key[:16], value["text"], value["finish"]), record

    def _opened(self) -> Backend:
        if self._backend is None:
            self._backend = self.open_backend()
        return self._backend

    def close(self) -> None:
        """Free the model, if it was loaded."""
        if self._backend is not None:
            self._backend.close()


def _is_answer(value: Any) -> bool:
    """Tell whether a ledger's value is an answer as `Interview` stores it; another is asked again."""
    if not isinstance(value, dict) or set(value) != {"text", "finish"} or value["finish"] not in get_args(Finish):
        return False
    # A JSON escape can spell half a character, which no file takes.
    return isinstance(value["text"], str) and not any("\ud800" <= letter <= "\udfff" for letter in value["text"])


def derive_seed(seed: int, role: str, place: str, number: int) -> int:
    """Return the seed of one sample, below 2**31."""
    return int(sha256_json([seed, role, place, number])[:8], 16) & 0x7FFFFFFF
