import math


def cusum_alarms(values, target, slack, limit):
    alarms = []
    up = down = 0.0
    up_start = down_start = 0
    for i, x in enumerate(values):
        if math.isnan(x):
            continue
        if up == 0:
            up_start = i
        if down == 0:
            down_start = i
        up = max(0.0, up + x - target - slack)
        down = max(0.0, down + target - x - slack)
        if up > limit:
            alarms.append((i, 1, up_start))
        if down > limit:
            alarms.append((i, -1, down_start))
    return alarms
