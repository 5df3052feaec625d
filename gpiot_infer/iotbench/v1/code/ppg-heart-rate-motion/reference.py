import numpy as np

LOWEST, HIGHEST = 40, 200


def heart_rate_under_motion(ppg: np.ndarray, acc: np.ndarray, fs: int, previous: int | None) -> int | None:
    """Return the heart rate in beats per minute after the spectrum of the motion is taken off that of the PPG."""
    pulse = _spectrum(ppg[:, None], fs)
    if pulse.max() < 1e-9:
        return previous
    motion = _spectrum(acc, fs)
    cleaned = pulse / pulse.max()
    if motion.max() >= 1e-9:
        cleaned -= motion / motion.max()
    if previous is None:
        return LOWEST + int(np.argmax(cleaned))
    start = max(LOWEST, previous - 15)
    near = cleaned[start - LOWEST : previous + 15 - LOWEST + 1]
    # Where the motion covers the pulse nothing stands out; the heart does not jump within one window.
    return start + int(np.argmax(near)) if near.max() >= 0.2 else previous


def _spectrum(signals: np.ndarray, fs: int) -> np.ndarray:
    """Return the largest magnitude over the columns at each whole beat per minute in the range."""
    windowed = (signals - signals.mean(axis=0)) * np.hanning(len(signals))[:, None]
    return np.abs(np.fft.rfft(windowed, 60 * fs, axis=0)).max(axis=1)[LOWEST : HIGHEST + 1]
