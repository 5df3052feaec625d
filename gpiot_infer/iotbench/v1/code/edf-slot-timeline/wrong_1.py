def edf_timeline(sensors, horizon):
    owners, misses, jobs, running = [], [], [], None
    for slot in range(horizon):
        for job in [j for j in jobs if j[0] == slot]:
            misses.append((job[0], job[1]))
            jobs.remove(job)
            if job is running:
                running = None
        for s, (offset, period, need, within) in enumerate(sensors):
            if slot >= offset and (slot - offset) % period == 0:
                jobs.append([slot + within, s, need])
        if running is None and jobs:
            running = min(jobs)
        if running is None:
            owners.append(-1)
            continue
        owners.append(running[1])
        running[2] -= 1
        if running[2] == 0:
            jobs.remove(running)
            running = None
    return owners, sorted(misses)
