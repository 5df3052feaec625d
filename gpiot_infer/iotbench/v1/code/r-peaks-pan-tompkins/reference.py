import numpy as np
from scipy.signal import butter, find_peaks, sosfiltfilt


def detect_r_peaks(ecg: np.ndarray, fs: float) -> tuple[np.ndarray, np.ndarray]:
    """Find the R peaks of a single-lead ECG by the energy of its slope and an adaptive threshold."""
    if len(ecg) < 2 * fs or np.ptp(ecg) == 0:
        return np.array([], dtype=int), np.array([])
    band = sosfiltfilt(butter(2, [5, 15], "bandpass", fs=fs, output="sos"), ecg)
    width = 2 * int(0.075 * fs) + 1
    energy = np.convolve(np.gradient(band) ** 2, np.ones(width) / width, "same")
    candidates = find_peaks(energy, distance=0.2 * fs)[0]
    first = energy[: int(2 * fs)]
    beats, thresholds = _decide(candidates, energy, 0.25 * first.max(), 0.5 * first.mean())
    reach = int(0.1 * fs)
    near = np.array(beats, dtype=int)[:, None] + np.arange(-reach, reach + 1)
    size = np.abs(band).take(near, mode="clip")
    return near[np.arange(len(near)), size.argmax(axis=1)], np.array(thresholds)


def _decide(candidates: np.ndarray, energy: np.ndarray, signal: float, noise: float) -> tuple[list[int], list[float]]:
    """Choose the beats among the candidates; return them with the threshold that each one passed."""
    beats: list[int] = []
    thresholds: list[float] = []
    for now in candidates:
        intervals = np.diff(beats[-9:])
        if intervals.any() and now - beats[-1] > 1.66 * intervals.mean():
            passed = candidates[(candidates > beats[-1]) & (candidates < now)]
            missed = max(passed, key=energy.__getitem__, default=None)
            threshold = (noise + 0.25 * (signal - noise)) / 2
            if missed is not None and energy[missed] > threshold:
                beats.append(missed)
                thresholds.append(threshold)
                signal = 0.25 * energy[missed] + 0.75 * signal
        threshold = noise + 0.25 * (signal - noise)
        if energy[now] > threshold:
            beats.append(now)
            thresholds.append(threshold)
            signal = 0.125 * energy[now] + 0.875 * signal
        else:
            noise = 0.125 * energy[now] + 0.875 * noise
    return beats, thresholds
