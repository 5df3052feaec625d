def _reverse(value, width):
    return int(bin(value)[2:].zfill(width)[::-1], 2)


def crc(data, width, poly, init, refin, refout, xorout):
    mask = (1 << width) - 1
    top = 1 << (width - 1)
    shift = max(width - 8, 0)
    register = init
    for byte in data:
        if refin:
            byte = _reverse(byte, 8)
        register ^= byte << shift
        for _ in range(8):
            register = (register << 1) ^ poly if register & top else register << 1
        register &= mask
    if refout:
        register = _reverse(register, width)
    return register ^ xorout
