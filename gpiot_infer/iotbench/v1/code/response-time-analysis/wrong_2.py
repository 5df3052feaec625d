def response_times(tasks):
    order = sorted(range(len(tasks)), key=lambda i: tasks[i][1])
    result = [None] * len(tasks)
    for rank, i in enumerate(order):
        cost, _, deadline = tasks[i]
        response, previous = cost, 0
        while response != previous and response <= deadline:
            previous = response
            response = cost + sum((previous // tasks[j][1] + 1) * tasks[j][0] for j in order[:rank])
        result[i] = response if response <= deadline else None
    return result
