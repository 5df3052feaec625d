def crc(data, width, poly, init, refin, refout, xorout):
    mask = (1 << width) - 1
    register = init & mask
    for byte in data:
        for k in range(8):
            bit = (byte >> (k if refin else 7 - k)) & 1
            top = (register >> (width - 1)) & 1
            register = (register << 1) & mask
            if bit ^ top:
                register ^= poly
    register ^= xorout
    if refout:
        register = int(format(register, f"0{width}b")[::-1], 2)
    return register
