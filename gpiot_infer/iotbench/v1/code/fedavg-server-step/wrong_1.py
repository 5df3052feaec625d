import numpy as np


def server_step(current, clients, counts, rate):
    if sum(counts) == 0:
        return dict(current)
    return {name: value + rate * (np.mean([c[name] for c in clients], axis=0) - value) for name, value in current.items()}
