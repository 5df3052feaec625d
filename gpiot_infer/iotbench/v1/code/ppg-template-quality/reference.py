import math

import numpy as np


def ppg_quality(ppg: np.ndarray, peaks: np.ndarray, fs: float) -> tuple[bool, float]:
    """Check the rhythm of a window, then how alike its pulses are."""
    intervals = np.diff(peaks)
    if len(intervals) < 2:
        return False, math.nan
    too_uneven = intervals.max() > 3 * fs or intervals.max() >= 2.2 * intervals.min()
    if too_uneven or not 40 <= 60 * fs / intervals.mean() <= 180:
        return False, math.nan
    half = int(np.median(intervals) / 2)
    whole = peaks[(peaks >= half) & (peaks + half < len(ppg))]
    pulses = ppg[whole[:, np.newaxis] + np.arange(-half, half + 1)]
    # The template stands in the last row, so its row of the matrix compares it with every pulse.
    with_template = np.corrcoef(np.vstack([pulses, pulses.mean(axis=0)]))[-1]
    correlation = with_template[:-1].mean()
    return bool(correlation >= 0.86), float(correlation)
