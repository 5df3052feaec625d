"""`gpiot-data`: build datasets, fetch their sources, look at rows."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from gpiot_data import __version__, console


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gpiot-data")
def cli() -> None:
    """Build training sets for IoT code from papers and Python packages."""


def jobs_option(command: console.CommandT) -> console.CommandT:
    """Add `--jobs`."""
    option = click.option(
        "--jobs",
        type=click.IntRange(min=1),
        default=lambda: min(4, os.cpu_count() or 1),
        show_default="cores, at most 4",
        help="Worker processes.",
    )
    return option(command)


def sandbox_option(command: console.CommandT) -> console.CommandT:
    """Add `--sandbox`; a lower level than `auto` gives is never taken unless somebody types it here."""
    option = click.option(
        "--sandbox",
        type=click.Choice(["auto", "strong", "medium", "weak", "weak-as-root"]),
        help="How programs are isolated; weak runs them with your rights.  [default: by the manifest, else auto]",
    )
    return option(command)


@cli.command()
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Dataset folder.  [default: out/NAME]")
@click.option("--teacher", type=click.Choice(["rules"]), help="Who writes the text of pairs; over the manifest's choice.")
@jobs_option
@sandbox_option
@click.option("--locked", is_flag=True, help="Exit with 1 if the result differs from the lock beside the manifest.")
@console.json_option
@console.verbose_option
def build(
    manifest: Path,
    out: Path | None,
    teacher: Literal["rules"] | None,
    jobs: int,
    sandbox: str | None,
    locked: bool,
    as_json: bool,
) -> None:
    """Build a dataset folder and its lock; an interrupted build goes on where it stopped."""
    from gpiot_data import pipeline

    result = pipeline.build(manifest, out, jobs, console.say, teacher=teacher, sandbox=sandbox)
    if locked:
        pipeline.check_lock(result, manifest)
    if as_json:
        outputs = {entry["path"]: entry["rows"] for entry in result.lock["outputs"]}
        console.emit(
            {"folder": str(result.folder), "dataset_sha256": result.lock["dataset_sha256"], "rows": outputs, "reused": result.reused}
        )
    else:
        click.echo(result.folder)


@cli.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--pin", "pins", multiple=True, metavar="NAME[==VERSION]", help="Add this package to the corpus file; may be repeated.")
@click.option("--license", "licence", metavar="SPDX", help="With --pin: the licence, where you read it and the files do not tell it.")
@console.json_option
@console.verbose_option
def fetch(corpus: Path, pins: tuple[str, ...], licence: str | None, as_json: bool) -> None:
    """Fetch and verify the sources of a corpus: packages into the cache, papers where they lie; what is there is not fetched again."""
    from gpiot_data.fetch import fetch_corpus, pin_packages

    if licence is not None and not pins:
        raise click.UsageError("--license goes with --pin")
    fetched = pin_packages(corpus, pins, licence, console.say) if pins else fetch_corpus(corpus, console.say)
    if as_json:
        console.emit([{"id": name, "path": str(path)} for name, path in fetched])
    else:
        for _, path in fetched:
            click.echo(path)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("row_id", required=False)
@click.option("--sample", type=click.IntRange(min=1), help="Show this many rows, drawn by --seed.")
@click.option("--seed", type=int, help="Of the sample.  [default: the first 8 hex digits of the dataset's hash]")
@click.option(
    "--kind", type=click.Choice(["decomposition", "description", "implementation", "example"]), help="Draw rows of this kind only."
)
@console.json_option
def show(folder: Path, row_id: str | None, sample: int | None, seed: int | None, kind: str | None, as_json: bool) -> None:
    """Show one row of a dataset, or a random sample, with where it comes from."""
    from gpiot_data.show import choose_rows, render_row

    for row in choose_rows(folder, row_id, sample, seed, kind):
        if as_json:
            console.emit(row)
        else:
            click.echo(console.printable(render_row(row)))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--execute", is_flag=True, help="Also run every program again and compare the verdicts.")
@click.option("--manifest", type=click.Path(path_type=Path), help="Where to find the papers.  [default: what run.json names]")
@jobs_option
@sandbox_option
@console.json_option
@console.verbose_option
def verify(folder: Path, execute: bool, manifest: Path | None, jobs: int, sandbox: str | None, as_json: bool) -> None:
    """Check a dataset folder against its lock and its sources; exit with 1 if anything differs. Writes nothing to it."""
    from gpiot_data.reexecute import verify_folder

    answer = verify_folder(folder, manifest, console.say, execute=execute, jobs=jobs, sandbox=sandbox or "auto")
    if as_json:
        console.emit(answer.to_json(folder))
    else:
        for sentence in answer.wrong:
            click.echo(console.printable(sentence))
    answer.raise_if_wrong(folder)


@cli.command("verify-env")
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--pin", is_flag=True, help="Resolve anew and record the result beside the manifest.")
@console.json_option
@console.verbose_option
def verify_env(manifest: Path, pin: bool, as_json: bool) -> None:
    """Make the environments in which a corpus' examples run; goes on where it stopped."""
    from gpiot_data.verify_env import make_environments

    environments, places = make_environments(manifest, pin, console.say)
    if as_json:
        console.emit({**environments.to_json(), "places": [str(place) for place in places]})
    else:
        for place in places:
            click.echo(place)


@cli.command()
@console.json_option
def env(as_json: bool) -> None:
    """Print versions, the sandbox level and why, and what the cache holds; no secrets."""
    from gpiot_data.about import describe, render

    facts = describe()
    if as_json:
        console.emit(facts)
    else:
        click.echo(render(facts))


def main() -> None:
    """Run the command line and exit with its code."""
    console.run(cli)
