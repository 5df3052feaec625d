import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close, equal


def exchange(start: int, offset: float, out: float, back: float, server: float = 2**-10) -> tuple[int, int, int, int]:
    """An exchange that starts at NTP timestamp `start` with one-way delays `out` and `back`, all times in seconds."""
    at = [0.0, out + offset, out + server + offset, out + server + back]
    return tuple((start + round(t * 2**32)) % 2**64 for t in at)  # type: ignore[return-value]


def expected(truth: list[tuple[float, float, float]]) -> tuple[float, float, float]:
    """Estimate from (offset, out, back): half the asymmetry of the path adds to the offset."""
    pairs = [(out + back, offset + (out - back) / 2) for offset, out, back in truth]
    delay, offset = min(pairs, key=lambda pair: pair[0])
    return offset, delay, math.sqrt(sum((o - offset) ** 2 for _, o in pairs) / max(1, len(pairs) - 1))


def cases() -> list[Case]:
    random = np.random.default_rng(19)
    today = 3_950_000_000 << 32
    rollover = (2**32 - 2) << 32
    paths = [(0.25, float(out), float(back)) for out, back in random.exponential(0.02, (8, 2)) + 0.004]
    late = [(-3.5, out, back) for _, out, back in paths]

    def round_of(name: str, start: int, truth: list[tuple[float, float, float]], bad: list[tuple[int, int, int, int]]) -> Case:
        exchanges = [exchange(start + (k << 32), *path) for k, path in enumerate(truth)]
        return Case(name, ([*bad, *exchanges],), close(expected(truth), rtol=0.0, atol=2e-9))

    # the client's clock jumped between sending and receiving
    jumped = exchange(today, 0.25, 0.01, -0.05)
    equal_delays = [exchange(today, 0.5, 0.02, 0.03), exchange(today, 0.75, 0.03, 0.02), exchange(today, 1.0, 0.04, 0.04)]
    return [
        # units of 2**-32 s: offset (6 * 2**32 + 4 * 2**32) / 2, delay 3 - 1
        Case("by hand", ([(0, 6 << 32, 7 << 32, 3 << 32)],), close((5.0, 2.0, 0.0))),
        Case("zero delay is kept", ([(1 << 32, 3 << 32, 3 << 32, 1 << 32)],), close((2.0, 0.0, 0.0))),
        Case("server behind the client", ([exchange(today, -7200.0, 0.01, 0.03)],), close((-7200.01, 0.04, 0.0), rtol=0.0, atol=2e-9)),
        round_of("eight exchanges", today, paths, []),
        round_of("negative delay discarded", today, paths[:3], [jumped]),
        round_of("client late while the era ends", rollover, late, []),
        round_of("two exchanges", today, [(0.1, 0.01, 0.01), (0.1, 0.05, 0.01)], [jumped, jumped]),
        # both delays are 0.05 s; offsets 0.495 (chosen), 0.755 and 1.0
        Case(
            "earliest of equal delays",
            ([tuple(t - (t & 0xFFFF) for t in one) for one in equal_delays],),
            close((0.495, 0.05, math.sqrt((0.26**2 + 0.505**2) / 2)), rtol=0.0, atol=1e-4),
        ),
        Case("fully apart clocks", ([exchange(0, 2.0**30, 0.5, 0.25)],), close((2.0**30 + 0.125, 0.75, 0.0), rtol=0.0, atol=2e-9)),
        round_of("server ahead across the era end", rollover, [(5.0, out, back) for _, out, back in paths[:4]], []),
        Case("delay one unit below 0", ([(0, 5 << 32, (5 << 32) + 1, 0)],), equal(None)),
        Case("none kept", ([jumped],), equal(None)),
        Case("no exchange", ([],), equal(None)),
    ]
