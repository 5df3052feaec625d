def chain_energy(gaps, bits):
    return [50e-9 * bits * (2 * i + 1) + 100e-12 * bits * (i + 1) * gap**2 for i, gap in enumerate(gaps)]
