import numpy as np


def esprit_angles(snapshots: np.ndarray, sources: int, spacing: float) -> np.ndarray:
    """Return the directions of arrival in degrees, increasing."""
    forward = snapshots @ snapshots.conj().T
    # A common factor does not change the eigenvectors, so neither mean is divided out.
    covariance = forward + forward[::-1, ::-1].conj()
    _, vectors = np.linalg.eigh(covariance)
    signal = vectors[:, -sources:]
    rotation = np.linalg.pinv(signal[:-1]) @ signal[1:]
    phases = np.angle(np.linalg.eigvals(rotation))
    return np.sort(np.degrees(np.arcsin(phases / (2 * np.pi * spacing))))
