"""Every attack, on every level that is used without being typed, as root and as an unprivileged user."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cases import ATTACKS, EXCEPTIONS, HONEST, Case
from players import USERS, everywhere

Played = Callable[..., dict[str, Any]]
#: What a job in a zygote could do to those after it; the rest has the same walls around it.
IN_A_ZYGOTE = [
    case
    for case in ATTACKS
    if case.name.startswith(
        ("01 fork bomb, counted", "05 disk fill by one", "14 write", "15", "16", "19", "20", "21", "22", "25", "29", "30", "35")
    )
]


def check(case: Case, row: dict[str, Any], level: str) -> None:
    """Compare what was seen of an attack with what is right."""
    assert row["isolation"] == level
    assert row["status"] in case.statuses, row
    assert not row["passed"], row
    if (level, case.name) not in EXCEPTIONS:
        assert row["breaches"] == []
    assert case.says in row["stdout"], row
    assert row["damage"] == []
    assert row["left"] == []
    assert row["seconds"] <= row["wall_s"] + 1
    assert row["sizes"][0] <= 64 * 1024
    assert row["sizes"][1] <= 64 * 1024


@everywhere
@pytest.mark.parametrize("case", ATTACKS, ids=lambda case: case.name)
def test_an_attack_is_refused(played: Played, case: Case, user: str, level: str) -> None:
    rows = {row["name"]: row for row in played(user, level, honest=True)["rows"]}
    check(case, rows[case.name], level)


@everywhere
def test_the_host_is_unchanged_and_no_process_is_left(played: Played, user: str, level: str) -> None:
    end = played(user, level, honest=True)
    assert end["left"] == []
    assert end["damage"] == []
    assert (end["uid"] == 0) == (user == "root")


@everywhere
def test_links_and_pipes_are_not_read_back(played: Played, user: str, level: str) -> None:
    rows = {row["name"]: row for row in played(user, level, honest=True)["rows"]}
    assert rows["16 links out, followed by the parent"]["files"] == ["plain"]
    assert rows["35 file names with newlines"]["files"] == ["-rf", "a\nb"]


@everywhere
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_program_passes(played: Played, name: str, user: str, level: str) -> None:
    done = {row["name"]: row for row in played(user, level, honest=True)["honest"]}[name]
    assert done["passed"], done


@pytest.mark.parametrize(("user", "level"), [(USERS[0], "strong"), (USERS[-1], "medium")])
@pytest.mark.parametrize("case", IN_A_ZYGOTE, ids=lambda case: case.name)
def test_an_attack_on_a_zygote_is_refused(played: Played, case: Case, user: str, level: str) -> None:
    rows = {row["name"]: row for row in played(user, level, zygote=True, only=[case.name for case in IN_A_ZYGOTE])["rows"]}
    row = rows[case.name]
    if case.name.startswith(("19", "25")):  # it may end the zygote, which ends the job
        assert row["status"] in (*case.statuses, "killed")
        row = {**row, "status": case.statuses[0]}
    check(case, row, level)


@everywhere
@pytest.mark.parametrize("name", HONEST)
def test_an_honest_program_passes_in_a_zygote_whose_memory_is_closed(played: Played, name: str, user: str, level: str) -> None:
    done = {row["name"]: row for row in played(user, level, zygote=True, only=["none"], honest=True)["honest"]}[name]
    assert done["passed"], done


def test_the_harness_sees_what_succeeds(played: Played) -> None:
    # Without walls, as a user who can do no harm with it: otherwise all of the above could pass by looking at nothing.
    names = [
        "12 read secrets by path",
        "15 write and delete outside",
        "16 links out, followed by the parent",
        "17 TCP, UDP and names",
        "17 sockets of the host's services",
        "17 datagrams to the host's services",
        "17 names of files that others make",
    ]
    end = played(USERS[-1], "weak", only=names)
    assert {row["name"] for row in end["rows"] if row["breaches"]} == set(names)
    seen = " ".join(end["damage"])
    for what in ("changed: secret", "changed: victims", "a service was reached", "a datagram arrived", "a service got a datagram"):
        assert what in seen
