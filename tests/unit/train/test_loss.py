import math

import pytest

from gpiot_data.errors import BadManifest
from gpiot_train.data import TextPair
from gpiot_train.tokens import IGNORE, encode


def test_the_loss_on_answer_positions_is_the_full_loss_with_its_gradients(tiny_model):
    import torch

    from gpiot_train.loss import answer_loss

    torch.manual_seed(0)
    ids = torch.randint(0, 250, (3, 12))
    labels = ids.clone()
    labels[0, :5] = labels[1, :9] = labels[2, 7:] = IGNORE
    full = tiny_model(input_ids=ids, labels=labels).loss
    full.backward()
    expected = {name: p.grad.clone() for name, p in tiny_model.named_parameters()}
    tiny_model.zero_grad()
    total, tokens = answer_loss(tiny_model, {"input_ids": ids, "labels": labels})
    (total / tokens).backward()
    assert tokens == int((labels[:, 1:] != IGNORE).sum())
    assert math.isclose((total / tokens).item(), full.item(), rel_tol=1e-6)
    for name, parameter in tiny_model.named_parameters():
        assert torch.allclose(parameter.grad, expected[name], atol=1e-6)


@pytest.fixture
def tokenizer(tiny_base):
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(tiny_base))


def test_labels_cover_the_answer_and_its_end_only(tokenizer):
    sample = encode([TextPair("1", "ask", "tell")], "td", tokenizer, 100, None).samples[0]
    assert tokenizer.decode([label for label in sample.labels if label != IGNORE]) == "tell<|im_end|>\n"
    prompt = tokenizer.decode([i for i, label in zip(sample.input_ids, sample.labels, strict=True) if label == IGNORE])
    assert prompt == "<|im_start|>user\nask<|im_end|>\n<|im_start|>assistant\n"


def test_rows_over_the_length_are_dropped_and_counted_and_the_limit_is_met_by_later_rows(tokenizer):
    pairs = [TextPair("1", "a" * 300, "b"), TextPair("2", "a", "b"), TextPair("3", "c", "d"), TextPair("4", "e", "f")]
    encoded = encode(pairs, "cg", tokenizer, 100, 2)
    assert ([sample.id for sample in encoded.samples], encoded.too_long) == (["2", "3"], 1)


def test_a_template_whose_prompt_is_no_prefix_is_refused(tokenizer):
    tokenizer.chat_template = "{{ messages | length }}{{ messages[0]['content'] }}"
    with pytest.raises(BadManifest, match="does not start a chat with the prompt alone"):
        encode([TextPair("1", "ask", "tell")], "td", tokenizer, 100, None)
