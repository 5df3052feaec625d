from collections.abc import Iterable

from gpiot_infer.iotbench.cases import Case, close, equal


def _crc_table() -> dict[int, int]:
    """Remainders of the 256 single bytes, from the powers of x modulo the polynomial (not by a shift register)."""
    powers = []
    power = 0x31
    for _ in range(8):
        powers.append(power)
        power = (2 * power) % 256 ^ (0x31 if power >= 128 else 0)
    return {byte: _xor(powers[bit] for bit in range(8) if byte >> bit & 1) for byte in range(256)}


def _xor(values: Iterable[int]) -> int:
    total = 0
    for value in values:
        total ^= value
    return total


def _word(raw: int) -> bytes:
    table = _crc_table()
    crc = table[table[0xFF ^ raw >> 8] ^ raw & 255]
    return bytes([raw >> 8, raw & 255, crc])


def cases() -> list[Case]:
    """The published check word, the ends of the range, and damage to each of the six bytes."""
    good = b"\xbe\xef\x92" + _word(0x8000)
    warm = -45 + 175 * 0xBEEF / 65535
    wet = 100 * 0x8000 / 65535
    damaged = [
        Case(f"one bit of byte {place} flipped", (good[:place] + bytes([good[place] ^ 1 << place]) + good[place + 1 :],), expect)
        for place, expect in enumerate([close((None, wet))] * 3 + [close((warm, None))] * 3)
    ]
    return [
        Case("published check word", (good,), close((warm, wet))),
        Case("lowest", (_word(0) + _word(0),), close((-45.0, 0.0), atol=1e-9)),
        Case("highest", (_word(65535) + _word(65535),), close((130.0, 100.0))),
        Case("25 degrees", (_word(26214) + _word(32768),), close((25.0, 50.00076295))),
        Case("a reading", (_word(0x6A37) + _word(0x52C1),), close((-45 + 175 * 27191 / 65535, 2118500 / 65535))),
        *damaged,
        Case("CRCs exchanged", (b"\xbe\xef" + good[5:] + good[3:5] + b"\x92",), equal((None, None))),
        Case("zeros do not pass", (bytes(6),), equal((None, None))),
    ]
