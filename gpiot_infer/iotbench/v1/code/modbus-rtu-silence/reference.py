import numpy as np


def rtu_frames(times_us: np.ndarray, data: bytes, baud: int) -> list[tuple[int, bytes]]:
    """Return address and PDU of the intact frames in a log of characters."""
    character = 11e6 / baud
    torn_after, next_after = (750, 1750) if baud > 19200 else (1.5 * character, 3.5 * character)
    silence = np.diff(times_us) - character
    frames = []
    begin = 0
    for end in [*np.flatnonzero(silence >= next_after) + 1, len(data)]:
        frame = data[begin:end]
        torn = np.any(silence[begin : end - 1] > torn_after)
        if not torn and 4 <= len(frame) <= 256 and _crc(frame) == 0:
            frames.append((frame[0], frame[1:-2]))
        begin = end
    return frames


def _crc(frame: bytes) -> int:
    """Return the CRC-16/MODBUS, which is 0 over a frame with its own CRC."""
    register = 0xFFFF
    for byte in frame:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ 0xA001 * (register & 1)
    return register
