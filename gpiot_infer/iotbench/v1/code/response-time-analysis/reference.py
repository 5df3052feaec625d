def response_times(tasks: list[tuple[int, int, int]]) -> list[int | None]:
    """Return the worst-case response time of every task, None where it passes the deadline."""
    responses: list[int | None] = [None] * len(tasks)
    ranked = sorted(range(len(tasks)), key=lambda number: tasks[number][1])
    for rank, number in enumerate(ranked):
        cost, _, deadline = tasks[number]
        guess = cost
        while guess <= deadline and responses[number] is None:
            # -(-a // b) is the quotient rounded up
            demand = cost + sum(-(-guess // tasks[other][1]) * tasks[other][0] for other in ranked[:rank])
            if demand == guess:
                responses[number] = guess
            guess = demand
    return responses
