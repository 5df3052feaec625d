def _crc16(data):
    crc = 0xFFFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def rtu_frames(times_us, data, baud):
    char = 11e6 / baud
    t15, t35 = 1.5 * char, 3.5 * char
    groups, current, broken = [], bytearray(), False
    for i, b in enumerate(data):
        if i:
            gap = times_us[i] - times_us[i - 1] - char
            if gap >= t35:
                groups.append((bytes(current), broken))
                current, broken = bytearray(), False
            elif gap > t15:
                broken = True
        current.append(b)
    groups.append((bytes(current), broken))
    out = []
    for frame, bad in groups:
        if bad or not 4 <= len(frame) <= 256:
            continue
        if _crc16(frame[:-2]) == int.from_bytes(frame[-2:], "little"):
            out.append((frame[0], frame[1:-2]))
    return out
