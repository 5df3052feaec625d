import numpy as np

from gpiot_infer.iotbench.cases import Case, Expect, close


def by_polyfit(unwrapped: list[int], reference: np.ndarray, query: int) -> tuple[float, float]:
    """Two fits by numpy.polyfit over counter values that were never wrapped; `query` is unwrapped as well."""
    x = (np.array(unwrapped) - unwrapped[0]) / 32768
    y = reference - x
    residuals = np.abs(y - np.polyval(np.polyfit(x, y, 1), x))
    good = ~((residuals > 1 / 32768) & (residuals > 3 * np.median(residuals)))
    line = np.polyfit(x[good], y[good], 1)
    now = (query - unwrapped[0]) / 32768
    return 1e6 * float(line[0]), now + float(np.polyval(line, now))


def expect(skew: float, time: float) -> Expect:
    """Skew within 1e-3 ppm and time within 1 us."""
    return lambda result: close(skew, rtol=0.0, atol=1e-3)(result[0]) or close((skew, time), rtol=0.0, atol=1e-6)((skew, result[1]))


def messages(random: np.random.Generator, count: int, first: int, step: float, ppm: float, noise: float) -> tuple[list[int], np.ndarray]:
    """Unwrapped counters and reference times of messages about `step` seconds apart, start of the reference at 5000 s."""
    when = np.cumsum(random.uniform(0.8 * step, 1.2 * step, count))
    counter = [first + round(t * 32768) for t in when]
    exact = (np.array(counter) - first) / 32768
    return counter, 5000.0 + exact * (1 + ppm * 1e-6) + random.normal(0, noise, count)


def cases() -> list[Case]:
    random = np.random.default_rng(23)
    made = []
    plans = [
        # name, count, first counter, step, ppm, noise, late messages, query after the last one in ticks
        ("slow clock, one wrap", 40, 2**32 - 32768 * 300, 30.0, 42.0, 2e-5, {}, 900_000),
        ("fast clock, late packets", 60, 1_000, 30.0, -18.5, 2e-5, {4: 0.004, 31: 0.02, 58: 0.009}, 0),
        ("late packets among quiet ones", 25, 77, 10.0, 7.25, 1e-6, {3: 2.4e-4, 20: 1.5e-4}, 65_536),
        # below one tick a packet stays although the median is far smaller; above it is dropped
        ("delays about one tick", 25, 99, 10.0, 7.25, 1e-6, {2: 2.2e-5, 21: 4.8e-5, 12: -2.4e-5}, 65_536),
        ("uncalibrated RC oscillator", 30, 5_000_000, 30.0, 21_000.0, 5e-6, {7: 0.003}, 100_000),
        ("wrap between the last message and the query", 12, 2**32 - 32768 * 130, 10.0, 3.0, 1e-5, {5: 0.001}, 32768 * 60),
        ("nearly one turn between messages", 5, 12345, 105_000.0, 25.0, 1e-4, {}, 2**32 - 5),
        # the noise alone exceeds one tick, so three medians decide
        ("noisy network", 80, 4_000_000_000, 20.0, 60.0, 2e-3, {10: 0.05, 11: -0.04, 70: 0.06}, 32768 * 100),
    ]
    for name, count, first, step, ppm, noise, late, ahead in plans:
        counter, reference = messages(random, count, first, step, ppm, noise)
        for index, delay in late.items():
            reference[index] += delay
        query = counter[-1] + ahead
        ticks = np.array([c % 2**32 for c in counter], np.uint32)
        made.append(Case(name, (ticks, reference, query % 2**32), expect(*by_polyfit(counter, reference, query))))
    turn = np.array([2**32 - 32768, 0, 32768], np.uint32)
    return [
        *made,
        # 1 s of counter takes 1.0001 s
        Case("three messages by hand", (turn, np.array([10.0, 11.0001, 12.0002]), 3 * 32768), expect(100.0, 14.0004)),
        Case("single message", (np.array([5], np.uint32), np.array([20.0]), 5 + 16384), expect(0.0, 20.5)),
        Case("single message, query after the wrap", (np.array([2**32 - 1], np.uint32), np.array([1.0]), 32767), expect(0.0, 2.0)),
    ]
