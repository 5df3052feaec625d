from gpiot_infer.iotbench.cases import Case, close


def cases() -> list[Case]:
    """Symbols counted by hand: preamble + 4.25 + 8 + blocks * (coding rate + 4), times the symbol."""
    return [
        # 104 - 36 + 28 + 16 = 112 bits in blocks of 36: 4 blocks of 5
        Case("13 bytes at SF9", (13, 9, 125000, 1, 8, True, True), close(0.164864)),
        # 512 - 48 + 44 = 508 bits in blocks of 40: 13 blocks of 5; a symbol of 32.768 ms
        Case("64 bytes at SF12", (64, 12, 125000, 1, 8, True, True), close((12.25 + 8 + 65) * 0.032768)),
        # 184 - 44 + 44 = 184 bits in blocks of 36: 6 blocks of 5; a symbol of 16.384 ms
        Case("23 bytes at SF11", (23, 11, 125000, 1, 8, True, True), close((12.25 + 8 + 30) * 0.016384)),
        # the same at 250 kHz: 184 bits in blocks of 44, 5 blocks of 5; a symbol of 8.192 ms
        Case("23 bytes at SF11, 250 kHz", (23, 11, 250000, 1, 8, True, True), close((12.25 + 8 + 25) * 0.008192)),
        # 80 - 28 + 28 + 16 - 20 = 76 bits in blocks of 28: 3 blocks of 8
        Case("implicit header, 4/8", (10, 7, 125000, 4, 6, False, True), close((12.25 + 6 + 24) * 0.001024)),
        # 80 - 28 + 28 = 80 bits in blocks of 28: 3 blocks of 6
        Case("no payload CRC, 4/6", (10, 7, 500000, 2, 10, True, False), close((12.25 + 10 + 18) * 0.000256)),
        # 40 - 40 + 44 = 44 bits in blocks of 40: 2 blocks of 7
        Case("just over one block", (5, 10, 125000, 3, 8, True, True), close((12.25 + 8 + 14) * 0.008192)),
        # 48 - 40 + 28 + 16 - 20 = 32 bits in blocks of 32 at 62.5 kHz: a symbol of 16.384 ms
        Case("one whole block", (6, 10, 62500, 3, 8, False, True), close((12.25 + 8 + 7) * 0.016384)),
        # 96 - 28 + 28 + 16 = 112 bits in blocks of 28: 4 blocks of 5
        Case("four whole blocks", (12, 7, 125000, 1, 8, True, True), close((12.25 + 8 + 20) * 0.001024)),
        # 1024 / 64000 = 16 ms exactly is not longer than 16 ms: 72 - 40 + 28 + 16 = 76 bits in blocks of 40
        Case("a symbol of 16 ms", (9, 10, 64000, 1, 8, True, True), close((12.25 + 8 + 10) * 0.016)),
        # -48 + 28 - 20 = -40 bits: no block
        Case("nothing but a preamble", (0, 12, 125000, 1, 8, False, False), close((12.25 + 8) * 0.032768)),
    ]
