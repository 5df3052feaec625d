from gpiot_infer.iotbench.cases import Case, equal

PING = b"\xd0\x00"
# "t/x" and the payload "21.5" at QoS 0: 2 + 3 + 4 bytes
PLAIN = b"\x30\x09\x00\x03t/x21.5"
PLAIN_MESSAGE = {"topic": "t/x", "payload": b"21.5", "qos": 0, "retain": False, "dup": False, "packet_id": None}


def _message(topic: str, payload: bytes, qos: int, retain: bool, dup: bool, packet_id: int | None) -> dict[str, object]:
    return {"topic": topic, "payload": payload, "qos": qos, "retain": retain, "dup": dup, "packet_id": packet_id}


def _malformed(name: str, packet: bytes) -> list[Case]:
    """A malformed packet after a good one; one byte short it is only incomplete."""
    found = ([PLAIN_MESSAGE], len(PLAIN), True)
    cut = ([PLAIN_MESSAGE], len(PLAIN), False)
    return [
        Case(name, (PLAIN + packet + PLAIN,), equal(found)),
        Case(f"{name}, at the end", (PLAIN + packet,), equal(found)),
        Case(f"{name}, one byte missing", (PLAIN + packet[:-1],), equal(cut)),
    ]


def _good() -> list[Case]:
    flagged = b"\x3d\x0c\x00\x05a/b/c\x12\x34\x00\x01\xff"
    second = b"\x33\x08\x00\x02p1\x00\x01hi"
    retained_empty = b"\x31\x03\x00\x01q"
    accent = b"\x30\x09\x00\x07" + "t\u00e9mp\u00b0".encode()
    long_payload = bytes(range(256)) * 80
    long = b"\x32" + b"\x87\xa0\x01" + b"\x00\x03big\x01\x00" + long_payload
    wide = b"\x30\x89\x80\x80\x00" + PLAIN[2:]
    at_128 = b"\x30\x80\x01\x00\x01z" + bytes(125)
    return [
        Case("one message", (PLAIN,), equal(([PLAIN_MESSAGE], 11, False))),
        Case("nothing", (b"",), equal(([], 0, False))),
        Case("QoS 2, DUP, RETAIN", (flagged,), equal(([_message("a/b/c", b"\x00\x01\xff", 2, True, True, 0x1234)], 14, False))),
        Case("QoS 1 with identifier 1", (second,), equal(([_message("p1", b"hi", 1, True, False, 1)], 10, False))),
        Case("empty retained payload", (retained_empty,), equal(([_message("q", b"", 0, True, False, None)], 5, False))),
        Case("QoS 1, empty payload", (b"\x32\x05\x00\x01q\x00\x02",), equal(([_message("q", b"", 1, False, False, 2)], 7, False))),
        Case("topic beyond ASCII", (accent,), equal(([_message("t\u00e9mp\u00b0", b"", 0, False, False, None)], 11, False))),
        Case("20487 bytes", (long,), equal(([_message("big", long_payload, 1, False, False, 256)], 20491, False))),
        Case("length in four bytes", (wide,), equal(([PLAIN_MESSAGE], 14, False))),
        Case("length of 128", (at_128,), equal(([_message("z", bytes(125), 0, False, False, None)], 131, False))),
        Case("length of 127", (b"\x30\x7f" + at_128[3:-1],), equal(([_message("z", bytes(124), 0, False, False, None)], 129, False))),
        Case("DUP at QoS 1", (b"\x3a\x06\x00\x01q\xff\xff!",), equal(([_message("q", b"!", 1, False, True, 65535)], 8, False))),
        Case(
            "others between", (PING + PLAIN + b"\x20\x02\x00\x00" + PLAIN + b"\x40\x02\x00\x07",), equal(([PLAIN_MESSAGE] * 2, 32, False))
        ),
        Case("skipped unread", (b"\x10\x03\x00\x00\x00" + b"\xe0\x00" + PLAIN,), equal(([PLAIN_MESSAGE], 18, False))),
    ]


def cases() -> list[Case]:
    """Good packets, one cut everywhere, then each reason to stop."""
    cuts = [Case(f"cut after {count} bytes", (PING + PLAIN[:count],), equal(([], 2, False))) for count in (1, 2, 3, 10)]
    return [
        *_good(),
        *cuts,
        *_malformed("QoS 3", b"\x36\x07\x00\x01q\x00\x01hi"),
        *_malformed("DUP at QoS 0", b"\x38\x05\x00\x01qhi"),
        *_malformed("empty topic", b"\x30\x04\x00\x00hi"),
        *_malformed("wildcard +", b"\x30\x05\x00\x03a/+"),
        *_malformed("wildcard #", b"\x30\x05\x00\x03a/#"),
        *_malformed("null character", b"\x30\x05\x00\x03a\x00b"),
        *_malformed("not UTF-8", b"\x30\x05\x00\x03a\xffb"),
        *_malformed("topic longer than the body", b"\x30\x05\x00\x04abc"),
        *_malformed("body of one byte", b"\x30\x01\x00"),
        *_malformed("no room for the identifier", b"\x32\x04\x00\x01q\x01"),
        *_malformed("identifier 0", b"\x32\x05\x00\x01q\x00\x00"),
        *_malformed("type 0", b"\x00\x01x"),
        *_malformed("type 15", b"\xf0\x01x"),
        *_malformed("length without end", b"\x30\xff\xff\xff\xff"),
        *_malformed("length without end in a packet to skip", b"\xc0\x80\x80\x80\x80"),
    ]
