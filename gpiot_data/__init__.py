"""Builds the Task Decomposition and Code Generation Datasets from papers and packages."""

__version__ = "0.1.0"
