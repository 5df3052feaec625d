import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def by_bit_strings(readings: list[int]) -> bytes:
    """Codes as text of 0 and 1, cut into groups of seven from the right."""
    packed = []
    for before, after in zip([0, *readings], readings, strict=False):
        step = after - before
        bits = f"{abs(step):b}" + "0" if step >= 0 else f"{2 * abs(step) - 1:b}"
        bits = bits.lstrip("0").rjust(1, "0")
        groups = []
        while bits:
            bits, group = bits[:-7], bits[-7:]
            groups.append(int(group, 2) + (128 if bits else 0))
        packed += groups
    return bytes(packed)


def cases() -> list[Case]:
    random = np.random.default_rng(8)
    temperature = [int(t) for t in 2150 + np.cumsum(random.integers(-90, 91, 200))]
    counter = [int(c) for c in np.cumsum(random.integers(0, 2**34, 40))]
    return [
        Case("codes 0 to 4", ([0, -1, 0, -2, 0],), equal(bytes([0, 1, 2, 3, 4]))),
        # 75 -> code 150, the published example of a varint: 0x96 0x01
        Case("code 150", ([75],), equal(b"\x96\x01")),
        Case("last code of one byte", ([-64],), equal(b"\x7f")),
        Case("first code of two bytes", ([64],), equal(b"\x80\x01")),
        Case("last code of two bytes, first of three", ([-8192, 0],), equal(b"\xff\x7f" + b"\x80\x80\x01")),
        Case("32-bit extremes", ([2**31 - 1, -(2**31)],), equal(b"\xfe\xff\xff\xff\x0f" + b"\xfd\xff\xff\xff\x1f")),
        Case("unchanged readings take one zero byte each", ([5, 5, 5, 5],), equal(b"\x0a\0\0\0")),
        Case("temperature log", (temperature,), equal(by_bit_strings(temperature))),
        Case("fast counter", (counter,), equal(by_bit_strings(counter))),
        Case("no readings", ([],), equal(b"")),
    ]
