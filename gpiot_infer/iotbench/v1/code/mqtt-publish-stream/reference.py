def read_publishes(stream: bytes) -> tuple[list[dict[str, object]], int, bool]:
    """Return the published messages, the bytes used up, and whether the stream is malformed there."""
    messages: list[dict[str, object]] = []
    start = 0
    try:
        while True:
            size, body = _remaining_length(stream, start + 1)
            end = body + size
            if end > len(stream):
                return messages, start, False
            kind, flags = divmod(stream[start], 16)
            if kind == 3:
                messages.append(_publish(flags, stream[body:end]))
            elif kind in (0, 15):
                return messages, start, True
            start = end
    except IndexError:
        return messages, start, False
    except ValueError:
        return messages, start, True


def _remaining_length(stream: bytes, at: int) -> tuple[int, int]:
    size = 0
    for place in range(4):
        byte = stream[at + place]
        size += (byte & 127) << 7 * place
        if byte < 128:
            return size, at + place + 1
    raise ValueError


def _publish(flags: int, body: bytes) -> dict[str, object]:
    dup, qos, retain = flags > 7, flags // 2 % 4, flags % 2 == 1
    end = 2 + int.from_bytes(body[:2], "big")
    topic = body[2:end].decode()
    packet_id = None
    if qos > 0:
        packet_id = int.from_bytes(body[end : end + 2], "big")
        end += 2
    wrong_flags = qos == 3 or (dup and qos == 0)
    if wrong_flags or packet_id == 0 or end > len(body) or topic == "" or set(topic) & set("+#\0"):
        raise ValueError
    return {"topic": topic, "payload": body[end:], "qos": qos, "retain": retain, "dup": dup, "packet_id": packet_id}
