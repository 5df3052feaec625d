import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, every


def by_sums(x, up, down, half_length):
    """The sum of the definition, term by term."""
    c = max(up, down)
    reach = half_length * c

    def tap(i):
        if abs(i) > reach:
            return 0.0
        u = math.pi * 0.9 * i / c
        return 0.9 * up / c * (math.sin(u) / u if i else 1.0) * (0.54 + 0.46 * math.cos(math.pi * i / reach))

    out, k = [], 0
    while k * down < len(x) * up:
        out.append(sum(value * tap(k * down - n * up) for n, value in enumerate(x)))
        k += 1
    return np.array(out)


def tone_kept(rate_in, rate_out, hz):
    def expect(result):
        wanted = np.sin(2 * np.pi * hz * np.arange(len(result)) / rate_out)
        inner = slice(rate_out // 2, -(rate_out // 2))
        return None if np.max(np.abs(result[inner] - wanted[inner])) < 0.02 else f"a tone of {hz} Hz is changed"

    return check(expect)


def quiet(result):
    return None if np.max(np.abs(result[20:-20])) < 0.02 else "a tone above the new Nyquist frequency is folded back"


def cases() -> list[Case]:
    rng = np.random.default_rng(8)
    x = rng.standard_normal(60)
    tone = np.sin(2 * np.pi * 8 * np.arange(200) / 100.0)
    high = np.sin(2 * np.pi * 40 * np.arange(300) / 100.0)
    return [
        Case("3/2", (x, 3, 2, 4), close(by_sums(x, 3, 2, 4), rtol=1e-7, atol=1e-9)),
        Case("2/5", (x, 2, 5, 3), close(by_sums(x, 2, 5, 3), rtol=1e-7, atol=1e-9)),
        Case("length times factor not whole", (x[:7], 3, 4, 1), close(by_sums(x[:7], 3, 4, 1), rtol=1e-7, atol=1e-9)),
        Case("same rate", (x, 1, 1, 6), close(by_sums(x, 1, 1, 6), rtol=1e-7, atol=1e-9)),
        Case("common divisor", (x[:20], 4, 6, 2), close(by_sums(x[:20], 4, 6, 2), rtol=1e-7, atol=1e-9)),
        Case("impulse shows the taps", (np.array([1.0, 0, 0, 0]), 2, 1, 1), close(by_sums([1.0, 0, 0, 0], 2, 1, 1), rtol=1e-7, atol=1e-9)),
        Case(
            "tone from 100 to 64 Hz",
            (tone, 16, 25, 10),
            every(tone_kept(100, 64, 8), close(by_sums(tone, 16, 25, 10), rtol=1e-6, atol=1e-8)),
        ),
        Case("tone above the new Nyquist frequency", (high, 1, 2, 12), check(quiet)),
        Case("single sample", (np.array([2.0]), 5, 3, 2), close(by_sums([2.0], 5, 3, 2), rtol=1e-7, atol=1e-9)),
        Case("empty", (np.zeros(0), 3, 2, 4), close(np.zeros(0))),
    ]
