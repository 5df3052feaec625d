def _crc8(data):
    crc = 0xFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = ((crc << 1) ^ 0x31) & 0xFF if crc & 0x80 else (crc << 1) & 0xFF
    return crc


def read_sht(frame):
    if _crc8(frame[0:2]) != frame[2] or _crc8(frame[3:5]) != frame[5]:
        return None, None
    t_raw = (frame[0] << 8) | frame[1]
    h_raw = (frame[3] << 8) | frame[4]
    return -45.0 + 175.0 * t_raw / 65535.0, 100.0 * h_raw / 65535.0
