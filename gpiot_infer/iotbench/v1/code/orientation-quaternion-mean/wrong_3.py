import numpy as np


def mean_orientation(quaternions, weights):
    q = quaternions / np.linalg.norm(quaternions, axis=1)[:, None]
    q = q * np.where(q @ q[0] < 0, -1.0, 1.0)[:, None]
    mean = np.sum(q * weights[:, None], axis=0)
    mean = mean / np.linalg.norm(mean)
    if mean[0] < 0:
        mean = -mean
    angle = 2 * np.arccos(np.clip(np.abs(q @ mean), 0, 1))
    return mean, float(np.degrees(np.sqrt(np.sum(weights * angle**2) / np.sum(weights))))
