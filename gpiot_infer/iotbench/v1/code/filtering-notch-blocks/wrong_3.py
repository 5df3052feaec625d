import numpy as np
from scipy.signal import filtfilt, iirnotch


def notch_blocks(blocks, fs, f0, q):
    if not blocks:
        return []
    b, a = iirnotch(f0, q, fs=fs)
    whole = np.concatenate(blocks)
    if len(whole) > 9:
        whole = filtfilt(b, a, whole)
    return np.split(whole, np.cumsum([len(block) for block in blocks])[:-1])
