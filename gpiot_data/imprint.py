"""What a person says of a published version that no build can know: when it came out, where it is, and who answers for it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass

from gpiot_data.errors import BadManifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """The day of a version as YYYY-MM-DD, the page where it can be had, and the names of the groups that made it."""

    date: str
    url: str
    creators: tuple[str, ...]

    def __post_init__(self) -> None:
        """Check all three.

        Raises:
            BadManifest: naming the key and the value.
        """
        try:
            sound = bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", self.date)) and bool(datetime.date.fromisoformat(self.date))
        except ValueError:
            sound = False
        if not sound:
            raise BadManifest(f"imprint.date: expected a day such as '2026-11-22', got {self.date!r}")
        if not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", self.url):
            raise BadManifest(f"imprint.url: expected an address that starts with https://, got {self.url!r}")
        if not self.creators or not all(name.strip() for name in self.creators):
            raise BadManifest("imprint.creators: expected at least one name")
