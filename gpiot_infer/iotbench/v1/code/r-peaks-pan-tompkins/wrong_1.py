import numpy as np
from scipy.signal import find_peaks


def detect_r_peaks(ecg, fs):
    if len(ecg) < 2 * fs or np.ptp(ecg) == 0:
        return np.zeros(0, dtype=int), np.zeros(0)
    centred = ecg - np.median(ecg)
    peaks, _ = find_peaks(centred, height=0.5 * centred.max(), distance=int(0.2 * fs))
    return peaks, np.full(len(peaks), 0.5 * centred.max())
