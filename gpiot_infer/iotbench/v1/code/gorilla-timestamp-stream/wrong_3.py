def unpack_timestamps(data, count):
    bits = "".join(f"{b:08b}"[::-1] for b in data)
    if len(bits) < 78 or count == 0:
        return []
    first = int(bits[64:78], 2)
    times = [int(bits[:64], 2) + first]
    pos = 78
    while len(times) < count:
        ones = 0
        while ones < 4 and pos < len(bits) and bits[pos] == "1":
            ones += 1
            pos += 1
        if ones < 4:
            pos += 1
        width = (0, 7, 9, 12, 32)[ones]
        if pos + width > len(bits):
            break
        change = 0
        if width:
            change = int(bits[pos : pos + width], 2)
            if change >= 1 << (width - 1):
                change -= 1 << width
            pos += width
        first += change
        times.append(times[-1] + first)
    return times
