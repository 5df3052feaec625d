def read_publishes(stream):
    messages, pos = [], 0
    while pos < len(stream):
        i, size, count = pos + 1, 0, 0
        while True:
            if i >= len(stream):
                return messages, pos, False
            size |= (stream[i] & 0x7F) << 7 * count
            count += 1
            i += 1
            if not stream[i - 1] & 0x80:
                break
            if count == 4:
                return messages, pos, True
        if i + size > len(stream):
            return messages, pos, False
        kind, flags = stream[pos] >> 4, stream[pos] & 15
        if kind in (0, 15):
            return messages, pos, True
        if kind == 3:
            body = stream[i : i + size]
            qos = flags >> 1 & 3
            n = int.from_bytes(body[:2], "big")
            used = 4 + n
            if qos == 3 or (flags & 8 and not qos) or n == 0 or used > len(body):
                return messages, pos, True
            try:
                topic = body[2 : 2 + n].decode("utf-8")
            except UnicodeDecodeError:
                return messages, pos, True
            pid = int.from_bytes(body[2 + n : 4 + n], "big")
            if (qos and pid == 0) or any(c in topic for c in "+#\x00"):
                return messages, pos, True
            messages.append(
                {
                    "topic": topic,
                    "payload": body[used:],
                    "qos": qos,
                    "retain": bool(flags & 1),
                    "dup": bool(flags & 8),
                    "packet_id": pid if qos else None,
                }
            )
        pos = i + size
    return messages, pos, False
