import struct


def meter_values(registers, start, fields, low_word_first):
    formats = {"u16": ">H", "i16": ">h", "u32": ">I", "i32": ">i", "f32": ">f"}
    result = {}
    for name, address, kind, scale in fields:
        count = 1 if kind.endswith("16") else 2
        words = registers[address : address + count]
        if len(words) < count:
            result[name] = None
            continue
        if low_word_first:
            words = words[::-1]
        raw = b"".join(r.to_bytes(2, "big") for r in words)
        result[name] = struct.unpack(formats[kind], raw)[0] * scale
    return result
