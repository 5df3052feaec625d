import binascii


def receive_frames(chunks, max_encoded):
    payloads, errors = [], 0
    stream = b"".join(chunks)
    for frame in stream.split(b"\x00")[:-1]:
        if not frame:
            continue
        if len(frame) > max_encoded:
            errors += 1
            continue
        out, i = bytearray(), 0
        while i < len(frame):
            n = frame[i]
            out += frame[i + 1 : i + n]
            i += n
            if n < 255 and i < len(frame):
                out.append(0)
        if len(out) < 2 or binascii.crc_hqx(bytes(out[:-2]), 0xFFFF) != int.from_bytes(out[-2:], "big"):
            errors += 1
        else:
            payloads.append(bytes(out[:-2]))
    return payloads, errors
