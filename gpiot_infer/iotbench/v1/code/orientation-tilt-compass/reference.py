import math

import numpy as np


def tilt_compass(gravity: np.ndarray, magnetic: np.ndarray, declination: float) -> tuple[float, float, float]:
    """Return roll, pitch and true heading in degrees."""
    gx, gy, gz = gravity
    bx, by, bz = magnetic
    roll = math.atan2(gy, gz)
    pitch = math.atan2(-gx, math.hypot(gy, gz))
    # Undo the roll first: `down` is the field along the axis that the pitch still tilts.
    right = by * math.cos(roll) - bz * math.sin(roll)
    down = by * math.sin(roll) + bz * math.cos(roll)
    forward = bx * math.cos(pitch) + down * math.sin(pitch)
    yaw = math.atan2(-right, forward)
    return math.degrees(roll), math.degrees(pitch), (math.degrees(yaw) + declination) % 360
