import numpy as np

from gpiot_infer.iotbench.cases import Case, equal

BLOCK = 1_700_006_400


def packed(changes: list[int], first: int = 60, block: int = BLOCK) -> bytes:
    """Encode a header and changes of the difference, padded with zero bits."""
    bits = f"{block:064b}{first:014b}"
    for change in changes:
        if change == 0:
            bits += "0"
            continue
        for prefix, width in (("10", 7), ("110", 9), ("1110", 12), ("1111", 32)):
            if -(2 ** (width - 1)) <= change < 2 ** (width - 1):
                bits += prefix + f"{change % 2**width:0{width}b}"
                break
    bits += "0" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def times(changes: list[int], first: int = 60, block: int = BLOCK) -> list[int]:
    """Timestamps of a header and changes, by two cumulative sums."""
    return [int(t) for t in block + np.cumsum(first + np.cumsum([0, *changes]))]


def cases() -> list[Case]:
    random = np.random.default_rng(21)
    jitter = [int(c) for c in random.choice([0, 0, 0, 1, -1, 5, -64, 63, 64, -65, 255, -256, 256, -257, 2047, -2048, 2048, -2049], 300)]
    limits = [63, -64, 64, -65, 255, -256, 256, -257, 2047, -2048, 2048, -2049, 2**31 - 1, -(2**31)]
    regular = packed([0] * 40)
    cut = packed([0, 3, 700])
    # header of 78 bits, then 0 | 10 0000011 | 1110 001010111100: bits 78, 79-87, 88-103, hence exactly 13 bytes
    return [
        Case("steady clock by hand", (regular, 4), equal([BLOCK + 60, BLOCK + 120, BLOCK + 180, BLOCK + 240])),
        Case("minus one in seven bits by hand", (b"\0" * 7 + b"\x01\x00\x2a\xfe", 2), equal([11, 20])),
        Case("limits of all widths", (packed(limits), 15), equal(times(limits))),
        Case("jittery clock", (packed(jitter), 301), equal(times(jitter))),
        Case("all of it, down to the last bit", (cut, 4), equal(times([0, 3, 700]))),
        Case("cut off in a field", (cut[:12], 4), equal(times([0, 3]))),
        Case("cut off in a shorter field", (cut[:10], 4), equal(times([0]))),
        Case("fewer than wanted, up to the end of the padding", (regular[:11], 99), equal(times([0] * 10))),
        Case(
            "largest first difference, far block",
            (packed([-1, 0, 1], 16383, 2**63 + 5), 4),
            equal([2**63 + 5 + d for d in (16383, 32765, 49147, 65530)]),
        ),
        Case("header cut off in the block time", (regular[:7], 3), equal([])),
        Case("header cut off in the difference", (regular[:9], 3), equal([])),
        Case("none wanted", (regular, 0), equal([])),
        Case("no data", (b"", 5), equal([])),
    ]
