"""What an artefact says of itself: the modules it offers, its metadata, its licence."""

from __future__ import annotations

from pathlib import Path

from gpiot_data.sources.layout import top_level_modules
from gpiot_data.sources.licences import is_notice
from gpiot_data.sources.members import Limits, read_members
from gpiot_data.sources.packages import PackageSource, fetch_package


def read_facts(artefact: Path) -> tuple[tuple[str, ...], dict[str, bytes]]:
    """Return the top-level modules of an artefact, and its metadata and licence texts by path below the root folder.

    Raises:
        BadSource: if the archive is damaged or breaks a limit.
    """
    limits = Limits()
    inners: list[str] = []

    def wanted(_: str, inner: str) -> int | None:
        inners.append(inner)
        return limits.max_file_bytes if is_notice(inner) else None

    notices = {member.inner: member.data for member in read_members(artefact, wanted, limits) if member.data is not None}
    return top_level_modules(inners), notices


def modules_of(source: PackageSource) -> tuple[str, ...]:
    """Return the modules that a source is read for; where its corpus leaves them out, those that the artefact offers.

    Raises:
        BadSource: if the artefact has to be read and cannot be had, or is damaged.
        RemoteError: if it has to be fetched and no index answers.
    """
    return source.modules or read_facts(fetch_package(source))[0]
