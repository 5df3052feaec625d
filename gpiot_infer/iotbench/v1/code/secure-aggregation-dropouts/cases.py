import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def masked_round(random: np.random.Generator, updates: dict[int, list[int]], dropped: set[int]) -> tuple[list[int], np.ndarray, list]:
    """Play the clients of a round: fixed-point updates by identifier in, what the server holds out."""
    width = len(next(iter(updates.values())))
    hidden = {i: [x % 2**32 for x in update] for i, update in updates.items()}
    masks = []
    for i in sorted(updates):
        for j in [j for j in sorted(updates) if j > i]:
            mask = random.integers(0, 2**32, width, dtype=np.uint32)
            hidden[i] = [(x + int(m)) % 2**32 for x, m in zip(hidden[i], mask, strict=True)]
            hidden[j] = [(x - int(m)) % 2**32 for x, m in zip(hidden[j], mask, strict=True)]
            if dropped & {i, j}:
                masks.append((i, j, mask))
    survivors = [i for i in updates if i not in dropped]
    return survivors, np.array([hidden[i] for i in survivors], np.uint32), masks


def cases() -> list[Case]:
    random = np.random.default_rng(77)
    small = {3: [5, -7, 0], 1: [1, 2, 3], 8: [-10, 4, 2**20]}
    many = {int(i): [int(x) for x in random.integers(-(2**24), 2**24, 40)] for i in random.permutation(12) + 100}
    # sums at both ends of the signed range
    ends = {0: [2**31 - 1, -(2**31), 2**30, -(2**30)], 1: [0, 0, 2**30 - 1, -(2**30)], 2: [9, 9, 9, 9]}

    def mean(name: str, updates: dict[int, list[int]], dropped: set[int], bits: int) -> Case:
        left = [update for i, update in updates.items() if i not in dropped]
        expected = np.array([sum(column) for column in zip(*left, strict=True)]) / len(left) / 2.0**bits
        return Case(name, (*masked_round(random, updates, dropped), bits), close(expected, rtol=1e-9))

    by_hand = ([2], np.array([[7, 0xFFFFFFFF]], np.uint32), [(1, 2, np.array([1, 3], np.uint32)), (2, 4, np.array([2, 2], np.uint32))], 1)
    return [
        # 7 + 1 - 2 = 6 and -1 + 3 - 2 = 0 (mod 2**32), one fractional bit
        Case("one survivor between two dropped clients", by_hand, close(np.array([3.0, 0.0]))),
        mean("nobody dropped", small, set(), 0),
        mean("the lowest dropped", small, {1}, 4),
        mean("the highest dropped", small, {8}, 8),
        mean("two dropped, their common mask is listed", small, {1, 3}, 2),
        mean("ends of the signed range", ends, {2}, 16),
        mean("twelve clients, five dropped", many, {100, 103, 104, 109, 111}, 20),
    ]
