import statistics


def difference(a, b):
    d = (a - b) & (2**64 - 1)
    return (d - 2**64 if d >= 2**63 else d) / 2**32


def clock_filter(exchanges):
    kept = []
    for t1, t2, t3, t4 in exchanges:
        delay = difference(t4, t1) - difference(t3, t2)
        if delay >= 0:
            kept.append((delay, (difference(t2, t1) + difference(t3, t4)) / 2))
    if not kept:
        return None
    offset = statistics.median(o for _, o in kept)
    jitter = statistics.stdev(o for _, o in kept) if len(kept) > 1 else 0.0
    return float(offset), min(d for d, _ in kept), float(jitter)
