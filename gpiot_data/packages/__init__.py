"""Package artefact -> symbols -> docstrings and examples -> code generation pairs; nothing is imported or unpacked."""
