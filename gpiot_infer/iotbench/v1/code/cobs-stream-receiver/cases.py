from itertools import pairwise

import numpy as np

from gpiot_infer.iotbench.cases import Case, equal


def _crc(payload: bytes) -> int:
    """CRC-16/IBM-3740 as the remainder of a polynomial division of whole numbers."""
    bits = 8 * len(payload)
    value = (int.from_bytes(payload, "big") << 16) ^ (0xFFFF << bits)
    for place in range(bits - 1, -1, -1):
        if value >> place + 16 & 1:
            value ^= 0x11021 << place
    return value


def _cobs(frame: bytes) -> bytes:
    """Encode a frame; after a last group of 254 bytes comes an empty one, which may as well be left out."""
    out = b""
    for part in frame.split(b"\0"):
        while len(part) >= 254:
            out += b"\xff" + part[:254]
            part = part[254:]
        out += bytes([len(part) + 1]) + part
    return out


def _sent(payload: bytes) -> bytes:
    return _cobs(payload + _crc(payload).to_bytes(2, "big"))


def _ending_in_full_group() -> bytes:
    """A payload whose frame, CRC included, is 254 bytes without a zero."""
    for number in range(1, 256):
        payload = bytes([number]) + bytes(1 + k % 255 for k in range(251))
        if 0 not in _crc(payload).to_bytes(2, "big"):
            return payload
    raise AssertionError


def cases() -> list[Case]:
    """Known frames, every kind of damage, long groups, and a stream cut into pieces at random."""
    check = b"\x0c123456789\x29\xb1"
    full = _ending_in_full_group()
    full_frame = full + _crc(full).to_bytes(2, "big")
    long = bytes(1 + k % 255 for k in range(300)) + b"\0" + bytes(1 + k % 200 for k in range(600))
    below_full = bytes(range(1, 254)) + b"\0" + bytes(range(2, 256)) + b"\0\0" + bytes(range(1, 255))
    zeros = bytes(5)
    rng = np.random.default_rng(20)
    payloads = [bytes(rng.choice([0, 1, 2, 255, 254, 17], size=size).astype(np.uint8)) for size in rng.integers(0, 40, 30)]
    stream = b"\0".join(map(_sent, payloads)) + b"\0"
    cuts = [0, *sorted(rng.integers(0, len(stream), 25).tolist()), len(stream)]
    pieces = [stream[a:b] for a, b in pairwise(cuts)]
    flipped = bytearray(check)
    flipped[4] ^= 4
    # The last group claims one byte more than is there: what is left would fit the CRC.
    overrun = b"\x0d" + check[1:]
    return [
        Case("published check value", ([check + b"\0"], 64), equal(([b"123456789"], 0))),
        Case("empty payload", ([b"\x03\xff\xff\0"], 64), equal(([b""], 0))),
        Case("zeros in the payload", ([_sent(zeros) + b"\0"], 64), equal(([zeros], 0))),
        Case("nothing", ([], 64), equal(([], 0))),
        Case("idle zeros", ([b"\0\0", b"", b"\0" + check + b"\0\0\0"], 64), equal(([b"123456789"], 0))),
        Case("byte by byte", ([bytes([byte]) for byte in check + b"\0" + check + b"\0"], 64), equal(([b"123456789"] * 2, 0))),
        Case("unfinished frame", ([check + b"\0" + check], 64), equal(([b"123456789"], 0))),
        Case("unfinished and too long", ([check + b"\0" + b"\x11" * 100], 64), equal(([b"123456789"], 0))),
        Case("a flipped bit, then a good frame", ([bytes(flipped) + b"\0" + check + b"\0"], 64), equal(([b"123456789"], 1))),
        Case("a group over the end", ([overrun + b"\0" + check + b"\0"], 64), equal(([b"123456789"], 1))),
        Case("a frame torn by noise", ([check[:6] + b"\0" + check[6:] + b"\0" + check + b"\0"], 64), equal(([b"123456789"], 2))),
        Case("too short for a CRC", ([b"\x01\0\x02\x07\0\x01\x01\0"], 64), equal(([], 3))),
        Case("exactly as long as allowed", ([check + b"\0"], len(check)), equal(([b"123456789"], 0))),
        Case("one byte longer than allowed", ([check + b"\0" + b"\x03\xff\xff\0"], len(check) - 1), equal(([b""], 1))),
        Case("last group of 254", ([_cobs(full_frame)[:-1] + b"\0"], 300), equal(([full], 0))),
        Case("last group of 254 and an empty one", ([_cobs(full_frame) + b"\0"], 300), equal(([full], 0))),
        Case("several long groups", ([_sent(long) + b"\0"], 1000), equal(([long], 0))),
        Case("groups of 253 and 254 before zeros", ([_sent(below_full) + b"\0"], 1000), equal(([below_full], 0))),
        Case("random pieces", (pieces, 64), equal((payloads, 0))),
    ]
