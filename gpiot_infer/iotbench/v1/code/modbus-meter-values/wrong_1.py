import struct


def meter_values(registers, start, fields, low_word_first):
    formats = {"u16": "H", "i16": "h", "u32": "I", "i32": "i", "f32": "f"}
    result = {}
    for name, address, kind, scale in fields:
        offset = address - start
        count = 1 if kind.endswith("16") else 2
        if offset < 0 or offset + count > len(registers):
            result[name] = None
            continue
        raw = b"".join(r.to_bytes(2, "big") for r in registers[offset : offset + count])
        order = "<" if low_word_first and count == 2 else ">"
        result[name] = struct.unpack(order + formats[kind], raw)[0] * scale
    return result
