def _reverse(value, width):
    return int(bin(value)[2:].zfill(width)[::-1], 2)


def crc(data, width, poly, init, refin, refout, xorout):
    mask = (1 << width) - 1
    register = init
    if refin:
        low = _reverse(poly, width)
        for byte in data:
            for k in range(8):
                bit = (byte >> k) & 1
                feedback = (register ^ bit) & 1
                register >>= 1
                if feedback:
                    register ^= low
    else:
        for byte in data:
            for k in range(7, -1, -1):
                bit = (byte >> k) & 1
                feedback = (register >> (width - 1)) ^ bit
                register = (register << 1) & mask
                if feedback:
                    register ^= poly
    return register ^ xorout
