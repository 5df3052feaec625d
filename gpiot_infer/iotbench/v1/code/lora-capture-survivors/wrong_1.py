def received_packets(packets):
    result = []
    for i, (s, a, f, sf, p) in enumerate(packets):
        ok = True
        for j, (s2, a2, f2, sf2, p2) in enumerate(packets):
            if i == j or f != f2 or sf != sf2:
                continue
            if s2 < s + a and s < s2 + a2 and p - p2 < 6:
                ok = False
        result.append(ok)
    return result
