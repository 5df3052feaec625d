"""What a manifest may say of a chat teacher."""

from __future__ import annotations

import json
import re
from dataclasses import asdict

import pytest

from gpiot_data import manifest
from gpiot_data.chat_rule import BudgetRule, ChatRule, PriceRule
from gpiot_data.errors import BadManifest
from gpiot_data.plan import Plan
from gpiot_data.store import canonical_json

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


def plan_of(**changes):
    fields = {"schema": "gpiot.manifest/1", "name": "toy", "version": "0.1.0", "kind": "tdd", "corpora": ["papers.yaml"]}
    return manifest.build(Plan, {**fields, **changes}, "tdd.yaml")


def test_a_manifest_names_the_teacher_and_how_it_is_asked():
    plan = plan_of(teacher="chat", chat={**SOUND, "temperature": None})
    assert (plan.teacher, plan.chat.model, plan.chat.budget, plan.chat.temperature) == ("chat", "toy", BudgetRule(calls=10), None)
    assert manifest.build(Plan, json.loads(canonical_json(asdict(plan))), "lock.json") == plan


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"teacher": "chat"}, "teacher: chat needs the key 'chat'"),
        ({"teacher": "chat", "chat": SOUND, "kind": "cgd"}, "rows of kind cgd are written by rules"),
        ({"chat": SOUND, "kind": "cgd"}, "rows of kind cgd are written by rules"),
        ({"chat": {**SOUND, "budgets": {}}}, "chat: unknown key 'budgets'; did you mean 'budget'?"),
        ({"chat": {**SOUND, "budget": {}}}, "expected at least one of calls, tokens and money"),
        ({"teacher": "rule"}, "teacher: expected one of rules, chat, got 'rule'"),
    ],
)
def test_a_manifest_whose_teacher_cannot_be_asked_is_refused(changes, message):
    with pytest.raises(BadManifest, match=re.escape(message)):
        plan_of(**changes)
