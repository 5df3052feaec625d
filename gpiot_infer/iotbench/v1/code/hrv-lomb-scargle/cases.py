import numpy as np

from gpiot_infer.iotbench.cases import Case, check, close, equal, every


def by_fits(rr, valid):
    """P(f) is half of what the best sine and cosine at f take off the sum of squares."""
    clock, t, x = 0.0, [], []
    for interval, good in zip(rr, valid, strict=True):
        clock += interval / 1000.0
        if good:
            t.append(clock)
            x.append(interval)
    t, x = np.array(t), np.array(x) - np.mean(x)
    density = []
    for k in range(40, 401):
        angle = 2 * np.pi * k / 1000.0 * t
        columns = np.stack([np.cos(angle), np.sin(angle)], axis=1)
        fit = columns @ np.linalg.lstsq(columns, x, rcond=None)[0]
        density.append(2 * (t[-1] - t[0]) / len(t) * 0.5 * float(fit @ fit))
    lf, hf = 0.001 * sum(density[: 150 - 40]), 0.001 * sum(density[150 - 40 :])
    peak = max(range(150, 401), key=lambda k: density[k - 40]) / 1000.0
    return {"lf": lf, "hf": hf, "lf_nu": 100.0 * lf / (lf + hf), "hf_peak": peak}


def modulated(count, mean, parts):
    """RR intervals whose length follows sinusoids (amplitude in ms, Hz) at the time of the beat."""
    clock, rr = 0.0, []
    for _ in range(count):
        interval = mean + sum(a * np.sin(2 * np.pi * f * clock + 0.3) for a, f in parts)
        clock += interval / 1000.0
        rr.append(interval)
    return np.array(rr)


def variance_seen(lf, hf):
    """A sinusoid of amplitude a carries a^2/2; leakage out of the band is a few percent."""

    def expect(result):
        right = abs(result["lf"] - lf) <= 0.1 * lf + 5.0 and abs(result["hf"] - hf) <= 0.1 * hf + 5.0
        return None if right else f"LF and HF power should be near {lf} and {hf} ms^2"

    return check(expect)


def cases() -> list[Case]:
    rng = np.random.default_rng(31)
    both = modulated(300, 850.0, [(40.0, 0.1), (25.0, 0.25)])
    breathing = modulated(260, 900.0, [(30.0, 0.301)])
    noisy = 780.0 + 30.0 * rng.standard_normal(150)
    holes = rng.random(150) > 0.2
    ectopic = both.copy()
    ectopic[[50, 120, 200]] -= 300.0
    ectopic[[51, 121, 201]] += 300.0
    clean = np.ones(300, dtype=bool)
    clean[[50, 51, 120, 121, 200, 201]] = False
    border = modulated(200, 800.0, [(20.0, 0.15), (20.0, 0.4), (20.0, 0.04)])
    few = 800.0 + 40.0 * rng.standard_normal(12)
    ten = np.arange(12) < 10
    every_one = np.ones(300, dtype=bool)
    tolerance = {"rtol": 1e-6, "atol": 1e-7}
    return [
        Case("two rhythms", (both, every_one), every(variance_seen(800.0, 312.5), close(by_fits(both, every_one), **tolerance))),
        Case("breathing", (breathing, every_one[:260]), close(by_fits(breathing, every_one[:260]), **tolerance)),
        Case("ectopic beats left out", (ectopic, clean), every(variance_seen(800.0, 312.5), close(by_fits(ectopic, clean), **tolerance))),
        Case("noise with many gaps", (noisy, holes), close(by_fits(noisy, holes), **tolerance)),
        Case("rhythms on the borders of the bands", (border, every_one[:200]), close(by_fits(border, every_one[:200]), **tolerance)),
        Case("ten valid intervals", (few, ten), close(by_fits(few, ten), **tolerance)),
        Case("nine valid intervals", (few, np.arange(12) < 9), equal(None)),
        Case("nothing", (np.zeros(0), np.zeros(0, dtype=bool)), equal(None)),
    ]
