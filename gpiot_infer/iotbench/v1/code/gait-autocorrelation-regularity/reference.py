import math

import numpy as np


def gait_regularity(acceleration: np.ndarray, fs: float, slowest: float, fastest: float) -> tuple[float, float, float, float]:
    """Return cadence, step regularity, stride regularity and symmetry of a walk."""
    n = len(acceleration)
    motion = acceleration - acceleration.mean()
    products = np.correlate(motion, motion, mode="full")[n - 1 :]
    # Fewer pairs meet at long lags: without this division they would seem less regular.
    regularity = products / np.arange(n, 0, -1)
    regularity = regularity / regularity[0]

    def best(low: int, high: int) -> int:
        return low + int(np.argmax(regularity[low : high + 1]))

    step = best(math.ceil(60 * fs / fastest), math.floor(60 * fs / slowest))
    stride = best(2 * step - step // 4, 2 * step + step // 4)
    return 60 * fs / step, regularity[step], regularity[stride], regularity[step] / regularity[stride]
