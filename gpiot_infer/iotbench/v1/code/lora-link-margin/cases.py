from math import pi

from gpiot_infer.iotbench.cases import Case, check, close, every

LIGHT = 299792458.0


def _negative(result: object) -> str | None:
    return None if result < 0 else "the link should not close"


def cases() -> list[Case]:
    """Distances that make the path loss a round number: 4 pi d / wavelength is a power of ten."""

    def km(frequency_mhz: float, ratio: float) -> float:
        return ratio * LIGHT / (frequency_mhz * 1e6) / (4 * pi) / 1000

    return [
        # 14 - 80 = -66 dBm; -174 + 50 + 6 - 20 = -138 dBm
        Case("80 dB of path loss", (14.0, 0.0, 0.0, 0.0, 868.0, km(868.0, 1e4), 100.0, 6.0, -20.0), close(72.0)),
        # 14 + 2 + 5 - 3 - 120 = -102 dBm; -174 + 60 + 7 - 7.5 = -114.5 dBm
        Case("gains and losses", (14.0, 2.0, 5.0, 3.0, 915.0, km(915.0, 1e6), 1000.0, 7.0, -7.5), close(12.5)),
        # 20 - 160 = -140 dBm; -174 + 50 + 6 - 10 = -128 dBm
        Case("does not close", (20.0, 0.0, 0.0, 0.0, 433.0, km(433.0, 1e8), 100.0, 6.0, -10.0), every(close(-12.0), check(_negative))),
        # free-space loss at 1 km and 868 MHz: 91.2182 dB; 10 log10(125000) = 50.9691 dB
        Case("1 km at 868 MHz", (14.0, 2.15, 2.15, 1.5, 868.0, 1.0, 125.0, 6.0, -20.0), close(62.6127, rtol=0, atol=2e-4)),
        Case("positive SNR", (0.0, -3.0, -3.0, 10.0, 2450.0, km(2450.0, 1e3), 1000.0, 10.0, 9.0), close(19.0)),
        Case("twice the distance costs 6 dB", (14.0, 0.0, 0.0, 0.0, 868.0, km(868.0, 2e4), 100.0, 6.0, -20.0), close(72.0 - 6.020599913)),
    ]
