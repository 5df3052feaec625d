import itertools

import numpy as np
from scipy.signal import butter, filtfilt, sosfilt

from gpiot_infer.iotbench.cases import Case, check, close

#: Amplitude in mV, offset from the R peak and width in seconds of the waves P, Q, R and S; the T wave has its own size.
WAVES = ((0.12, -0.17, 0.022), (-0.12, -0.03, 0.009), (1.0, 0.0, 0.011), (-0.22, 0.032, 0.010))


def recording(
    rng, fs, seconds, bpm, sizes=None, t_wave=0.28, wander=0.1, noise=0.03, mains=0.0, sign=1.0, jitter=0.03, extra=None, pace=None
):
    """An ECG made of Gaussian waves, with noise; returns it and the times of its beats."""
    steps = 60.0 / bpm * (1.0 + jitter * rng.standard_normal(int(seconds * bpm / 60.0) + 5))
    steps *= 1.0 if pace is None else pace(len(steps))
    times = 0.45 + np.cumsum(steps) - steps[0]
    times = times[times < seconds - 0.8]
    clock = np.arange(int(seconds * fs)) / fs
    ecg = wander * np.sin(2 * np.pi * 0.3 * clock + 1.0) + mains * np.sin(2 * np.pi * 50.0 * clock)
    for time, size in zip(times, np.ones(len(times)) if sizes is None else sizes(len(times)), strict=True):
        for amplitude, offset, width in (*WAVES, (t_wave, 0.26, 0.045)):
            ecg += sign * size * amplitude * np.exp(-0.5 * ((clock - time - offset) / width) ** 2)
    muscle = sosfilt(butter(2, min(20.0, 0.2 * fs), "highpass", fs=fs, output="sos"), rng.standard_normal(len(clock)))
    ecg += noise * muscle / muscle.std()
    if extra is not None:
        ecg += extra(clock, times)
    return faded(ecg, fs), times


def faded(ecg, fs):
    """Let both ends fade to a flat line, so that nothing depends on how a filter starts and ends."""
    count = len(ecg)
    from_end = np.minimum(np.arange(count), np.arange(count)[::-1]) / fs
    return np.round(ecg * np.sin(np.pi / 2 * np.clip((from_end - 0.1) / 0.15, 0.0, 1.0)) ** 2, 4)


def step_by_step(ecg, fs):
    """The steps of the specification with plain loops; returns peaks and thresholds."""
    band = filtfilt(*butter(2, (5.0, 15.0), "band", fs=fs), ecg)
    squares = [0.0] + [(0.5 * (band[n + 1] - band[n - 1])) ** 2 for n in range(1, len(band) - 1)] + [0.0]
    half = int(np.floor(0.075 * fs))
    padded = np.concatenate([np.zeros(half), squares, np.zeros(half)])
    sums = np.concatenate([[0.0], np.cumsum(padded)])
    feature = (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
    tops = [n for n in range(1, len(feature) - 1) if feature[n - 1] < feature[n] > feature[n + 1]]
    kept = []
    for n in sorted(tops, key=lambda n: -feature[n]):
        if all(abs(n - other) >= 0.2 * fs for other in kept):
            kept.append(n)
    kept.sort()
    start = feature[: int(2 * fs)]
    high, low = max(start) / 4, sum(start) / len(start) / 2
    beats, since, passed = [], [], []
    for n in kept:
        gaps = [b - a for a, b in itertools.pairwise(beats)][-8:]
        if gaps and since and n - beats[-1] > 1.66 * sum(gaps) / len(gaps):
            best = max(since, key=lambda at: feature[at])
            limit = (0.75 * low + 0.25 * high) / 2
            if feature[best] > limit:
                beats.append(best)
                passed.append(limit)
                since = [at for at in since if at > best]
                high += 0.25 * (feature[best] - high)
        limit = 0.75 * low + 0.25 * high
        if feature[n] > limit:
            beats.append(n)
            passed.append(limit)
            since = []
            high += (feature[n] - high) / 8
        else:
            since.append(n)
            low += (feature[n] - low) / 8
    reach = int(0.1 * fs)
    peaks = [max(range(max(0, n - reach), min(len(band), n + reach + 1)), key=lambda at: abs(band[at])) for n in beats]
    return np.array(peaks), np.array(passed)


def agrees(peaks, thresholds, reach):
    """One peak for each one wanted, at most `reach` samples away, and thresholds within 1 percent."""

    def expect(result):
        got, passed = result
        if got.ndim != 1 or got.dtype.kind not in "iu" or np.any(np.diff(got) <= 0):
            return "the peaks should be whole numbers in ascending order"
        if len(got) != len(peaks):
            return f"{len(got)} peaks, {len(peaks)} expected"
        if np.any(np.abs(got - peaks) > reach):
            return "a peak is too far from where it should be"
        return None if passed.shape == got.shape and np.allclose(passed, thresholds, rtol=0.01, atol=0.0) else "the thresholds differ"

    return check(expect)


def weak(count):
    sizes = np.ones(count)
    sizes[[6, 12, 20]] = 0.42
    return sizes


def late_weak(count):
    sizes = np.ones(count)
    sizes[[19, 25]] = 0.42
    return sizes


def spikes(clock, times):
    """Short spikes 120 ms after every fourth beat, inside the refractory time."""
    return sum(0.9 * np.exp(-0.5 * ((clock - time - 0.12) / 0.006) ** 2) for time in times[3::4])


def known_beats(rng) -> list[Case]:
    """Recordings whose beats are all found: the truth is where they were put."""
    made = []

    def add(name, fs, seconds, bpm, **more):
        ecg, times = recording(rng, fs, seconds, bpm, **more)
        _, thresholds = step_by_step(ecg, fs)
        made.append(Case(name, (ecg, float(fs)), agrees(times * fs, thresholds, 0.025 * fs)))

    add("at rest", 360, 20, 70)
    add("wander as large as the beats", 360, 20, 75, wander=1.5)
    add("muscle noise", 360, 20, 72, noise=0.25)
    add("mains hum", 250, 20, 80, mains=0.6)
    add("T waves higher than R", 360, 20, 65, t_wave=1.3)
    add("inverted lead", 500, 12, 66, sign=-1.0, noise=0.1)
    add("weak beats", 360, 30, 72, sizes=weak)
    add("amplitude grows", 250, 25, 76, sizes=lambda n: np.geomspace(0.3, 3.0, n))
    add("amplitude falls", 250, 25, 76, sizes=lambda n: np.geomspace(3.0, 0.4, n), noise=0.015)
    add("weak beats after the rhythm has become faster", 250, 26, 100, sizes=late_weak, pace=lambda n: np.where(np.arange(n) < 9, 1.9, 1.0))
    add("fast", 200, 15, 165, jitter=0.01, t_wave=0.1)
    add("slow", 125, 30, 42, jitter=0.05)
    add("spikes in the refractory time", 360, 20, 70, extra=spikes)
    return made


def cases() -> list[Case]:
    rng = np.random.default_rng(1985)
    made = known_beats(rng)
    # Recordings too bad for any detector: here the decisions themselves are compared.
    for number in range(6):
        fs = [100, 125, 200, 250, 100, 200][number]
        ecg, _ = recording(rng, fs, 30, 75, sizes=lambda n: rng.uniform(0.2, 1.1, n), noise=0.12 + 0.02 * number, jitter=0.2)
        peaks, thresholds = step_by_step(ecg, fs)
        made.append(Case(f"beats of all sizes in noise, {number + 1}", (ecg, float(fs)), agrees(peaks, thresholds, 0.01 * fs)))
    short = faded(made[0].arguments[0][360:1080], 360)
    peaks, thresholds = step_by_step(short, 360)
    made.append(Case("exactly two seconds", (short, 360.0), agrees(peaks, thresholds, 3)))
    nothing = (np.zeros(0, dtype=int), np.zeros(0))
    made.append(Case("shorter than two seconds", (short[:719], 360.0), close(nothing)))
    made.append(Case("flat", (np.full(2000, 0.25), 250.0), close(nothing)))
    made.append(Case("empty", (np.zeros(0), 360.0), close(nothing)))
    return made
