"""What the three commands share: one sentence for every error, the right exit code, logs on stderr."""

from __future__ import annotations

import logging
import sys
import unicodedata
from collections.abc import Callable
from typing import Any, TypeVar

import click

from gpiot_data.errors import GpiotError, InputError
from gpiot_data.store import canonical_json

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def run(command: click.Command) -> None:
    """Run a click command and end the process with the exit code that errors.py promises."""
    try:
        status = command.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        status = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted; run the same command again to go on from here", err=True)
        status = 130
    except GpiotError as error:
        click.echo(f"error: {error}", err=True)
        status = error.exit_code
    except BrokenPipeError:
        # The reader of our output went away (`| head`): nothing to report, and nobody to report it to.
        sys.stderr.close()
        status = 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        click.echo(f"error: {place}{error.strerror or error}", err=True)
        status = InputError.exit_code
    sys.exit(status if isinstance(status, int) else 0)


def json_option(command: CommandT) -> CommandT:
    """Add `--json`: one JSON object on stdout instead of text for people."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(command)


def verbose_option(command: CommandT) -> CommandT:
    """Add `-v`: log what is going on to stderr."""

    def configure(_context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        logging.basicConfig(level=logging.INFO if value else logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)

    return click.option("-v", "--verbose", is_flag=True, expose_value=False, callback=configure, help="Say more on stderr.")(command)


def printable(text: str) -> str:
    """Return `text` with control and formatting characters replaced, so that what a source or model wrote cannot drive the terminal."""
    return "".join("\ufffd" if char not in "\n\t" and unicodedata.category(char)[0] == "C" else char for char in text)


def say(text: str) -> None:
    """Print a line for people, on stderr."""
    click.echo(text, err=True)


def emit(value: Any) -> None:
    """Print one JSON object on stdout."""
    click.echo(canonical_json(value))
