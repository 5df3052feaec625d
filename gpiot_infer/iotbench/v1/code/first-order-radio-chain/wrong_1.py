def chain_energy(gaps, bits):
    energies, distance = [], 0.0
    for gap in gaps:
        distance += gap
        energies.append(50e-9 * bits + 100e-12 * bits * distance**2)
    return energies
