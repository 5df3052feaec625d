def _crc8(data):
    crc = 0xFF
    for b in data:
        crc ^= b
        for _ in range(8):
            crc = ((crc << 1) ^ 0x31) & 0xFF if crc & 0x80 else (crc << 1) & 0xFF
    return crc


def read_sht(frame):
    t_raw = int.from_bytes(frame[0:2], "little")
    h_raw = int.from_bytes(frame[3:5], "little")
    temperature = -45.0 + 175.0 * t_raw / 65535.0 if _crc8(frame[0:2]) == frame[2] else None
    humidity = 100.0 * h_raw / 65535.0 if _crc8(frame[3:5]) == frame[5] else None
    return temperature, humidity
