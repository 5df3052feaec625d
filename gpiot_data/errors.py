"""What can go wrong, and the exit code each kind of trouble ends a command with.

    GpiotError                  1   ran, but the result is not good enough
    +-- QualityGateFailed       1   a gate failed: drop rate, lock mismatch, no well-formed answer
    +-- UsageError              2   the call itself is wrong
    +-- InputError              3   bad input: a file, a manifest, a recipe
    |   +-- BadManifest         3   corpus, manifest or recipe: unknown key, wrong type, missing value
    |   +-- BadSource           3   a source that is not what its corpus says (hash, kind, place)
    |   |   +-- BadPdf          3   a PDF that cannot be read
    |   +-- BadDataset          3   a dataset folder that does not match its lock
    |   +-- BadAdapters         3   an adapter folder that is missing, incomplete or made for another base
    |   +-- MissingWeights      3   model weights that are not installed or not where the recipe says
    +-- RemoteError             4   a registry, teacher or Hub that did not answer after retries
    +-- SandboxUnavailable      5   no sandbox of the level that was asked for, or that the code needs

A message is one sentence: what happened, the value or path, what to do. A single bad item of a
large input is no exception: the stage yields `Rejected` with the reason and goes on.
"""

from __future__ import annotations


class GpiotError(Exception):
    """Base of every error that a command reports as one sentence."""

    exit_code = 1


class QualityGateFailed(GpiotError):
    """The command ran to its end, but the result does not pass a gate."""


class UsageError(GpiotError):
    """The command line is wrong in a way that click cannot see."""

    exit_code = 2


class InputError(GpiotError):
    """A file or value given by the user cannot be used."""

    exit_code = 3


class BadManifest(InputError):
    """A corpus, manifest or recipe does not follow its schema."""


class BadSource(InputError):
    """A source is missing or is not the file that the corpus pins."""


class BadPdf(BadSource):
    """A PDF that cannot be read.

    `reason` is a stable word and `detail` a sentence; neither names the place of the file, which differs between machines.
    """

    def __init__(self, place: object, detail: str, reason: str) -> None:
        super().__init__(f"{place}: {detail}")
        self.detail = detail
        self.reason = reason


class BadDataset(InputError):
    """A dataset folder is incomplete or differs from its lock."""


class BadAdapters(InputError):
    """An adapter folder is missing, incomplete, or belongs to another base model."""


class MissingWeights(InputError):
    """Model weights are not where they were looked for."""


class RemoteError(GpiotError):
    """Another machine did not answer as needed, after retries."""

    exit_code = 4


class SandboxUnavailable(GpiotError):
    """No sandbox here isolates as well as the code to run needs; nothing was run."""

    exit_code = 5
