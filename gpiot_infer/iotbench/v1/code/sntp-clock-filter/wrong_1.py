import math


def clock_filter(exchanges):
    kept = []
    for t1, t2, t3, t4 in exchanges:
        delay = ((t4 - t1) - (t3 - t2)) / 2**32
        offset = ((t2 - t1) + (t3 - t4)) / 2 / 2**32
        if delay >= 0:
            kept.append((delay, offset))
    if not kept:
        return None
    delay, offset = min(kept, key=lambda pair: pair[0])
    if len(kept) == 1:
        return offset, delay, 0.0
    return offset, delay, math.sqrt(sum((o - offset) ** 2 for _, o in kept) / (len(kept) - 1))
