from gpiot_infer.iotbench.cases import Case, equal

CHECK = b"123456789"
# name, width, poly, init, refin, refout, xorout and the published check value of "123456789"
CATALOGUE = [
    ("CRC-3/GSM", 3, 0x3, 0x0, False, False, 0x7, 0x4),
    ("CRC-5/USB", 5, 0x05, 0x1F, True, True, 0x1F, 0x19),
    ("CRC-7/MMC", 7, 0x09, 0x00, False, False, 0x00, 0x75),
    ("CRC-8/SMBUS", 8, 0x07, 0x00, False, False, 0x00, 0xF4),
    ("CRC-12/UMTS", 12, 0x80F, 0x000, False, True, 0x000, 0xDAF),
    ("CRC-15/CAN", 15, 0x4599, 0x0000, False, False, 0x0000, 0x059E),
    ("CRC-16/MODBUS", 16, 0x8005, 0xFFFF, True, True, 0x0000, 0x4B37),
    ("CRC-16/IBM-3740", 16, 0x1021, 0xFFFF, False, False, 0x0000, 0x29B1),
    ("CRC-16/RIELLO", 16, 0x1021, 0xB2AA, True, True, 0x0000, 0x63D0),
    ("CRC-16/DNP", 16, 0x3D65, 0x0000, True, True, 0xFFFF, 0xEA82),
    ("CRC-24/OPENPGP", 24, 0x864CFB, 0xB704CE, False, False, 0x000000, 0x21CF02),
    ("CRC-32/ISO-HDLC", 32, 0x04C11DB7, 0xFFFFFFFF, True, True, 0xFFFFFFFF, 0xCBF43926),
    ("CRC-64/XZ", 64, 0x42F0E1EBA9EA3693, 0xFFFFFFFFFFFFFFFF, True, True, 0xFFFFFFFFFFFFFFFF, 0x995DC9BBDF1939FA),
]


def cases() -> list[Case]:
    """Published check values, then empty messages, for which the register is the start value."""
    published = [Case(name, (CHECK, *parameters), equal(check)) for name, *parameters, check in CATALOGUE]
    return [
        *published,
        Case("empty, reversed", (b"", 16, 0x1021, 0x89EC, True, True, 0x0001), equal(0x3790)),
        Case("empty, not reversed", (b"", 16, 0x1021, 0x89EC, True, False, 0x0001), equal(0x89ED)),
        Case("xorout after reversal", (b"\x00", 8, 0x07, 0x00, False, True, 0x01), equal(0x01)),
    ]
