import numpy as np


def madgwick_imu(gyro: np.ndarray, accel: np.ndarray, fs: float, beta: float) -> np.ndarray:
    """Return the orientation quaternion after each sample."""
    orientation = np.zeros((len(gyro), 4))
    q = np.array([1.0, 0.0, 0.0, 0.0])
    for sample, (rate, force) in enumerate(zip(gyro, accel, strict=True)):
        change = 0.5 * _spin(q) @ rate
        if force.any():
            gradient = _gradient(q, force / np.linalg.norm(force))
            length = np.linalg.norm(gradient)
            # At the minimum the direction of the gradient is nothing but rounding.
            if length > 1e-6:
                change -= beta * gradient / length
        q = q + change / fs
        q /= np.linalg.norm(q)
        orientation[sample] = q
    return orientation


def _spin(q: np.ndarray) -> np.ndarray:
    """Return the matrix of the Hamilton product of q with a vector."""
    w, x, y, z = q
    return np.array([[-x, -y, -z], [w, -z, y], [z, w, -x], [-y, x, w]])


def _gradient(q: np.ndarray, gravity: np.ndarray) -> np.ndarray:
    """Return the gradient of half the squared error between expected and measured gravity."""
    w, x, y, z = q
    error = np.array([2 * (x * z - w * y), 2 * (w * x + y * z), 1 - 2 * x * x - 2 * y * y]) - gravity
    jacobian = np.array([[-2 * y, 2 * z, -2 * w, 2 * x], [2 * x, 2 * w, 2 * z, 2 * y], [0, -4 * x, -4 * y, 0]])
    return error @ jacobian
