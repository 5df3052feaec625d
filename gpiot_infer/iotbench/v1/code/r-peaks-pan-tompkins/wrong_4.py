import numpy as np
from scipy.signal import butter, filtfilt, find_peaks


def detect_r_peaks(ecg, fs):
    if len(ecg) < 2 * fs or np.ptp(ecg) == 0:
        return np.zeros(0, dtype=int), np.zeros(0)
    b, a = butter(2, [5, 15], btype="band", fs=fs)
    band = filtfilt(b, a, ecg)
    width = 2 * int(0.075 * fs) + 1
    energy = np.convolve(np.gradient(band) ** 2, np.ones(width) / width, mode="same")
    peaks, _ = find_peaks(energy, distance=0.2 * fs)
    start = energy[: int(2 * fs)]
    s, n = 0.25 * start.max(), 0.5 * start.mean()
    reach = int(0.1 * fs)
    beats, passed = [], []
    for p in peaks:
        threshold = n + 0.25 * (s - n)
        if energy[p] > threshold:
            passed.append(threshold)
            s = 0.125 * energy[p] + 0.875 * s
            lo = max(0, p - reach)
            beats.append(lo + int(np.argmax(np.abs(band[lo : p + reach + 1]))))
        else:
            n = 0.125 * energy[p] + 0.875 * n
    return np.array(beats, dtype=int), np.array(passed)
