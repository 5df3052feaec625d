"""A budget holds before each call, across threads and across killed runs."""

from __future__ import annotations

import threading

import pytest

from gpiot_data.chat_rule import BudgetRule, PriceRule
from gpiot_data.store import Ledger
from gpiot_data.teacher.budget import BudgetSpent, Cost, Spending

PRICE = PriceRule(prompt=1.0, answer=10.0)


@pytest.fixture
def journal(tmp_path):
    opened = []

    def make():
        for ledger in opened:
            ledger.close()
        opened[:] = [Ledger(tmp_path / "calls.jsonl")]
        return opened[0]

    yield make
    opened[0].close()


def test_a_call_counts_what_it_may_cost_and_then_what_it_did(journal):
    spending = Spending(BudgetRule(calls=9), PRICE, journal())
    number = spending.reserve(1000, 100)
    assert spending.cost == Cost(1, 1000, 100, 0.002)
    spending.settle(number, "answered", 400, 50)
    assert spending.cost == Cost(1, 400, 50, 0.0009)


def test_a_call_of_which_nothing_came_back_keeps_the_most_it_can_cost(journal):
    spending = Spending(BudgetRule(calls=9), None, journal())
    spending.settle(spending.reserve(1000, 100), "not_answered", None, None)
    spending.settle(spending.reserve(1000, 100), "answered", 10, None)
    assert spending.cost == Cost(2, 1010, 200, None)


@pytest.mark.parametrize(
    ("budget", "fits"),
    [({"calls": 3}, 3), ({"tokens": 3299}, 2), ({"tokens": 3300}, 3), ({"money": 0.0059}, 2), ({"money": 0.006}, 3), ({"calls": 0}, 0)],
)
def test_the_call_that_might_go_over_the_budget_is_not_made(journal, budget, fits):
    spending = Spending(BudgetRule(**budget), PRICE, journal())
    for _ in range(fits):
        spending.settle(spending.reserve(1000, 100), "answered", 1000, 100)
    with pytest.raises(BudgetSpent, match="the budget is spent: with one more call it could come to") as caught:
        spending.reserve(1000, 100)
    assert caught.value.exit_code == 4
    assert spending.cost.calls == fits


def test_a_killed_run_leaves_its_calls_to_the_next_one(journal):
    first = Spending(BudgetRule(calls=3), None, journal())
    first.settle(first.reserve(1000, 100), "answered", 400, 50)
    first.reserve(1000, 100)
    second = Spending(BudgetRule(calls=3), None, journal())
    assert second.cost == Cost(2, 1400, 150, None)
    assert second.calls_of_this_run == 0
    second.reserve(1, 1)
    assert second.calls_of_this_run == 1
    with pytest.raises(BudgetSpent):
        Spending(BudgetRule(calls=3), None, journal()).reserve(1, 1)


def test_a_call_that_fits_only_when_another_turns_out_cheaper_waits_for_it(journal):
    spending = Spending(BudgetRule(tokens=2000), None, journal())
    number = spending.reserve(1000, 100)
    waited = []
    thread = threading.Thread(target=lambda: waited.append(spending.reserve(1000, 100)))
    thread.start()
    thread.join(0.2)
    assert waited == []
    spending.settle(number, "answered", 400, 50)
    thread.join(5)
    assert waited == [1]


def test_many_threads_never_go_over_the_budget(journal):
    spending = Spending(BudgetRule(tokens=5000), None, journal())
    highest = []

    def work():
        while True:
            try:
                number = spending.reserve(90, 10)
            except BudgetSpent:
                return
            highest.append(spending.cost.prompt_tokens + spending.cost.answer_tokens)
            spending.settle(number, "answered", 60, 5)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert max(highest) <= 5000
    assert spending.cost.calls == len(highest) == (5000 - 100) // 65 + 1
