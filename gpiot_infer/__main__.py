"""Run the command as `python -m gpiot_infer`."""

from __future__ import annotations

from gpiot_infer.cli import main

if __name__ == "__main__":
    main()
