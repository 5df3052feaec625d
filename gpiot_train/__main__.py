"""Lets `python -m gpiot_train` do what the command `gpiot-train` does."""

from __future__ import annotations

from gpiot_train.cli import main

if __name__ == "__main__":
    main()
