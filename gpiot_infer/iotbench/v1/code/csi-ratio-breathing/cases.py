import math

import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def worked(a, b, fs, angles):
    """Search all candidates one by one with a DFT written as sums of cosines and sines."""
    n = len(a)
    bins = np.arange(1, n // 2 + 1)
    turn = 2 * np.pi * np.outer(bins, np.arange(n)) / n
    cosine, sine = np.cos(turn), np.sin(turn)
    inside = np.array([0.125 * n <= k * fs <= 0.625 * n for k in bins])
    best = (0.0, 0.0)
    for column in range(a.shape[1]):
        ratio = a[:, column] / b[:, column]
        for p in range(angles):
            theta = math.pi * p / angles
            signal = ratio.real * math.cos(theta) + ratio.imag * math.sin(theta)
            signal = signal - signal.mean()
            power = (cosine @ signal) ** 2 + (sine @ signal) ** 2
            breathing = np.where(inside, power, 0)
            best = max(best, (breathing.max() / power.sum(), 60 * bins[breathing.argmax()] * fs / n))
    return close((best[1], best[0]), rtol=1e-7)


def room(seed, n, fs, breath_hz, noise, circle=False, walker=0.0):
    """Return the CSI of two antennas with the phase errors of the packets; the reflected path of each subcarrier moves with the chest.

    With `circle`, the first antenna sees little but the moving path; with `walker`, the last subcarrier is disturbed.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(n) / fs
    subcarriers = 5
    chest = 0.9 * np.sin(2 * np.pi * breath_hz * t + rng.uniform(0, 6))
    start = np.exp(1j * rng.uniform(0, 2 * np.pi, subcarriers))
    static = (0.0 if circle else 1.5) * np.exp(1j * rng.uniform(0, 2 * np.pi, subcarriers))
    a = static + 0.4 * start * np.exp(1j * chest)[:, None]
    a = a + noise * (rng.normal(size=a.shape) + 1j * rng.normal(size=a.shape))
    a[:, -1] += walker * np.cumsum(rng.normal(size=n))
    b = np.tile(0.8 * np.exp(1j * rng.uniform(0, 2 * np.pi, subcarriers)), (n, 1))
    errors = np.exp(1j * rng.uniform(0, 2 * np.pi, n))[:, None]
    return a * errors, b * errors


def tones(n, fs, lines):
    """Return CSI whose ratio is a sum of tones {bin: complex amplitude} around one."""
    t = np.arange(n)
    ratio = 3 + sum(amplitude * np.cos(2 * np.pi * k * t / n + k) for k, amplitude in lines.items())
    errors = np.exp(0.7j * t**2)
    return (ratio * errors)[:, None], (np.ones(n) * errors)[:, None]


def case(name, csi, fs, angles):
    """Return the case of two antennas."""
    return Case(name, (*csi, fs, angles), worked(*csi, fs, angles))


def cases() -> list[Case]:
    # 256 packets at 8 Hz: bin 4 is 0.125 Hz and bin 20 is 0.625 Hz exactly.
    one = tones(256, 8.0, {8: 0.3 + 0.5j})
    return [
        Case("one tone of 0.25 Hz and nothing else", (*one, 8.0, 4), close((15.0, 1.0), rtol=1e-9)),
        case("tone on the lower limit beside a stronger one below", tones(256, 8.0, {3: 1.0, 4: 0.6, 9: 0.2}), 8.0, 6),
        case("tone on the upper limit beside a stronger one above", tones(256, 8.0, {21: 1.0 + 1j, 20: 0.6, 11: 0.2}), 8.0, 6),
        case("sleeper at 16 breaths a minute", room(1, 300, 10.0, 16 / 60, 0.02), 10.0, 12),
        case("motion on a circle about zero", room(2, 240, 8.0, 0.3, 0.05, circle=True), 8.0, 18),
        case("one subcarrier disturbed by a walker", room(3, 256, 8.0, 0.22, 0.05, walker=0.3), 8.0, 9),
        case("odd number of packets, fast breathing", room(4, 251, 6.0, 0.55, 0.1), 6.0, 7),
    ]
