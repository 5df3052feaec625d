import math


def since(later: int, earlier: int) -> int:
    """Return the signed difference of two wrapping NTP timestamps in units of 2**-32 s."""
    return (later - earlier + 2**63) % 2**64 - 2**63


def clock_filter(exchanges: list[tuple[int, int, int, int]]) -> tuple[float, float, float] | None:
    """Return offset and delay of the exchange with the least delay, and the jitter of the others about it."""
    kept = []
    for t1, t2, t3, t4 in exchanges:
        delay = since(t4, t1) - since(t3, t2)
        if delay >= 0:
            kept.append((delay / 2**32, len(kept), (since(t2, t1) + since(t3, t4)) / 2**33))
    if not kept:
        return None
    best_delay, _, best_offset = min(kept)
    # the chosen exchange adds nothing to the sum
    spread = math.hypot(*(offset - best_offset for _, _, offset in kept))
    return best_offset, best_delay, spread / math.sqrt(max(len(kept) - 1, 1))
