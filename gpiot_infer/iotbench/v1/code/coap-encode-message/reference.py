def encode_message(
    kind: str, code: str, message_id: int, token: bytes, options: list[tuple[int, bytes | str | int]], payload: bytes
) -> bytes:
    """Return a CoAP message as bytes."""
    group, detail = map(int, code.split("."))
    version_type = 4 + ["CON", "NON", "ACK", "RST"].index(kind)
    message = bytes([version_type << 4 | len(token), group << 5 | detail]) + message_id.to_bytes(2, "big") + token
    previous = 0
    for number, value in sorted(options, key=lambda option: option[0]):
        if isinstance(value, str):
            value = value.encode()
        elif isinstance(value, int):
            value = value.to_bytes((value.bit_length() + 7) // 8, "big")
        step, more_step = _field(number - previous)
        length, more_length = _field(len(value))
        message += bytes([step << 4 | length]) + more_step + more_length + value
        previous = number
    return message + b"\xff" + payload if payload else message


def _field(value: int) -> tuple[int, bytes]:
    if value < 13:
        return value, b""
    if value < 269:
        return 13, bytes([value - 13])
    return 14, (value - 269).to_bytes(2, "big")
