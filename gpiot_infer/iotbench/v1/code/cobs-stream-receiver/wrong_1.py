def _crc16(data):
    crc = 0xFFFF
    for b in data:
        crc ^= b << 8
        for _ in range(8):
            crc = ((crc << 1) ^ 0x1021) & 0xFFFF if crc & 0x8000 else (crc << 1) & 0xFFFF
    return crc


def receive_frames(chunks, max_encoded):
    payloads, errors = [], 0
    buffer = bytearray()
    for chunk in chunks:
        for byte in chunk:
            if byte:
                buffer.append(byte)
                continue
            if not buffer:
                continue
            out, i, ok = bytearray(), 0, len(buffer) <= max_encoded
            while ok and i < len(buffer):
                n = buffer[i]
                if i + n > len(buffer):
                    ok = False
                    break
                out += buffer[i + 1 : i + n]
                i += n
                if i < len(buffer):
                    out.append(0)
            if ok and len(out) >= 2 and _crc16(out[:-2]) == (out[-2] << 8 | out[-1]):
                payloads.append(bytes(out[:-2]))
            else:
                errors += 1
            buffer = bytearray()
    return payloads, errors
