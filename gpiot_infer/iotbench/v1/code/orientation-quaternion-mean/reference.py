import numpy as np


def mean_orientation(quaternions: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, float]:
    """Return the mean quaternion and the weighted angular spread in degrees."""
    units = quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
    _, vectors = np.linalg.eigh((weights * units.T) @ units)
    mean = vectors[:, -1]
    mean = mean * np.copysign(1, mean[0])
    # Rounding may push the product of equal unit quaternions a little above one.
    angles = 2 * np.arccos(np.minimum(np.abs(units @ mean), 1))
    return mean, float(np.degrees(np.sqrt(np.average(angles**2, weights=weights))))
