def server_step(current, clients, counts, rate):
    total = sum(counts)
    if total == 0:
        return dict(current)
    following = {}
    for name in clients[0]:
        mean = sum(n / total * c.get(name, 0.0) for c, n in zip(clients, counts, strict=True))
        old = current.get(name, mean)
        following[name] = old + rate * (mean - old)
    return following
