def chain_energy(gaps, bits):
    n = len(gaps)
    return [(n - i) * bits * (50e-9 + 100e-12 * gap**2) for i, gap in enumerate(gaps)]
