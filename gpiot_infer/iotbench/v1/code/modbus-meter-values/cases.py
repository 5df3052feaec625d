from gpiot_infer.iotbench.cases import Case, close, equal

# 230.5 is 0x43668000 and -1.25 is 0xBFA00000 in single precision.
BLOCK = [0x4366, 0x8000, 0xBFA0, 0x0000, 0xFFFE, 0x0001, 0x86A0, 0x7FFF]


def cases() -> list[Case]:
    """Registers with values known bit by bit, in both word orders, and fields at the edges of the block."""
    swapped = [0x8000, 0x4366, 0x0000, 0xBFA0, 0xFFFE, 0x86A0, 0x0001, 0x7FFF]
    fields = [
        ("volts", 3000, "f32", 1.0),
        ("amperes", 3002, "f32", 2.0),
        ("temperature", 3004, "i16", 0.1),
        ("energy", 3005, "u32", 0.01),
        ("last", 3007, "u16", 1.0),
    ]
    values = {"volts": 230.5, "amperes": -2.5, "temperature": -0.2, "energy": 1000.0, "last": 32767.0}
    edges = [
        ("before", 99, "u16", 1.0),
        ("half before", 99, "u32", 1.0),
        ("first", 100, "u16", 1.0),
        ("last", 101, "u16", 1.0),
        ("both", 100, "u32", 1.0),
        ("half after", 101, "u32", 1.0),
        ("after", 102, "u16", 1.0),
    ]
    nothing = {"before": None, "half before": None, "half after": None, "after": None}
    inside = {"first": 1.0, "last": 2.0, "both": 65538.0}
    signs = [("i", 0, "i32", 1.0), ("u", 0, "u32", 1.0), ("h", 1, "i16", 1.0), ("w", 1, "u16", 1.0)]
    return [
        Case("a meter", (BLOCK, 3000, fields, False), close(values)),
        Case("low word first", (swapped, 3000, fields, True), close(values)),
        Case("edges of the block", ([1, 2], 100, edges, False), close(nothing | inside)),
        Case("negative", ([0xFFFF, 0xFF00], 0, signs, False), close({"i": -256.0, "u": 4294967040.0, "h": -256.0, "w": 65280.0})),
        Case(
            "negative, low word first", ([0xFF00, 0xFFFF], 0, signs, True), close({"i": -256.0, "u": 4294967040.0, "h": -1.0, "w": 65535.0})
        ),
        Case("not a number", ([0x7FC0, 0], 7, [("power", 7, "f32", 1.0)], False), close({"power": float("nan")})),
        Case(
            "overlapping fields",
            ([5, 6, 7], 10, [("a", 10, "u32", 1.0), ("b", 11, "u32", 1.0)], False),
            close({"a": 327686.0, "b": 393223.0}),
        ),
        Case("no registers", ([], 0, [("a", 0, "u16", 1.0)], False), equal({"a": None})),
        Case("no fields", (BLOCK, 3000, [], False), equal({})),
    ]
