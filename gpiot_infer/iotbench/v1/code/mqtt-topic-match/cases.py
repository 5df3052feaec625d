from gpiot_infer.iotbench.cases import Case, equal


def _topic(name: str, topic: str, matching: list[str], others: list[str]) -> Case:
    """A topic with filters that match and others that do not, woven together."""
    both = []
    for place in range(max(len(matching), len(others))):
        both += others[place : place + 1] + matching[place : place + 1]
    return Case(name, (both, topic), equal(matching))


def cases() -> list[Case]:
    """The examples of the standard, then empty levels, reserved topics and filters that are not allowed."""
    return [
        _topic(
            "a score",
            "sport/tennis/player1/score",
            ["sport/tennis/player1/#", "sport/#", "#", "sport/+/player1/+", "+/+/+/+", "sport/tennis/player1/score"],
            ["sport/tennis/player1", "sport/tennis/+", "sport/+", "+/+/+", "sport/tennis/player1/score/#/", "Sport/#", "+/tennis/player1"],
        ),
        _topic(
            "the parent level", "sport", ["sport/#", "#", "+", "sport", "+/#"], ["sport/+", "sport/", "/sport", "+/+", "sport/+/#", "/#"]
        ),
        _topic("leading slash", "/finance", ["+/+", "/+", "/finance", "#", "/#", "+/finance"], ["+", "finance", "finance/#", "//finance"]),
        _topic("trailing slash", "sport/", ["sport/+", "sport/#", "sport/", "+/", "sport/+/#"], ["sport", "+", "sport//", "sport/+/+"]),
        _topic("doubled slash", "a//b", ["a/+/b", "a//b", "a//#", "a/+/#", "+/+/+"], ["a/b", "a/+", "a/#b", "a///b"]),
        _topic(
            "reserved topic",
            "$SYS/broker/load",
            ["$SYS/#", "$SYS/+/load", "$SYS/broker/load/#"],
            ["#", "+/broker/load", "+/#", "$SYS/+", "+/+/+"],
        ),
        _topic("dollar further on", "a/$b", ["+/$b", "#", "a/+", "a/#"], ["$b", "+/b"]),
        _topic(
            "filters that are not allowed",
            "plant/7/temp",
            ["plant/+/temp"],
            [
                "",
                "plant#",
                "plant/#/temp",
                "plant/7/te+",
                "plant/7+/temp",
                "pl+nt/7/temp",
                "plant/7/temp#",
                "#/temp",
                "+#",
                "plant/##",
                "plant/++/temp",
            ],
        ),
        Case("duplicates are kept", (["a/+", "a/b", "a/+"], "a/b"), equal(["a/+", "a/b", "a/+"])),
        Case("no filters", ([], "a/b"), equal([])),
        _topic("one slash", "/", ["/", "+/+", "#", "/#", "/+", "+/"], ["", "+", "//"]),
        _topic("patterns of other languages", "a.b/c*d", ["a.b/c*d", "+/c*d"], ["a?b/c*d", "a.b/*", "a.b/c.*", "axb/c*d"]),
    ]
