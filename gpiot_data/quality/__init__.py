"""Stages that decide which rows stay: duplicates, splits."""
