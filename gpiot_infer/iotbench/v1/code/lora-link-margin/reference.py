from math import log10, pi


def link_margin(
    tx_power_dbm: float,
    tx_gain_dbi: float,
    rx_gain_dbi: float,
    losses_db: float,
    frequency_mhz: float,
    distance_km: float,
    bandwidth_khz: float,
    noise_figure_db: float,
    required_snr_db: float,
) -> float:
    """Return the received power minus the sensitivity of the receiver, in dB."""
    wavelength = 299.792458 / frequency_mhz
    path_loss = 20 * log10(4000 * pi * distance_km / wavelength)
    received = tx_power_dbm + tx_gain_dbi + rx_gain_dbi - losses_db - path_loss
    # 10 log10 of the bandwidth in hertz: 30 dB more than that of kilohertz
    sensitivity = 10 * log10(bandwidth_khz) - 144 + noise_figure_db + required_snr_db
    return received - sensitivity
