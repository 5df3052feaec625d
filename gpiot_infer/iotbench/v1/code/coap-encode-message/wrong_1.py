def _ext(v):
    if v < 13:
        return v, b""
    if v < 269:
        return 13, bytes([v - 13])
    return 14, (v - 269).to_bytes(2, "big")


def _value(v):
    if isinstance(v, bytes):
        return v
    if isinstance(v, str):
        return v.encode("utf-8")
    return v.to_bytes((v.bit_length() + 7) // 8, "big")


def encode_message(kind, code, message_id, token, options, payload):
    types = {"CON": 0, "NON": 1, "ACK": 2, "RST": 3}
    c, d = code.split(".")
    out = bytearray([0x40 | types[kind] << 4 | len(token), int(c) << 5 | int(d)])
    out += message_id.to_bytes(2, "big") + token
    for number, raw in sorted(options, key=lambda o: o[0]):
        v = _value(raw)
        dn, de = _ext(number)
        ln, le = _ext(len(v))
        out += bytes([dn << 4 | ln]) + de + le + v
    if payload:
        out += b"\xff" + payload
    return bytes(out)
