import numpy as np


def mean_orientation(quaternions, weights):
    q = quaternions / np.linalg.norm(quaternions, axis=1)[:, None]
    values, vectors = np.linalg.eigh(np.einsum("i,ij,ik->jk", weights, q, q))
    mean = vectors[:, np.argmax(values)]
    if mean[0] < 0:
        mean = -mean
    angle = np.arccos(np.clip(np.abs(q @ mean), 0, 1))
    return mean, float(np.degrees(np.sqrt(np.sum(weights * angle**2) / np.sum(weights))))
