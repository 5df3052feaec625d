import binascii


def _decode(frame):
    out, i = bytearray(), 0
    while i < len(frame):
        n = frame[i]
        if n == 0 or i + n > len(frame):
            return None
        out += frame[i + 1 : i + n]
        i += n
        if n != 255 and i < len(frame):
            out.append(0)
    return bytes(out)


def receive_frames(chunks, max_encoded):
    payloads, errors = [], 0
    for chunk in chunks:
        pieces = chunk.split(b"\x00")
        for piece in pieces[:-1]:
            if not piece:
                continue
            out = _decode(piece) if len(piece) <= max_encoded else None
            if out is None or len(out) < 2 or binascii.crc_hqx(out[:-2], 0xFFFF) != int.from_bytes(out[-2:], "big"):
                errors += 1
            else:
                payloads.append(out[:-2])
    return payloads, errors
