"""Running code that nobody has read: one interface over bubblewrap, over Landlock, and over bare limits.

    sandbox = open_sandbox("auto", Environment(Path(".venv/bin/python"), name="demo"))
    outcome = sandbox.run(Job(program="import gpiot_job; gpiot_job.result(b'42')"))

What a job prints and returns is data from a stranger. Nothing here unpickles it, evaluates it or takes an exit status for a verdict.
"""

from gpiot_data.sandbox.medium import MediumSandbox
from gpiot_data.sandbox.model import Environment, Job, Level, Limits, Outcome, Sandbox, Status
from gpiot_data.sandbox.open import CHOICES, Choice, open_sandbox
from gpiot_data.sandbox.pool import map_in_sandboxes
from gpiot_data.sandbox.probe import Probe, probe
from gpiot_data.sandbox.run import Host
from gpiot_data.sandbox.strong import StrongSandbox
from gpiot_data.sandbox.weak import WeakSandbox
from gpiot_data.sandbox.zygote import Zygote

__all__ = [
    "CHOICES",
    "Choice",
    "Environment",
    "Host",
    "Job",
    "Level",
    "Limits",
    "MediumSandbox",
    "Outcome",
    "Probe",
    "Sandbox",
    "Status",
    "StrongSandbox",
    "WeakSandbox",
    "Zygote",
    "map_in_sandboxes",
    "open_sandbox",
    "probe",
]
