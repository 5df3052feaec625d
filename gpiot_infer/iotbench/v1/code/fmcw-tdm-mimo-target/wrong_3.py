import numpy as np


def locate_target(snapshots, wavelength, chirp_s, grid_deg):
    m_tx, loops, n_rx = snapshots.shape
    spec = np.fft.fft(snapshots, axis=1)
    d = int(np.argmax(np.sum(np.abs(spec) ** 2, axis=(0, 2))))
    a = np.exp(1j * np.pi * np.outer(np.sin(np.deg2rad(grid_deg)), np.arange(m_tx * n_rx)))
    best = (-1.0, 0.0, 0.0)
    for q in range(m_tx):
        adv = (d + q * loops) / (loops * m_tx)
        x = spec[:, d, :] * np.exp(-2j * np.pi * adv * np.arange(m_tx))[:, None]
        beam = np.abs(a.conj() @ x.T.reshape(-1))
        i = int(np.argmax(beam))
        if beam[i] > best[0]:
            best = (beam[i], adv, grid_deg[i])
    adv = (best[1] + 0.5) % 1.0 - 0.5
    return float(adv * wavelength / (2 * chirp_s)), float(best[2])
