def edf_timeline(sensors, horizon):
    owners, misses, jobs = [], [], []
    for slot in range(horizon):
        misses += [(d, s) for d, s, _ in jobs if d == slot]
        jobs = [j for j in jobs if j[0] != slot]
        for s, (offset, period, need, within) in enumerate(sensors):
            if slot >= offset and (slot - offset) % period == 0:
                jobs.append([slot + within, s, need])
        if not jobs:
            owners.append(-1)
            continue
        job = min(jobs, key=lambda j: (sensors[j[1]][1], j[1], j[0]))
        owners.append(job[1])
        job[2] -= 1
        if job[2] == 0:
            jobs.remove(job)
    return owners, sorted(misses)
