import math


def link_margin(
    tx_power_dbm, tx_gain_dbi, rx_gain_dbi, losses_db, frequency_mhz, distance_km, bandwidth_khz, noise_figure_db, required_snr_db
):
    path_loss = 32.44 + 20 * math.log10(frequency_mhz) + 20 * math.log10(distance_km)
    received = tx_power_dbm + tx_gain_dbi + rx_gain_dbi - losses_db - path_loss
    sensitivity = -174 + 10 * math.log10(bandwidth_khz) + noise_figure_db + required_snr_db
    return received - sensitivity
