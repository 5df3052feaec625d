import struct


def meter_values(
    registers: list[int], start: int, fields: list[tuple[str, int, str, float]], low_word_first: bool
) -> dict[str, float | None]:
    """Return the decoded and scaled value of each field, None where the block does not hold it."""
    values: dict[str, float | None] = {}
    for name, address, kind, scale in fields:
        code = {"u16": ">H", "i16": ">h", "u32": ">I", "i32": ">i", "f32": ">f"}[kind]
        begin = address - start
        end = begin + struct.calcsize(code) // 2
        if begin < 0 or end > len(registers):
            values[name] = None
        else:
            words = registers[begin:end]
            if low_word_first:
                words.reverse()
            (number,) = struct.unpack(code, struct.pack(f">{len(words)}H", *words))
            values[name] = number * scale
    return values
