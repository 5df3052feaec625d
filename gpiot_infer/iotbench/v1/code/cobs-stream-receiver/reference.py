import binascii


def receive_frames(chunks: list[bytes], max_encoded: int) -> tuple[list[bytes], int]:
    """Return the payloads of the intact frames and the number of damaged ones."""
    payloads, errors = [], 0
    for encoded in b"".join(chunks).split(b"\0")[:-1]:
        if encoded:
            decoded = _decode(encoded) if len(encoded) <= max_encoded else b""
            # The CRC over a message and its own CRC is 0.
            if len(decoded) >= 2 and binascii.crc_hqx(decoded, 0xFFFF) == 0:
                payloads.append(decoded[:-2])
            else:
                errors += 1
    return payloads, errors


def _decode(encoded: bytes) -> bytes:
    decoded = bytearray()
    while encoded:
        code = encoded[0]
        if code > len(encoded):
            return b""
        decoded += encoded[1:code]
        encoded = encoded[code:]
        if encoded and code < 255:
            decoded.append(0)
    return bytes(decoded)
