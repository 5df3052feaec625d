import numpy as np

from gpiot_infer.iotbench.cases import Case, close, equal

NAN = float("nan")
SQUARE = np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 8.0], [0.0, 8.0]])


def cases() -> list[Case]:
    """Distances that are whole metres by construction, so that the weights are simple fractions."""
    line = np.array([[0.0, 1.0], [30.0, 4.0]])
    # 1 m and 2 m away at exponent 2: 20 log10(2) = 6.0206 dB
    half = -40.0 - 20.0 * np.log10(2.0)
    # 1, 2, 4 and 5 m at exponent 3
    four = -59.0 - 30.0 * np.log10(np.array([1.0, 2.0, 4.0, 5.0]))
    weights = [1.0, 0.5, 0.25, 0.2]
    expected_x = (weights[1] * 10.0 + weights[2] * 10.0) / 1.95
    expected_y = (weights[2] * 8.0 + weights[3] * 8.0) / 1.95
    return [
        Case("all alike", (SQUARE, np.full(4, -70.0), -40.0, 2.0, 1.0), close(np.array([5.0, 4.0]))),
        Case("1 m and 2 m", (line, np.array([-40.0, half]), -40.0, 2.0, 1.0), close(np.array([10.0, 2.0]))),
        Case("weights squared", (line, np.array([-40.0, half]), -40.0, 2.0, 2.0), close(np.array([6.0, 1.6]))),
        Case("four anchors, exponent 3", (SQUARE, four, -59.0, 3.0, 1.0), close(np.array([expected_x, expected_y]))),
        Case("weight exponent 0", (SQUARE, four, -59.0, 3.0, 0.0), close(np.array([5.0, 4.0]))),
        Case("one not heard", (SQUARE, np.array([-40.0, NAN, half, NAN]), -40.0, 2.0, 1.0), close(np.array([10.0 / 3, 8.0 / 3]))),
        Case("one heard", (SQUARE, np.array([NAN, NAN, -91.5, NAN]), -40.0, 2.7, 1.5), close(np.array([10.0, 8.0]))),
        Case("none heard", (SQUARE, np.full(4, NAN), -40.0, 2.0, 1.0), equal(None)),
        Case("nearer than 1 m", (line, np.array([-40.0, -20.0]), -40.0, 2.0, 1.0), close(np.array([300.0 / 11, 41.0 / 11]))),
    ]
