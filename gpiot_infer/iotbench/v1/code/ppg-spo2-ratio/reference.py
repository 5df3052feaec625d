import itertools

import numpy as np


def spo2_per_beat(red: np.ndarray, infrared: np.ndarray, feet: np.ndarray) -> np.ndarray:
    """Return the oxygen saturation in percent for each pulse between two feet."""
    saturation = []
    for start, stop in itertools.pairwise(feet):
        r, ir = red[start:stop], infrared[start:stop]
        if r.mean() > 0 and ir.mean() > 0 and np.ptp(ir) > 0:
            ratio = (np.ptp(r) / r.mean()) / (np.ptp(ir) / ir.mean())
            saturation.append(min(100.0, max(0.0, 110 - 25 * ratio)))
        else:
            saturation.append(np.nan)
    return np.array(saturation)
