def pack_readings(readings):
    out = bytearray()
    last = 0
    for value in readings:
        delta = value - last
        last = value
        code = 2 * delta - 1 if delta > 0 else -2 * delta
        while code > 0x7F:
            out.append((code & 0x7F) | 0x80)
            code >>= 7
        out.append(code)
    return bytes(out)
