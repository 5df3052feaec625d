import numpy as np

from gpiot_infer.iotbench.cases import Case, close


def by_packets(gaps: list[float], bits: int) -> list[float]:
    """Follow each packet on its way; energies in picojoule until the end."""
    spent = [0.0] * len(gaps)
    for origin in range(len(gaps)):
        for hop in range(origin, -1, -1):
            spent[hop] += bits * (50_000 + 100 * gaps[hop] ** 2)
            if hop > 0:
                spent[hop - 1] += bits * 50_000
    return [energy / 1e12 for energy in spent]


def cases() -> list[Case]:
    random = np.random.default_rng(1)
    uneven = [float(gap) for gap in random.uniform(3.0, 120.0, 9)]
    return [
        # 1000 bits over 10 m: 50 uJ electronics + 10 uJ amplifier
        Case("one node", ([10.0], 1000), close([60e-6])),
        # node 0: two packets sent (120 uJ), one received (50 uJ); node 1: one packet over 20 m (50 + 40 uJ)
        Case("two nodes by hand", ([10.0, 20.0], 1000), close([170e-6, 90e-6])),
        Case("equal gaps", ([25.0] * 6, 2000), close(by_packets([25.0] * 6, 2000))),
        Case("uneven gaps", (uneven, 4096), close(by_packets(uneven, 4096))),
        Case("long hop next to the sink", ([300.0, 5.0, 5.0], 1), close(by_packets([300.0, 5.0, 5.0], 1))),
        Case("empty chain", ([], 800), close([])),
    ]
