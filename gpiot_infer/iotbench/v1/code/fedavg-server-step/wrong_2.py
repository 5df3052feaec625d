def server_step(current, clients, counts, rate):
    total = sum(counts)
    if total == 0:
        return dict(current)
    return {name: rate * sum(n / total * c[name] for c, n in zip(clients, counts, strict=True)) for name in current}
