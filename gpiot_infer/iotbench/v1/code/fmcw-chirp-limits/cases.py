from fractions import Fraction

from gpiot_infer.iotbench.cases import Case, check, close, every


def limits(start, slope, delay, rate, samples, period, chirps, transmitters):
    """Work the four limits out in exact fractions, in units of m, us and MHz, where light covers 299.792458 m in a microsecond."""
    start, slope, delay, rate, period = (Fraction(str(value)) for value in (start, slope, delay, rate, period))
    light = Fraction(299792458, 10**6)
    sampling = samples / (rate / 1000)
    wavelength = light / (start * 1000 + slope * delay + slope * sampling / 2)
    shift = wavelength / (2 * period * transmitters)  # m/us for one turn of phase between two chirps
    exact = (light / (slope * sampling * 2), light * rate / 1000 / slope / 2, shift / 2 * 10**6, shift / chirps * 10**6)
    return close(tuple(float(value) for value in exact), rtol=1e-11)


def case(name, *arguments):
    """Return the case of a configuration."""
    return Case(name, arguments, limits(*arguments))


def near(*wanted):
    """Accept values that agree with figures known from hand calculation to one part in a hundred."""
    return check(lambda result: None if all(abs(r / w - 1) < 0.01 for r, w in zip(result, wanted, strict=True)) else f"got {result}")


def cases() -> list[Case]:
    # 4 GHz in 40 us at 77 GHz: 3.75 cm resolution, 15 m range, 0.038 m wavelength at 79 GHz over 4 * 50 us: 18.97 m/s.
    wide = (77.0, 100.0, 0.0, 10000.0, 400, 50.0, 64, 1)
    return [
        Case("four gigahertz sweep", wide, every(limits(*wide), near(0.0375, 15.0, 18.97, 0.593))),
        case("short range, two transmitters", 77.0, 79.0, 6.0, 8000.0, 256, 45.0, 128, 2),
        case("medium range, three transmitters", 76.01, 15.0, 5.0, 15000.0, 256, 27.5, 128, 3),
        case("60 GHz vital signs", 60.25, 64.985, 7.0, 2000.0, 96, 391.55, 16, 2),
        case("24 GHz, narrow band", 24.0, 0.5, 12.0, 500.0, 128, 300.0, 32, 1),
        case("long chirp, long delay", 57.5, 20.0, 40.0, 5000.0, 512, 160.0, 255, 4),
    ]
