import numpy as np


def server_step(
    current: dict[str, np.ndarray], clients: list[dict[str, np.ndarray]], counts: list[int], rate: float
) -> dict[str, np.ndarray]:
    """Move the global model towards the mean of the client models weighted by sample counts."""
    following = dict(current)
    if total := sum(counts):
        for name, value in current.items():
            for client, count in zip(clients, counts, strict=True):
                following[name] = following[name] + rate * count / total * (client[name] - value)
    return following
