from __future__ import annotations

import json

import pytest

from gpiot_data.packages.archive import Document

SCRIPT = '''"""
Smoothing a sensor signal
=========================

We smooth a noisy signal.
"""

# Authors: somebody

import numpy as np
import unused
from toy import smooth, peaks

# %%
# Generate the signal
# -------------------
# We generate a noisy sine wave of one second.

fs = 100  # sampling rate in Hz
rng = np.random.default_rng(0)
t = np.arange(fs) / fs
x = np.sin(t) + rng.normal(size=fs)

# %%
# Now we smooth the signal with a window of five samples:

y = smooth(x, 5)  # the window
print(y.shape)

####################################################
# Plot the peaks
# --------------
import matplotlib.pyplot as plt

plt.plot(t, y)
plt.plot(peaks(y))
plt.show()
'''


@pytest.fixture
def notebook():
    """Makes a notebook of (kind, source, outputs...) for each cell."""

    def make(*cells) -> bytes:
        made = []
        for kind, source, *outputs in cells:
            cell = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
            made.append({**cell, "outputs": outputs, "execution_count": None} if kind == "code" else cell)
        return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": "python"}}, "cells": made}, ensure_ascii=False).encode()

    return make


@pytest.fixture
def script() -> Document:
    return Document("toy-1/examples/plot_smooth.py", "script", SCRIPT.encode())
