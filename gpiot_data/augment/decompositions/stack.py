"""How much memory the interpreter and the libraries take that a text calls, on a computer with an operating system."""

from __future__ import annotations

import re

from gpiot_data.augment.decompositions.sizes import NETWORKS
from gpiot_data.augment.ontology.model import Ontology

_LIBRARY = re.compile(r"`([a-z]\w*)(?:\.\w+)*`")


def stack_mib(text: str, size: str, ontology: Ontology) -> int:
    """Return what the interpreter takes resident with the largest of the libraries named, in MiB.

    Large libraries load the smaller ones themselves, so the largest decides. `size` is how the model's parameters are counted: networks
    need a runtime of their own.
    """
    known = ontology.resources["stack_mib"]
    largest = max([known["interpreter"], *(known[name] for name in _LIBRARY.findall(text) if name in known)])
    return int(largest + (known["network"] if size in NETWORKS else 0))
