import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, every


def direct_form(x, fs, f0, q):
    """The difference equation, sample by sample."""
    w = 2 * math.pi * f0 / fs
    alpha = math.sin(w) / (2 * q)
    gain, turn = 1 + alpha, -2 * math.cos(w)
    y = []
    for n, now in enumerate(x):
        x1, x2 = (x[n - 1] if n > 0 else 0.0), (x[n - 2] if n > 1 else 0.0)
        y1, y2 = (y[n - 1] if n > 0 else 0.0), (y[n - 2] if n > 1 else 0.0)
        y.append((now + turn * x1 + x2 - turn * y1 - (1 - alpha) * y2) / gain)
    return np.array(y)


def cut(x, sizes):
    return np.split(x, np.cumsum(sizes))


def hum_gone(result):
    tail = np.concatenate(result)[-200:]
    return None if np.max(np.abs(tail)) < 1e-6 else "the hum is still there after it has settled"


def constant_kept(result):
    tail = np.concatenate(result)[-100:]
    return None if np.allclose(tail, 0.75, atol=1e-6) else "a constant should pass with gain 1"


def cases() -> list[Case]:
    rng = np.random.default_rng(5)
    x = rng.standard_normal(400)
    hum = np.sin(2 * np.pi * 50 * np.arange(2000) / 500.0)
    impulse = np.eye(1, 12)[0]
    whole = direct_form(x, 360.0, 60.0, 5.0)
    odd = [1, 0, 2, 100, 1, 0, 0, 150]
    return [
        Case("one block", ([x], 360.0, 60.0, 5.0), close([whole], atol=1e-9)),
        Case("many blocks, some empty", (cut(x, odd), 360.0, 60.0, 5.0), close(cut(whole, odd), atol=1e-9)),
        Case(
            "impulse one sample at a time",
            (cut(impulse, [1] * 11), 250.0, 50.0, 30.0),
            close(cut(direct_form(impulse, 250.0, 50.0, 30.0), [1] * 11), atol=1e-9),
        ),
        Case(
            "low quality, other rate",
            (cut(x, [37, 63]), 1000.0, 50.0, 0.7),
            close(cut(direct_form(x, 1000.0, 50.0, 0.7), [37, 63]), atol=1e-9),
        ),
        Case(
            "hum vanishes",
            (cut(hum, [64] * 31), 500.0, 50.0, 5.0),
            every(check(hum_gone), close(cut(direct_form(hum, 500.0, 50.0, 5.0), [64] * 31), atol=1e-9)),
        ),
        Case("constant passes", (cut(np.full(1500, 0.75), [700]), 500.0, 50.0, 5.0), check(constant_kept)),
        Case("only an empty block", ([np.zeros(0)], 500.0, 50.0, 5.0), close([np.zeros(0)])),
        Case("no blocks", ([], 500.0, 50.0, 5.0), close([])),
    ]
