import math


def cusum_alarms(values, target, slack, limit):
    alarms = []
    up = down = 0.0
    up_zero = down_zero = 0
    for i, x in enumerate(values):
        if math.isnan(x):
            continue
        up = max(0.0, up + x - target - slack)
        down = max(0.0, down + target - x - slack)
        if up == 0:
            up_zero = i
        if down == 0:
            down_zero = i
        if up > limit or down > limit:
            alarms.append((i, 1, up_zero) if up > limit else (i, -1, down_zero))
            up = down = 0.0
            up_zero = down_zero = i
    return alarms
