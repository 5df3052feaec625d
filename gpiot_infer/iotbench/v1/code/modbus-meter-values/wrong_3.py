import struct


def meter_values(registers, start, fields, low_word_first):
    result = {}
    for name, address, kind, scale in fields:
        offset = address - start
        count = 1 if kind in ("u16", "i16") else 2
        if offset < 0 or offset + count > len(registers):
            result[name] = None
            continue
        value = registers[offset]
        if count == 2:
            first, second = registers[offset], registers[offset + 1]
            value = (second << 16 | first) if low_word_first else (first << 16 | second)
            if kind == "f32":
                value = struct.unpack(">f", value.to_bytes(4, "big"))[0]
        result[name] = value * scale
    return result
