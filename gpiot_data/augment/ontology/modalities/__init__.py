"""Sensors, one YAML file for each family."""
