"""The teacher that asks a model: any OpenAI-compatible endpoint, under the same checks as what rules write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gpiot_data.chat_rule import ChatRule
from gpiot_data.errors import BadManifest
from gpiot_data.papers.modules import TechnicalModule
from gpiot_data.schema import SubTask, Teacher
from gpiot_data.store import canonical_json, sha256_json
from gpiot_data.teacher.answers import (
    MAX_TASKS,
    MIN_TASKS,
    Exercise,
    Solution,
    Statement,
    check_exercise,
    check_problem,
    check_tasks,
    read_answer,
)
from gpiot_data.teacher.asking import Answered, Asker, Question
from gpiot_data.teacher.budget import Cost, likely_tokens
from gpiot_data.teacher.pieces import BYTES_PER_TOKEN, Piece, cut_module, take_fitting
from gpiot_data.teacher.prompting import Prompt, load_prompt
from gpiot_data.teacher.protocol import Decomposition
from gpiot_data.teacher.untrusted import fence

PROMPTS = ("decompose", "unite", "rewrite", "solve")
#: Those that the pairs of papers are asked for with.
PAIR_PROMPTS = PROMPTS[:2]
#: A module of more sub-tasks than this is a whole system, which is no problem of the right size.
MAX_UNITED_TASKS = 12
#: What is left for the text of a paper must hold a paragraph or two.
MIN_MATERIAL_TOKENS = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A pair, and the hash of the answer, or of the list of answers, that it was read from."""

    pair: Decomposition
    response_sha256: str


class ChatTeacher:
    """Makes pairs by asking a model; used by any number of threads.

    The same module gives the same pair as long as the answers are in the store, whatever the number of threads.
    """

    def __init__(self, rule: ChatRule, asker: Asker) -> None:
        """Write pairs with what `asker` is told.

        Raises:
            BadManifest: if the model's context has no room for a paragraph.
        """
        self._rule, self._asker = rule, asker
        self._prompts = {name: load_prompt(name) for name in PROMPTS}
        self._room = min(self._room_for(prompt) for prompt in self._prompts.values())
        if self._room < MIN_MATERIAL_TOKENS:
            raise BadManifest(
                f"context_tokens: {rule.context_tokens} leave {max(0, self._room)} for the text of a paper beside the prompt and twice "
                f"max_tokens ({rule.max_tokens}); lower max_tokens or take a model of a longer context"
            )

    def _room_for(self, prompt: Prompt) -> int:
        """Return the tokens left for material: a re-ask shows the model its answer, and some servers put the schema before the turns."""
        fixed = len((prompt.system + prompt.user + canonical_json(prompt.schema)).encode("utf-8"))
        return self._rule.context_tokens - 2 * self._rule.max_tokens - fixed // BYTES_PER_TOKEN - 100

    @property
    def name(self) -> Teacher:
        """How the teacher is named in a row, without the answer that the row was read from."""
        model = self._rule.model if self._rule.revision is None else f"{self._rule.model}@{self._rule.revision}"
        return Teacher(name="chat", prompt=self._prompts["decompose"].name, model=model)

    def name_for(self, prompt: str, response_sha256: str) -> Teacher:
        """Return how a row names the teacher, the prompt and the answer that it was read from."""
        return Teacher("chat", self._prompts[prompt].name, self.name.model, response_sha256)

    def write(self, paper_title: str, module: TechnicalModule) -> Written | str:
        """Return the pair of a module, or the stable word that says why there is none.

        Raises:
            RemoteError, InputError: see `Delivery.deliver`.
        """
        pieces = self._pieces(paper_title, module)
        most = MAX_TASKS if len(pieces) == 1 else max(MIN_TASKS, MAX_UNITED_TASKS // len(pieces))
        if len(pieces) * MIN_TASKS > MAX_UNITED_TASKS:
            return "module_too_long"
        written = []
        for piece in pieces:
            found = self._asker.ask(self._about_piece(paper_title, module, piece, most))
            if isinstance(found, Answered):
                written.append(Written(_pair(found.value, piece), found.response_sha256))
            elif len(pieces) == 1 or found != "not_a_module":
                return found
        if not written:
            return "not_a_module"
        return self._united(written) if len(written) > 1 else written[0]

    def _pieces(self, paper_title: str, module: TechnicalModule) -> list[Piece]:
        return cut_module(module, max(MIN_MATERIAL_TOKENS, self._room - likely_tokens(len((paper_title + module.title).encode("utf-8")))))

    def _about_piece(self, paper_title: str, module: TechnicalModule, piece: Piece, most: int) -> Question[Exercise]:
        prompt = self._prompts["decompose"]
        # Titles are the paper's words as well.
        text = f"Title of the paper: {paper_title}\nTitle of the module: {module.title}\n\n{piece.render()}"

        def read(answer: str) -> Exercise:
            exercise = read_answer(Exercise, answer)
            check_exercise(exercise, piece.paragraphs, piece.first, most)
            return exercise

        return Question(prompt, prompt.fill({"material": fence(text), "most_tasks": str(most)}), read)

    def _united(self, parts: Sequence[Written]) -> Written | str:
        """Make one pair of those of a module's pieces: all their sub-tasks under a problem that covers them."""
        tasks = tuple(task for part in parts for task in part.pair.tasks)
        if len({task.name.lower() for task in tasks}) < len(tasks):
            return "unsound_answer"
        found = self._state("unite", {"material": fence("\n\n".join(part.pair.problem for part in parts))})
        if isinstance(found, str):
            return found
        evidence = tuple(words for part in parts for words in part.pair.evidence)
        hashes = [*(part.response_sha256 for part in parts), found.response_sha256]
        return Written(Decomposition(found.value.problem.strip(), tasks, evidence), sha256_json(hashes))

    def rewrite(self, problem: str, change: str) -> Answered[Statement] | str:
        """Return a problem with one change, or why there is none; `change` is our own sentence.

        Raises:
            RemoteError, InputError: see `Delivery.deliver`.
        """
        return self._state("rewrite", {"material": fence(problem), "change": change})

    def _state(self, prompt: str, blanks: dict[str, str]) -> Answered[Statement] | str:
        def read(answer: str) -> Statement:
            statement = read_answer(Statement, answer)
            check_problem(statement.problem)
            return statement

        chosen = self._prompts[prompt]
        return self._asker.ask(Question(chosen, chosen.fill(blanks), read))

    def solve(self, problem: str, passages: Sequence[str]) -> Answered[tuple[SubTask, ...]] | str:
        """Return the sub-tasks of a problem, or why there are none; `passages` are knowledge for it, the best first.

        Raises:
            RemoteError, InputError: see `Delivery.deliver`.
        """

        def read(answer: str) -> tuple[SubTask, ...]:
            tasks = tuple(SubTask(task.name.strip(), task.steps) for task in read_answer(Solution, answer).tasks)
            check_tasks(tasks)
            return tasks

        prompt = self._prompts["solve"]
        # Marks, and a line between, to each.
        fitting = take_fitting([f"{passage}{' ' * 80}" for passage in passages], self._room - likely_tokens(len(problem.encode("utf-8"))))
        knowledge = "\n\n".join(fence(text.rstrip()) for text in fitting) or "(none)"
        return self._asker.ask(Question(prompt, prompt.fill({"problem": fence(problem), "passages": knowledge}), read))

    def estimate(self, paper_title: str, module: TechnicalModule) -> list[tuple[bool, Cost]]:
        """Return for each question about a module whether it was answered before, and what asking it once costs."""
        pieces = self._pieces(paper_title, module)
        most = MAX_TASKS if len(pieces) == 1 else max(MIN_TASKS, MAX_UNITED_TASKS // len(pieces))
        if len(pieces) * MIN_TASKS > MAX_UNITED_TASKS:
            return []
        return [self._asker.estimate(self._about_piece(paper_title, module, piece, most)) for piece in pieces]

    def describe(self) -> dict[str, Any]:
        """Return what the pairs of papers depend on besides the answers: the model, the prompts, how it is asked."""
        rule = self._rule
        how = {"max_tokens": rule.max_tokens, "temperature": rule.temperature, "context_tokens": rule.context_tokens, "reasks": rule.reasks}
        prompts = {prompt.id: prompt.sha256 for prompt in (self._prompts[name] for name in PAIR_PROMPTS)}
        return {"model": rule.model, "revision": rule.revision, "prompts": prompts, **how}


def _pair(exercise: Exercise, piece: Piece) -> Decomposition:
    tasks = tuple(SubTask(task.name.strip(), tuple(step.text.strip() for step in task.steps)) for task in exercise.tasks)
    evidence = tuple(tuple(piece.printed[step.paragraph - piece.first] for step in task.steps) for task in exercise.tasks)
    return Decomposition(exercise.problem.strip(), tasks, evidence)
