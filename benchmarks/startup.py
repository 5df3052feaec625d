"""How long `--help` of each command takes: python benchmarks/startup.py [--json] [--quick].

Prints the median and the largest of several runs in seconds, each a new process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

COMMANDS = ("gpiot-data", "gpiot-train", "gpiot-infer")


def measure(command: str, runs: int) -> list[float]:
    """Return the wall time in seconds of each of `runs` calls of `command --help`."""
    program = str(Path(sys.executable).parent / command)
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        subprocess.run([program, "--help"], check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - started)
    return seconds


def main() -> None:
    """Measure all commands and print a table, with --json also one JSON object as the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--quick", action="store_true", help="3 runs instead of 15")
    options = parser.parse_args()
    runs = 3 if options.quick else 15
    results = {command: measure(command, runs) for command in COMMANDS}
    print(f"{'command':<14}{'median s':>10}{'max s':>10}   ({runs} runs)")
    for command, seconds in results.items():
        print(f"{command:<14}{statistics.median(seconds):>10.3f}{max(seconds):>10.3f}")
    if options.json:
        medians = {command: round(statistics.median(seconds), 3) for command, seconds in results.items()}
        print(json.dumps({"runs": runs, "quick": options.quick, "median_seconds": medians}, sort_keys=True))


if __name__ == "__main__":
    main()
