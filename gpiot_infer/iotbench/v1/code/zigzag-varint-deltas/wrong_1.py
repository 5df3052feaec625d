def pack_readings(readings):
    out = bytearray()
    last = 0
    for value in readings:
        delta = value - last
        last = value
        code = (delta << 1) if delta >= 0 else (-delta << 1) - 1
        groups = [code & 0x7F]
        code >>= 7
        while code:
            groups.append(0x80 | (code & 0x7F))
            code >>= 7
        out.extend(reversed(groups))
    return bytes(out)
