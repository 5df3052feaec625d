import math


def tilt_compass(gravity, magnetic, declination):
    gx, gy, gz = gravity
    roll = math.atan2(gy, gz)
    pitch = math.atan2(-gx, math.sqrt(gy * gy + gz * gz))
    heading = math.degrees(math.atan2(-magnetic[1], magnetic[0])) + declination
    return math.degrees(roll), math.degrees(pitch), heading % 360.0
