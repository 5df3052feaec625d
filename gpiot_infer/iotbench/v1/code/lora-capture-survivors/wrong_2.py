def received_packets(packets):
    result = []
    for i, (s, a, f, sf, p) in enumerate(packets):
        critical = s + 3 * 8 * 2**sf
        disturbing = [
            q[4] for j, q in enumerate(packets) if j != i and q[2] == f and q[3] == sf and q[0] < s + a and q[0] + q[1] > critical
        ]
        result.append(not disturbing or p > max(disturbing))
    return result
