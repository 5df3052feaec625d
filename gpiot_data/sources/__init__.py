"""Corpus lists -> verified files: PDFs where they lie, package artefacts in the cache."""
