import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def by_tensordot(current: dict, clients: list[dict], counts: list[int], rate: float) -> dict:
    """Weights and stacked parameters contracted, then a blend of the old and the mean."""
    weights = np.array(counts) / np.sum(counts)
    return {name: (1 - rate) * old + rate * np.tensordot(weights, np.stack([c[name] for c in clients]), 1) for name, old in current.items()}


def model(random: np.random.Generator) -> dict[str, np.ndarray]:
    """A small two-layer network."""
    shapes = {"conv/kernel": (3, 3, 4), "dense/kernel": (4, 6), "dense/bias": (6,), "gain": (1,)}
    return {name: np.asarray(random.normal(size=shape)) for name, shape in shapes.items()}


def cases() -> list[Case]:
    random = np.random.default_rng(44)
    current, clients = model(random), [model(random) for _ in range(5)]
    counts = [120, 7, 0, 350, 61]
    private = [{**client, "norm/mean": np.full(3, float(k))} for k, client in enumerate(clients)]
    two = [{"w": np.array([4.0, 0.0])}, {"w": np.array([0.0, 8.0])}]
    old = {"w": np.array([2.0, 2.0])}
    return [
        # weights 3/4 and 1/4: mean 3 and 2
        Case("two clients by hand", (old, two, [30, 10], 1.0), close({"w": np.array([3.0, 2.0])})),
        Case("half a step", (old, two, [30, 10], 0.5), close({"w": np.array([2.5, 2.0])}, atol=1e-12)),
        Case("overshooting rate", (old, two, [1, 3], 2.0), close({"w": np.array([0.0, 10.0])}, atol=1e-12)),
        Case(
            "five clients, one without samples",
            (current, clients, counts, 1.0),
            close(by_tensordot(current, clients, counts, 1.0), atol=1e-12),
        ),
        Case("damped", (current, clients, counts, 0.3), close(by_tensordot(current, clients, counts, 0.3), atol=1e-12)),
        Case(
            "private parameters stay private",
            (current, private, counts, 0.9),
            close(by_tensordot(current, clients, counts, 0.9), atol=1e-12),
        ),
        Case("one sample in all", (old, two, [0, 1], 1.0), close({"w": np.array([0.0, 8.0])}, atol=1e-12)),
        Case("nobody has samples", (old, two, [0, 0], 1.0), close(old)),
        Case("nobody took part", (old, [], [], 1.0), close(old)),
    ]
