def pack_readings(readings: list[int]) -> bytes:
    """Pack integers as zigzag varints of their successive differences."""
    packed = bytearray()
    previous = 0
    for reading in readings:
        difference = reading - previous
        previous = reading
        code = 2 * difference if difference >= 0 else -2 * difference - 1
        while code >= 128:
            packed.append(code % 128 + 128)
            code //= 128
        packed.append(code)
    return bytes(packed)
