import numpy as np
from numpy.polynomial import Polynomial
from scipy.signal import savgol_filter

from gpiot_infer.iotbench.cases import Case, check, close

NAN = float("nan")


def fitted(x, fs, half_width, degree):
    """The definition with scaled polynomial fits, window by window."""
    value, slope = [], []
    for i in range(len(x)):
        near = [j for j in range(len(x)) if abs(j - i) <= half_width and not np.isnan(x[j])]
        if i not in near and not (near and min(near) < i < max(near)):
            value.append(NAN)
            slope.append(NAN)
        elif len(near) == 1 or degree == 0:
            value.append(np.mean([x[j] for j in near]))
            slope.append(0.0)
        else:
            fit = Polynomial.fit([(j - i) / fs for j in near], [x[j] for j in near], min(degree, len(near) - 1))
            value.append(fit(0.0))
            slope.append(fit.deriv()(0.0))
    return np.array(value), np.array(slope)


def interior(value, slope, reach):
    def expect(result):
        got_value, got_slope = result
        inner = slice(reach, -reach)
        right = np.allclose(got_value[inner], value[inner], atol=1e-8) and np.allclose(got_slope[inner], slope[inner], atol=1e-6)
        return None if right else "the inner part differs from the Savitzky-Golay filter"

    return check(expect)


def cases() -> list[Case]:
    rng = np.random.default_rng(3)
    t = np.arange(60) / 4.0
    cubic = 20.0 + 0.5 * t - 0.25 * t**2 + 0.01 * t**3
    holes = cubic.copy()
    holes[[5, 6, 20, 33, 34, 35]] = NAN
    rate = 0.5 - 0.5 * t + 0.03 * t**2
    noise = rng.standard_normal(90)
    lost = noise.copy()
    lost[[0, 1, 10, 30, 31, 32, 33, 34, 35, 36, 50, 52, 54, 88, 89]] = NAN
    sparse = np.array([NAN, 4.0, NAN, NAN, 6.0, NAN, NAN, NAN, NAN, 1.0, NAN])
    plain = (savgol_filter(noise, 9, 2), savgol_filter(noise, 9, 2, deriv=1, delta=1 / 50.0))
    return [
        Case("a cubic with holes is reproduced", (holes, 4.0, 4, 3), close((cubic, rate), rtol=1e-6, atol=1e-7)),
        Case("without loss the inner part is the common filter", (noise, 50.0, 4, 2), interior(*plain, 4)),
        Case("noise with gaps and lost ends", (lost, 25.0, 3, 2), close(fitted(lost, 25.0, 3, 2), rtol=1e-6, atol=1e-7)),
        Case("straight lines", (lost, 2.0, 2, 1), close(fitted(lost, 2.0, 2, 1), rtol=1e-6, atol=1e-7)),
        Case("degree 0 is a mean with slope 0", (lost, 10.0, 2, 0), close(fitted(lost, 10.0, 2, 0), rtol=1e-6, atol=1e-9)),
        # Reach 3: offsets 6 and 7 see both 6.0 and 1.0, offset 5 only the one before it, offset 8 only the one after.
        Case(
            "few samples lower the degree",
            (sparse, 1.0, 3, 2),
            close(
                (
                    np.array([NAN, 4.0, 4 + 2 / 3, 4 + 4 / 3, 6.0, NAN, 4.0, 3.0, NAN, 1.0, NAN]),
                    np.array([NAN, 2 / 3, 2 / 3, 2 / 3, 2 / 3, NAN, -1.0, -1.0, NAN, 0.0, NAN]),
                ),
                rtol=1e-6,
                atol=1e-9,
            ),
        ),
        Case("all lost", (np.full(5, NAN), 1.0, 2, 1), close((np.full(5, NAN), np.full(5, NAN)))),
        Case("empty", (np.zeros(0), 1.0, 2, 1), close((np.zeros(0), np.zeros(0)))),
    ]
