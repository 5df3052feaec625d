import numpy as np


def locate_target(snapshots, wavelength, chirp_s, grid_deg):
    m_tx, loops, n_rx = snapshots.shape
    spec = np.fft.fft(snapshots, axis=1)
    d = int(np.argmax(np.sum(np.abs(spec) ** 2, axis=(0, 2))))
    x = spec[:, d, :].reshape(-1)
    a = np.exp(1j * np.pi * np.outer(np.sin(np.deg2rad(grid_deg)), np.arange(m_tx * n_rx)))
    angle = grid_deg[int(np.argmax(np.abs(a.conj() @ x)))]
    f = np.fft.fftfreq(loops)[d]
    return float(f * wavelength / (2 * m_tx * chirp_s)), float(angle)
