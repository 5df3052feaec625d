import numpy as np


def emg_features(emg: np.ndarray, length: int, hop: int, threshold: float) -> np.ndarray:
    """Return MAV, WL, ZC and SSC of every channel in every whole window."""
    rows = [_features(emg[start : start + length], threshold) for start in range(0, len(emg) - length + 1, hop)]
    return np.array(rows).reshape(len(rows), 4 * emg.shape[1])


def _features(window: np.ndarray, threshold: float) -> np.ndarray:
    """Return the features of one window, those of one channel side by side."""
    step = np.diff(window, axis=0)
    large = np.abs(step) >= threshold
    crosses = (window[:-1] * window[1:] < 0) & large
    # A turn is where two neighbouring steps differ in sign.
    turns = (step[:-1] * step[1:] < 0) & (large[:-1] | large[1:])
    table = [np.abs(window).mean(axis=0), np.abs(step).sum(axis=0), crosses.sum(axis=0), turns.sum(axis=0)]
    return np.transpose(table).ravel()
