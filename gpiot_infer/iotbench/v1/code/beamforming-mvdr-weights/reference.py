import numpy as np


def mvdr(snapshots: np.ndarray, spacing: float, look_deg: float, loading: float) -> tuple[np.ndarray, float]:
    """Return the MVDR weights for a look direction and the output power."""
    elements, count = snapshots.shape
    covariance = snapshots @ snapshots.conj().T / count
    covariance += loading * covariance.trace() / elements * np.eye(elements)
    phase = 2 * np.pi * spacing * np.sin(np.radians(look_deg))
    steering = np.exp(1j * phase * np.arange(elements))
    whitened = np.linalg.solve(covariance, steering)
    power = 1 / np.vdot(steering, whitened).real
    return power * whitened, power
