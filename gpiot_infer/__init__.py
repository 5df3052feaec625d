"""From a requirement in plain words to sub-tasks, specifications, code and documentation, on one base model in memory."""

from __future__ import annotations

__version__ = "0.1.0"
