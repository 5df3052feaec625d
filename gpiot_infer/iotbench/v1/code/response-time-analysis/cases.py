import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def by_simulation(tasks: list[tuple[int, int, int]]) -> list[int | None]:
    """Run the processor tick by tick from the critical instant until each first job is done.

    With deadlines within periods the first job is the worst one of its task; every job of a task stays in a queue until it is served.
    """
    ranked = sorted(enumerate(tasks), key=lambda pair: (pair[1][1], pair[0]))
    finished: dict[int, int] = {}
    waiting = {number: 0 for number, _ in ranked}
    for now in range(max((deadline for _, _, deadline in tasks), default=0)):
        for number, (cost, period, _) in ranked:
            waiting[number] += cost if now % period == 0 else 0
        running = next((number for number, _ in ranked if waiting[number]), None)
        if running is not None:
            waiting[running] -= 1
            # while the first job is unfinished, done work of this task is work of that job
            done = (now // tasks[running][1] + 1) * tasks[running][0] - waiting[running]
            if done >= tasks[running][0]:
                finished.setdefault(running, now + 1)
    return [finished[n] if n in finished and finished[n] <= tasks[n][2] else None for n in range(len(tasks))]


def cases() -> list[Case]:
    random = np.random.default_rng(13)
    sets = []
    for size in (4, 6, 8):
        periods = random.integers(8, 200, size)
        costs = np.maximum(1, (periods * random.uniform(0.05, 1.7 / size, size)).astype(int))
        sets.append([(int(c), int(t), int(t - random.integers(0, t // 4))) for c, t in zip(costs, periods, strict=True)])
    return [
        # third task: 5 -> 5 + 3 + 3 = 11 -> 5 + 2 * 3 + 3 = 14 -> 5 + 2 * 3 + 2 * 3 = 17 -> 5 + 9 + 6 = 20, and again 20
        Case("harmonic steps by hand", ([(3, 7, 7), (3, 12, 12), (5, 20, 20)],), equal([3, 6, 20])),
        Case("input order is kept", ([(5, 20, 20), (3, 7, 7), (3, 12, 12)],), equal([20, 3, 6])),
        # the response equals the period of the first task: exactly one preemption
        Case("response at a release", ([(2, 6, 6), (4, 8, 8)],), equal([2, 6])),
        Case("deadline met exactly and missed by one", ([(2, 6, 2), (4, 9, 6), (1, 10, 8)],), equal([2, 6, None])),
        Case("equal periods go by position", ([(2, 10, 10), (3, 10, 10), (1, 10, 10)],), equal([2, 5, 6])),
        Case("cost above its own deadline", ([(5, 10, 4), (1, 20, 20)],), equal([None, 6])),
        Case("overload", ([(4, 6, 6), (4, 8, 8), (2, 50, 50)],), equal([4, None, None])),
        *(Case(f"{len(tasks)} random tasks", (tasks,), equal(by_simulation(tasks))) for tasks in sets),
        Case("no tasks", ([],), equal([])),
    ]
