def chain_energy(gaps: list[float], bits: int) -> list[float]:
    """Return what each node of a chain spends on its radio in one round, in joule."""
    energies = []
    for node, gap in enumerate(gaps):
        sent = bits * (len(gaps) - node)
        received = sent - bits
        energies.append(50e-9 * (sent + received) + 100e-12 * sent * gap**2)
    return energies
