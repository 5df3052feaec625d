from gpiot_infer.iotbench.cases import Case, equal


def cases() -> list[Case]:
    """The examples of RFC 7252 appendix A byte by byte, then each limit of the two fields."""
    hexed = bytes.fromhex
    lengths = [
        (12, "4c"),
        (13, "4d00"),
        (268, "4dff"),
        (269, "4e0000"),
        (526, "4e0101"),
    ]
    steps = [(12, "c1"), (13, "d100"), (268, "d1ff"), (269, "e10000"), (270, "e10001"), (65535, "e1fef2")]
    numbers = [(0, "60"), (1, "6101"), (255, "61ff"), (256, "620100"), (65536, "63010000")]
    path = [(11, "sensors"), (15, "unit=C"), (11, "temp"), (12, 50), (6, 0)]
    path_bytes = hexed("60") + hexed("57") + b"sensors" + hexed("04") + b"temp" + hexed("1132") + hexed("36") + b"unit=C"
    blocks = [(60, 1024), (23, 0x16), (27, b"\x0e"), (2048, "x" * 300)]
    # 23; then 4 more; then 33 more (13 + 20); then 1988 more (269 + 1719) with a length of 269 + 31
    blocks_bytes = hexed("d10a16" + "410e" + "d2140400" + "ee06b7001f") + b"x" * 300
    return [
        Case("GET temperature", ("CON", "0.01", 0x7D34, b"", [(11, "temperature")], b""), equal(hexed("40017d34bb") + b"temperature")),
        Case("content in the ACK", ("ACK", "2.05", 0x7D34, b"", [], b"22.3 C"), equal(hexed("60457d34ff") + b"22.3 C")),
        Case("with a token", ("CON", "0.01", 0x7D35, b"\x20", [(11, "temperature")], b""), equal(hexed("41017d3520bb") + b"temperature")),
        Case("reset", ("RST", "0.00", 0, b"", [], b""), equal(hexed("70000000"))),
        Case("not found, long token", ("NON", "4.04", 0xFFFF, bytes(range(8)), [], b""), equal(hexed("5884ffff0001020304050607"))),
        Case("options out of order", ("CON", "0.01", 1, b"", path, b""), equal(hexed("40010001") + path_bytes)),
        Case(
            "large steps and blocks",
            ("CON", "0.03", 2, b"", blocks, b"\xff\x00"),
            equal(hexed("40030002") + blocks_bytes + b"\xff\xff\x00"),
        ),
        Case("gateway timeout", ("ACK", "5.04", 0x0102, b"", [(14, 60)], b""), equal(hexed("60a40102" + "d1013c"))),
        Case("UTF-8 path", ("CON", "0.01", 3, b"", [(11, "k\u00fcche")], b""), equal(hexed("40010003b6") + "k\u00fcche".encode())),
        *[
            Case(
                f"value of {length} bytes",
                ("NON", "0.02", 4, b"t", [(4, bytes(length))], b""),
                equal(hexed("51020004") + b"t" + hexed(head) + bytes(length)),
            )
            for length, head in lengths
        ],
        *[
            Case(f"option {number}", ("CON", "0.04", 5, b"", [(number, b"v")], b"p"), equal(hexed("40040005" + head) + b"v\xffp"))
            for number, head in steps
        ],
        *[Case(f"number {value}", ("CON", "0.01", 6, b"", [(6, value)], b""), equal(hexed("40010006" + head))) for value, head in numbers],
    ]
