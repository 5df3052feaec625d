import math


def tilt_compass(gravity, magnetic, declination):
    gx, gy, gz = gravity
    bx, by, bz = magnetic
    roll = math.atan2(gy, gz)
    pitch = math.atan2(-gx, math.sqrt(gy * gy + gz * gz))
    xh = bx * math.cos(pitch) + by * math.sin(roll) * math.sin(pitch) + bz * math.cos(roll) * math.sin(pitch)
    yh = by * math.cos(roll) - bz * math.sin(roll)
    heading = math.degrees(math.atan2(yh, xh)) + declination
    return math.degrees(roll), math.degrees(pitch), heading % 360.0
