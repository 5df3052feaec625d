LIGHT = 299792458.0


def chirp_limits(
    start_ghz: float,
    slope_mhz_us: float,
    adc_start_us: float,
    sample_ksps: float,
    samples: int,
    chirp_us: float,
    chirps: int,
    transmitters: int,
) -> tuple[float, float, float, float]:
    """Return range resolution, maximum range, maximum velocity and velocity resolution."""
    slope = slope_mhz_us * 1e12
    rate = sample_ksps * 1e3
    sampling = samples / rate
    centre = start_ghz * 1e9 + slope * (adc_start_us * 1e-6 + sampling / 2)
    wavelength = LIGHT / centre
    interval = transmitters * chirp_us * 1e-6
    return (
        LIGHT / (2 * slope * sampling),
        LIGHT * rate / (2 * slope),
        wavelength / (4 * interval),
        wavelength / (2 * chirps * interval),
    )
