"""The process that reads one PDF: python -m gpiot_data.papers.worker PDF ENGINE CPU_SECONDS MEMORY_MIB; prints one JSON object."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from gpiot_data.errors import BadPdf, UsageError
from gpiot_data.papers.isolation import MEMORY_EXIT
from gpiot_data.papers.pdf import Engine
from gpiot_data.papers.sections import read_blocks


def limit(cpu_s: int, memory_mib: int) -> None:
    """Bound this process; systems without such limits (Windows) are bounded by the caller's wall clock alone."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    memory = memory_mib << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory if most == resource.RLIM_INFINITY else min(memory, most), most))


def describe(path: Path, engine: Engine) -> dict[str, Any]:
    """Return the blocks of a PDF, or the reason why there are none."""
    try:
        title, blocks, pages, hidden = read_blocks(path, engine)
    except BadPdf as error:
        return {"reason": error.reason, "detail": error.detail}
    except UsageError as error:
        return {"usage": str(error)}
    return {"title": title, "blocks": [asdict(block) for block in blocks], "pages": pages, "hidden_chars": hidden}


def main() -> None:
    """Read the PDF that the arguments name."""
    path, engine, cpu_s, memory_mib = sys.argv[1:]
    limit(int(cpu_s), int(memory_mib))
    # What libraries print themselves must not get between the JSON.
    out = os.dup(1)
    os.dup2(2, 1)
    try:
        found = json.dumps(describe(Path(path), cast(Engine, engine)))
    except MemoryError:
        os._exit(MEMORY_EXIT)
    with os.fdopen(out, "w") as stream:
        stream.write(found)


if __name__ == "__main__":
    main()
