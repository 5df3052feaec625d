"""Galleries, tutorials and documentation pages -> sections of text and code -> programs that stand alone."""
