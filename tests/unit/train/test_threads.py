import pytest

from gpiot_train import threads


@pytest.fixture
def chosen(monkeypatch):
    """The thread counts that torch was given, on a machine of four threads with nothing overruled."""
    import torch

    given = []
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 4)
    monkeypatch.setattr(torch, "set_num_threads", given.append)
    return given


@pytest.mark.parametrize(("busy", "expected"), [(0.0, []), (0.4, []), (1.2, [3]), (3.0, [1]), (4.0, [1])])
def test_only_free_cores_are_used_and_at_least_one(chosen, monkeypatch, busy, expected):
    monkeypatch.setattr(threads, "busy_cores", lambda _: busy)
    threads.use_free_cores()
    assert chosen == expected


def test_a_machine_that_is_free_again_is_used_in_full(chosen, monkeypatch, capsys):
    monkeypatch.setattr(threads, "busy_cores", lambda _: 0.0)
    assert threads.use_free_cores(8) == 8
    assert chosen == [8]
    assert "the machine is free again: computing with 8 of 8 threads" in capsys.readouterr().err


def test_the_environment_overrules(chosen, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.setattr(threads, "busy_cores", lambda _: 4.0)
    threads.use_free_cores()
    assert chosen == []


def test_busy_cores_come_from_two_readings(monkeypatch):
    readings = iter([(100, 1000), (150, 1100)])
    monkeypatch.setattr(threads, "_cpu_times", lambda: next(readings))
    monkeypatch.setattr(threads.os, "cpu_count", lambda: 2)
    assert threads.busy_cores(0.0) == 1.0


def test_an_unreadable_load_counts_as_none(monkeypatch):
    monkeypatch.setattr(threads, "_cpu_times", lambda: None)
    assert threads.busy_cores(0.0) == 0.0
