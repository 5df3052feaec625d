def crc(data: bytes, width: int, poly: int, init: int, refin: bool, refout: bool, xorout: int) -> int:
    """Return the CRC of a message, fed bit by bit."""
    register = init
    for byte in data:
        bits = f"{byte:08b}"
        for bit in reversed(bits) if refin else bits:
            feedback = register >> width - 1 != int(bit)
            register = register << 1 & (1 << width) - 1
            if feedback:
                register ^= poly
    if refout:
        register = int(f"{register:0{width}b}"[::-1], 2)
    return register ^ xorout
