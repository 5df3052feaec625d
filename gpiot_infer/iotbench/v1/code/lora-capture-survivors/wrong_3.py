def received_packets(packets):
    order = sorted(range(len(packets)), key=lambda k: -packets[k][4])
    received = [False] * len(packets)
    for i in order:
        s, a, f, sf, p = packets[i]
        critical = s + 24 * 2**sf
        clash = False
        for j in order:
            s2, a2, f2, sf2, p2 = packets[j]
            if j == i or (f2, sf2) != (f, sf) or s2 >= s + a or s2 + a2 <= critical:
                continue
            if p2 > p - 6 and (received[j] or p2 <= p):
                clash = True
        received[i] = not clash
    return received
