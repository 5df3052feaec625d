from gpiot_infer.iotbench.cases import Case, equal

F1, F2 = 868_100_000, 868_300_000
# SF7: a symbol of 1024 us, critical section after 3072 us; SF10: 8192 us and 24576 us
SF7_LOCK, SF10_LOCK = 3072, 24576


def cases() -> list[Case]:
    """Pairs at the very edges of overlap and of capture, then a busy channel worked out by hand."""
    alone = [(0, 50_000, F1, 7, -120)]
    level = [(0, 50_000, F1, 7, -100), (20_000, 50_000, F1, 7, -100)]
    capture = [(0, 50_000, F1, 7, -94), (20_000, 50_000, F1, 7, -100)]
    short = [(0, 50_000, F1, 7, -95), (20_000, 50_000, F1, 7, -100)]
    apart = [(0, 50_000, F1, 7, -100), (20_000, 50_000, F2, 7, -100), (10_000, 60_000, F1, 8, -90)]
    # The second packet locks on at the very moment that the first one ends; then 1 us too early.
    just_out = [(0, 50_000, F1, 7, -80), (50_000 - SF7_LOCK, 50_000, F1, 7, -110)]
    just_in = [(0, 50_000, F1, 7, -80), (50_000 - SF7_LOCK - 1, 50_000, F1, 7, -110)]
    slow_out = [(900_000 - SF10_LOCK, 700_000, F1, 10, -130), (200_000, 700_000, F1, 10, -80)]
    slow_in = [(900_000 - SF10_LOCK - 1, 700_000, F1, 10, -130), (200_000, 700_000, F1, 10, -80)]
    touching = [(50_000, 50_000, F1, 7, -80), (0, 50_000, F1, 7, -110)]
    over_by_one = [(49_999, 50_000, F1, 7, -80), (0, 50_000, F1, 7, -110)]
    # b is lost to a, yet still spoils c; d comes when only c is left in its preamble.
    chain = [
        (0, 60_000, F1, 7, -80),
        (40_000, 60_000, F1, 7, -90),
        (70_000, 60_000, F1, 7, -93),
        (128_000, 60_000, F1, 7, -125),
    ]
    crowd = [(1000 * k, 80_000, F1, 9, power) for k, power in enumerate((-100, -88, -101, -94, -107))]
    # Two rivals of -88 and -89 dBm add up to more than -82 - 6 dBm: only single packets are compared.
    single = [(5_000, 80_000, F1, 7, -82), (6_000, 80_000, F1, 7, -88), (7_000, 80_000, F1, 7, -89)]
    twins = [(0, 50_000, F1, 7, -90)] * 2
    return [
        Case("alone", (alone,), equal([True])),
        Case("equal power", (level,), equal([False, False])),
        Case("6 dB are enough", (capture,), equal([True, False])),
        Case("5 dB are not", (short,), equal([False, False])),
        Case("other channel or spreading factor", (apart,), equal([True, True, True])),
        Case("only the early preamble overlapped", (just_out,), equal([True, True])),
        Case("one microsecond of the critical section", (just_in,), equal([True, False])),
        Case("early preamble at SF10", (slow_out,), equal([True, True])),
        Case("critical section at SF10", (slow_in,), equal([False, True])),
        Case("back to back", (touching,), equal([True, True])),
        Case("starts within the last microsecond", (over_by_one,), equal([True, False])),
        Case("lost packets disturb too", (chain,), equal([True, False, False, True])),
        Case("a crowd", (crowd,), equal([False, True, False, False, False])),
        Case("rivals are not summed", (single,), equal([True, False, False])),
        Case("twins", (twins,), equal([False, False])),
        Case("nothing sent", ([],), equal([])),
    ]
