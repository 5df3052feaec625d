"""What a manifest may say of a chat teacher."""

from __future__ import annotations

import pytest

from gpiot_data import manifest
from gpiot_data.chat_rule import BudgetRule, ChatRule, PriceRule
from gpiot_data.errors import BadManifest

SOUND = {"base_url": "http://127.0.0.1:8000/v1", "model": "toy", "budget": {"calls": 10}}


def test_a_rule_is_read_from_a_manifest():
    value = {**SOUND, "price": {"prompt": 0.15, "answer": 0.6}, "budget": {"money": 2}, "temperature": None}
    rule = manifest.build(ChatRule, value, "chat")
    assert rule == ChatRule(
        base_url="http://127.0.0.1:8000/v1",
        model="toy",
        budget=BudgetRule(money=2.0),
        price=PriceRule(prompt=0.15, answer=0.6),
        temperature=None,
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"base_url": "https://user:secret@host/v1"}, "base_url: expected http"),
        ({"base_url": "https://host/v1?key=secret"}, "base_url: expected http"),
        ({"key_env": "sk-123 456"}, "key_env: expected the name of an environment variable, not a key"),
        ({"budget": {}}, "budget: expected at least one of calls, tokens and money"),
        ({"budget": {"calls": -1}}, "budget.calls: expected a number from 0 on, got -1"),
        ({"budget": {"money": 1.0}}, "budget.money: needs the key 'price'"),
        ({"price": {"prompt": -1.0, "answer": 0.0}}, "price.prompt: expected the price of a million tokens"),
        ({"parallel": 0}, "parallel: expected a number from 1 to 256, got 0"),
        ({"timeout_s": 0.0}, "timeout_s: expected seconds"),
        ({"temperature": 3.0}, "temperature: expected a number from 0 to 2, or null, got 3.0"),
        ({"retrys": 3}, "unknown key 'retrys'; did you mean 'retries'?"),
    ],
)
def test_what_cannot_be_is_refused_without_showing_a_secret(change, message):
    with pytest.raises(BadManifest, match=message.replace("(", r"\(").replace("?", r"\?")) as caught:
        manifest.build(ChatRule, {**SOUND, **change}, "chat")
    assert "secret" not in str(caught.value)
    assert "sk-123" not in str(caught.value)


def test_money_follows_from_sums_of_tokens():
    assert PriceRule(prompt=0.15, answer=0.6).of(2_000_000, 500_000) == 0.6
