import numpy as np


def madgwick_imu(gyro, accel, fs, beta):
    q = np.array([1.0, 0.0, 0.0, 0.0])
    out = []
    for (gx, gy, gz), a in zip(gyro, accel, strict=True):
        w, x, y, z = q
        qdot = 0.5 * np.array([-x * gx - y * gy - z * gz, w * gx + y * gz - z * gy, w * gy - x * gz + z * gx, w * gz + x * gy - y * gx])
        if np.any(a):
            ax, ay, az = a
            f = np.array([2 * (x * z - w * y) - ax, 2 * (w * x + y * z) - ay, 1 - 2 * (x * x + y * y) - az])
            j = np.array([[-2 * y, 2 * z, -2 * w, 2 * x], [2 * x, 2 * w, 2 * z, 2 * y], [0, -4 * x, -4 * y, 0]])
            g = j.T @ f
            if np.linalg.norm(g) > 1e-6:
                qdot = qdot - beta * g / np.linalg.norm(g)
        q = q + qdot / fs
        q = q / np.linalg.norm(q)
        out.append(q)
    return np.array(out)
