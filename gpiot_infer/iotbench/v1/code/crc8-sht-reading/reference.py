def read_sht(frame: bytes) -> tuple[float | None, float | None]:
    """Return temperature and relative humidity, None where the CRC of a word is wrong."""
    temperature = _word(frame[:3])
    humidity = _word(frame[3:])
    return (
        None if temperature is None else 175 * temperature / 65535 - 45,
        None if humidity is None else 100 * humidity / 65535,
    )


def _word(data: bytes) -> int | None:
    register = 0xFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register << 1 ^ (register >> 7) * 0x131
    # A word followed by its own CRC leaves no remainder.
    return None if register else int.from_bytes(data[:2], "big")
