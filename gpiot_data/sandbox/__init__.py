"""Running code that nobody has read: one interface over bubblewrap, over Landlock, and over bare limits.

    environment = Environment(Path(".venv/bin/python"), name="demo")
    with open_sandbox("auto", environment) as sandbox: ...

What a job prints and returns is data from a stranger. Nothing here unpickles it, evaluates it or takes an exit status for a verdict.
"""

from gpiot_data.sandbox.model import Environment, Job, Level, Limits, Outcome, Sandbox, Status
from gpiot_data.sandbox.open import open_sandbox
from gpiot_data.sandbox.zygote import Zygote

__all__ = ["Environment", "Job", "Level", "Limits", "Outcome", "Sandbox", "Status", "Zygote", "open_sandbox"]
