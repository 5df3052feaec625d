from math import ceil


def time_on_air(
    payload_bytes: int,
    spreading_factor: int,
    bandwidth_hz: int,
    coding_rate: int,
    preamble_symbols: int,
    explicit_header: bool,
    payload_crc: bool,
) -> float:
    """Return the duration of a LoRa packet in seconds."""
    symbol = 2**spreading_factor / bandwidth_hz
    bits = 8 * payload_bytes - 4 * spreading_factor + 8 + 16 * payload_crc + 20 * explicit_header
    slow = symbol > 0.016
    blocks = ceil(bits / (4 * (spreading_factor - 2 * slow)))
    return (preamble_symbols + 12.25 + max(blocks * (coding_rate + 4), 0)) * symbol
