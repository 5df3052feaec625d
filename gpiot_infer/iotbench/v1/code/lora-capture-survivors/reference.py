def received_packets(packets: list[tuple[int, int, int, int, int]]) -> list[bool]:
    """Tell for each packet whether it stands out by 6 dB from all that overlap its critical section."""
    received = []
    for packet in packets:
        start, airtime, frequency, spreading_factor, power = packet
        locked = start + (24 << spreading_factor)
        rivals = [
            other_power
            for other_start, other_airtime, *channel, other_power in packets
            if channel == [frequency, spreading_factor] and other_start < start + airtime and locked < other_start + other_airtime
        ]
        # The packet is among its own rivals, with its own power.
        rivals.remove(power)
        received.append(all(power - rival >= 6 for rival in rivals))
    return received
