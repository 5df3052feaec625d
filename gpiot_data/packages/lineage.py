"""What every row made of a package says of its origin and of its run."""

from __future__ import annotations

from typing import Protocol

from gpiot_data.schema import SourceRef, Verdict
from gpiot_data.sources.packages import PackageSource

NOT_RUN = Verdict(status="not_run", reason="execution is not part of this build")


class Placed(Protocol):
    """What has a place in an artefact: see `SourceRef`."""

    @property
    def path(self) -> str:
        """Its file inside the archive."""
        ...

    @property
    def lines(self) -> tuple[int, int]:
        """Its first and last line, from 1."""
        ...

    @property
    def span(self) -> tuple[int, int]:
        """Its bytes, [start, end)."""
        ...

    @property
    def span_sha256(self) -> str:
        """The hash of these bytes."""
        ...


def source_ref(source: PackageSource, placed: Placed) -> SourceRef:
    """Return where a row comes from."""
    return SourceRef(
        corpus=source.corpus,
        source=source.id,
        version=source.version,
        sha256=source.sha256,
        span=placed.span,
        span_sha256=placed.span_sha256,
        path=placed.path,
        lines=placed.lines,
    )
