import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def _framed(body: bytes) -> bytes:
    """Append the CRC, from a polynomial division of the bits in the order of the line."""
    bits = [byte >> k & 1 for byte in body for k in range(8)] + [0] * 16
    bits[:16] = [bit ^ 1 for bit in bits[:16]]
    for place in range(8 * len(body)):
        if bits[place]:
            # x^16 + x^15 + x^2 + 1
            for term in (0, 1, 14, 16):
                bits[place + term] ^= 1
    low, high = (sum(bit << k for k, bit in enumerate(half)) for half in (bits[-16:-8], bits[-8:]))
    return body + bytes([low, high])


def _times(silences_us: list[float], baud: int) -> np.ndarray:
    """Arrival times of characters, given the silence before each."""
    return np.cumsum(np.round(np.array(silences_us) + 11e6 / baud)).astype(np.int64)


def _log(frames: list[bytes], baud: int, between_us: float, gaps: dict[int, float] | None = None) -> tuple[np.ndarray, bytes, int]:
    """Frames with a silence between them; `gaps` are silences before single characters of the whole log."""
    data = b"".join(frames)
    silences = [0.0] * len(data)
    place = 0
    for frame in frames[:-1]:
        place += len(frame)
        silences[place] = between_us
    for where, silence in (gaps or {}).items():
        silences[where] = silence
    return _times(silences, baud), data, baud


READ = _framed(bytes.fromhex("010300000002"))
REPLY = _framed(bytes.fromhex("01030443668000"))
READ_PDU, REPLY_PDU = (1, READ[1:-2]), (1, REPLY[1:-2])


def _limits() -> list[Case]:
    """Silences at 9600 baud (1145.83 us a character), just around 19200 baud, and exact ones at 1 Mbaud (11 us)."""
    both = [READ_PDU, REPLY_PDU]
    slow = 11e6 / 9600
    edge = 11e6 / 19200
    return [
        Case("4 characters of silence", _log([READ, REPLY], 9600, 4 * slow), equal(both)),
        Case("3.6 characters of silence", _log([READ, REPLY], 9600, 3.6 * slow), equal(both)),
        Case("3.4 characters of silence", _log([READ, REPLY], 9600, 3.4 * slow), equal([])),
        Case("1.4 characters within a frame", _log([READ, REPLY], 9600, 9000, {3: 1.4 * slow}), equal(both)),
        Case("1.6 characters within a frame", _log([READ, REPLY], 9600, 9000, {3: 1.6 * slow}), equal([REPLY_PDU])),
        Case("before the last character", _log([READ, REPLY], 9600, 9000, {7: 3 * slow}), equal([REPLY_PDU])),
        Case("before the second character", _log([READ, REPLY], 9600, 9000, {9: 3 * slow}), equal([READ_PDU])),
        Case("19200 baud, 800 us within", _log([READ, REPLY], 19200, 4 * edge, {3: 800.0}), equal(both)),
        Case("38400 baud, 700 us within", _log([READ, REPLY], 38400, 1800.0, {3: 700.0}), equal(both)),
        Case("115200 baud, 1600 us between", _log([READ, REPLY], 115200, 1600.0), equal([])),
        Case("1 Mbaud, 1750 us between", _log([READ, REPLY], 1_000_000, 1750.0), equal(both)),
        Case("1 Mbaud, 1749 us between", _log([READ, REPLY], 1_000_000, 1749.0), equal([])),
        Case("1 Mbaud, 750 us within", _log([READ, REPLY], 1_000_000, 2000.0, {5: 750.0}), equal(both)),
        Case("1 Mbaud, 751 us within", _log([READ, REPLY], 1_000_000, 2000.0, {5: 751.0}), equal([REPLY_PDU])),
    ]


def cases() -> list[Case]:
    """Known frames, silences on both sides of each limit, and frames of every length that matters."""
    known = bytes.fromhex("010300000001840a")
    longest = _framed(b"\x11\x10" + bytes(k % 251 for k in range(252)))
    too_long = _framed(b"\x11\x10" + bytes(k % 251 for k in range(253)))
    shortest, too_short = _framed(b"\x05\x07"), _framed(b"\x05")
    damaged = READ[:4] + bytes([READ[4] ^ 1]) + READ[5:]
    swapped = READ[:-2] + READ[:-3:-1]
    return [
        Case("a known frame", _log([known], 9600, 0.0), equal([(1, bytes.fromhex("0300000001"))])),
        Case("check value", _log([b"123456789\x37\x4b"], 9600, 0.0), equal([(0x31, b"23456789")])),
        *_limits(),
        Case("a damaged frame between", _log([READ, damaged, REPLY], 9600, 5000.0), equal([READ_PDU, REPLY_PDU])),
        Case("CRC with its high byte first", _log([swapped, REPLY], 9600, 5000.0), equal([REPLY_PDU])),
        Case("256 bytes", _log([longest, READ], 38400, 2000.0), equal([(0x11, longest[1:-2]), READ_PDU])),
        Case("257 bytes", _log([too_long, READ], 38400, 2000.0), equal([READ_PDU])),
        Case("4 bytes", _log([shortest, READ], 38400, 2000.0), equal([(5, b"\x07"), READ_PDU])),
        Case("3 bytes", _log([too_short, READ], 38400, 2000.0), equal([READ_PDU])),
        Case("nothing received", (np.zeros(0, dtype=np.int64), b"", 9600), equal([])),
    ]
