def chirp_limits(start_ghz, slope_mhz_us, adc_start_us, sample_ksps, samples, chirp_us, chirps, transmitters):
    c = 299792458.0
    slope = slope_mhz_us * 1e12
    fs = sample_ksps * 1e3
    t_adc = samples / fs
    bandwidth = slope * t_adc
    fc = start_ghz * 1e9 + slope * (adc_start_us * 1e-6 + t_adc / 2)
    lam = c / fc
    tc = chirp_us * 1e-6
    return c / (2 * bandwidth), fs * c / (2 * slope), lam / (4 * tc), lam / (2 * chirps * tc)
