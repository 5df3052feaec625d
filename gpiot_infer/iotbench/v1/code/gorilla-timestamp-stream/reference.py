from collections.abc import Iterator
from itertools import islice

WIDTHS = {"10": 7, "110": 9, "1110": 12, "1111": 32}


def decoded(bits: Iterator[str]) -> Iterator[int]:
    """Yield timestamps until the bits run out in the middle of a field."""

    def take(width: int) -> int:
        field = "".join(islice(bits, width))
        if len(field) != width:
            raise EOFError
        return int(field, 2)

    time = take(64)
    difference = take(14)
    while True:
        time += difference
        yield time
        prefix = str(take(1))
        # a prefix ends with its first 0, or with its fourth 1
        while prefix in ("1", "11", "111"):
            prefix += str(take(1))
        if prefix != "0":
            half = 1 << (WIDTHS[prefix] - 1)
            difference += (take(WIDTHS[prefix]) ^ half) - half


def unpack_timestamps(data: bytes, count: int) -> list[int]:
    """Return up to `count` timestamps of a delta-of-delta bit stream, fewer if it is cut off."""
    times = []
    bits = iter("".join(f"{byte:08b}" for byte in data))
    try:
        for time in islice(decoded(bits), count):
            times.append(time)
    except EOFError:
        pass
    return times
