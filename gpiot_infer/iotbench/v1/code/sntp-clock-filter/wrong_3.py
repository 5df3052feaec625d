import math


def difference(a, b):
    d = (a - b) & (2**64 - 1)
    return (d - 2**64 if d >= 2**63 else d) / 2**32


def clock_filter(exchanges):
    kept = []
    for t1, t2, t3, t4 in exchanges:
        delay = difference(t4, t1) - difference(t3, t2)
        if delay >= 0:
            kept.append((delay, (difference(t1, t2) + difference(t4, t3)) / 2))
    if not kept:
        return None
    delay, offset = min(kept, key=lambda pair: pair[0])
    others = len(kept) - 1
    return offset, delay, math.sqrt(sum((o - offset) ** 2 for _, o in kept) / others) if others else 0.0
