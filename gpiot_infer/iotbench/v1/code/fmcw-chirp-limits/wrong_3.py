def chirp_limits(start_ghz, slope_mhz_us, adc_start_us, sample_ksps, samples, chirp_us, chirps, transmitters):
    c = 299792458.0
    slope = slope_mhz_us * 1e12
    fs = sample_ksps * 1e3
    bandwidth = slope * samples / fs
    lam = c / (start_ghz * 1e9)
    tc = chirp_us * 1e-6 * transmitters
    return c / (2 * bandwidth), fs * c / (2 * slope), lam / (4 * tc), lam / (2 * chirps * tc)
