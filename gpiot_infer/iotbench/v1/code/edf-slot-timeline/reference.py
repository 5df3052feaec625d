import heapq


def edf_timeline(sensors: list[tuple[int, int, int, int]], horizon: int) -> tuple[list[int], list[tuple[int, int]]]:
    """Return the owner of every slot under earliest deadline first, and the deadlines that were missed."""
    owners, misses = [], []
    # a job is (deadline, sensor, slots left), so the heap order is the order of service
    pending: list[tuple[int, int, int]] = []
    for slot in range(horizon):
        while pending and pending[0][0] == slot:
            misses.append(heapq.heappop(pending)[:2])
        for sensor, (offset, period, need, within) in enumerate(sensors):
            if slot in range(offset, horizon, period):
                heapq.heappush(pending, (slot + within, sensor, need))
        owner = -1
        if pending:
            deadline, owner, left = heapq.heappop(pending)
            if left > 1:
                heapq.heappush(pending, (deadline, owner, left - 1))
        owners.append(owner)
    return owners, misses
