import math


def link_margin(
    tx_power_dbm, tx_gain_dbi, rx_gain_dbi, losses_db, frequency_mhz, distance_km, bandwidth_khz, noise_figure_db, required_snr_db
):
    wavelength = 299792458.0 / (frequency_mhz * 1e6)
    path_loss = 10 * math.log10(4 * math.pi * distance_km * 1e3 / wavelength)
    eirp = tx_power_dbm + tx_gain_dbi
    sensitivity = -174 + 10 * math.log10(bandwidth_khz * 1e3) + noise_figure_db + required_snr_db
    return eirp - path_loss + rx_gain_dbi - losses_db - sensitivity
