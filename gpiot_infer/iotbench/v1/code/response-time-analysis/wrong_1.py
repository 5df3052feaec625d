def response_times(tasks):
    result = []
    for i, (cost, _, deadline) in enumerate(tasks):
        response, previous = cost, 0
        while response != previous and response <= deadline:
            previous = response
            response = cost + sum(-(-previous // period) * c for c, period, _ in tasks[:i])
        result.append(response if response <= deadline else None)
    return result
