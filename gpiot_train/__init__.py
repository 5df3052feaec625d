"""Parameter-efficient co-tuning (PECT) of two task paths and their shared adapter on one frozen base model."""

from __future__ import annotations

__version__ = "0.1.0"
