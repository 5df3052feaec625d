import numpy as np


def locate_target(snapshots: np.ndarray, wavelength: float, chirp_s: float, grid_deg: np.ndarray) -> tuple[float, float]:
    """Return velocity and angle of the strongest target."""
    transmitters, loops, receivers = snapshots.shape
    doppler = np.fft.fft(snapshots, axis=1)
    strongest = np.argmax(np.linalg.norm(doppler, axis=(0, 2)))
    turn = np.arange(transmitters)
    # Turns of phase from one chirp to the next under each hypothesis about the Doppler alias.
    cycles = (strongest / loops + turn) / transmitters
    delays = np.exp(-2j * np.pi * np.outer(cycles, turn))
    aligned = delays[:, :, np.newaxis] * doppler[:, strongest, :]
    elements = np.arange(transmitters * receivers)
    steering = np.exp(-1j * np.pi * np.outer(elements, np.sin(np.radians(grid_deg))))
    beams = np.abs(aligned.reshape(transmitters, elements.size) @ steering)
    alias, angle = np.unravel_index(np.argmax(beams), beams.shape)
    signed = cycles[alias] - np.floor(cycles[alias] + 0.5)
    return float(signed * wavelength / (2 * chirp_s)), float(grid_deg[angle])
