import math


def time_on_air(payload_bytes, spreading_factor, bandwidth_hz, coding_rate, preamble_symbols, explicit_header, payload_crc):
    t_sym = (2**spreading_factor) / bandwidth_hz
    ih = 0 if explicit_header else 1
    crc = 1 if payload_crc else 0
    numerator = 8 * payload_bytes - 4 * spreading_factor + 28 + 16 * crc - 20 * ih
    n_payload = 8 + max(math.ceil(numerator / (4 * spreading_factor)) * (coding_rate + 4), 0)
    return (preamble_symbols + 4.25 + n_payload) * t_sym
