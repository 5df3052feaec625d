"""`gpiot-data`: build datasets, fetch their sources, check, compare and publish them, look at rows."""

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
@click.option("--teacher", type=click.Choice(["rules", "chat"]), help="Who writes the text of pairs; over the manifest's choice.")
@click.option("--replay-only", is_flag=True, help="Ask no teacher anything; what was not answered before is rejected.")
@jobs_option
@sandbox_option
@click.option("--locked", is_flag=True, help="Exit with 1 if the result differs from the lock beside the manifest.")
@console.json_option
@console.verbose_option
def build(
    manifest: Path,
    out: Path | None,
    teacher: Literal["rules", "chat"] | None,
    replay_only: bool,
    jobs: int,
    sandbox: str | None,
    locked: bool,
    as_json: bool,
) -> None:
    """Build a dataset folder and its lock; an interrupted build goes on where it stopped."""
    from gpiot_data import pipeline

    result = pipeline.build(manifest, out, jobs, console.say, teacher=teacher, replay_only=replay_only, sandbox=sandbox)
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
@click.option(
    "--pin",
    "pins",
    multiple=True,
    metavar="NAME[==VERSION]|arxiv:ID|doi:DOI",
    help="Add this package or paper to the corpus file; may be repeated.",
)
@click.option("--license", "licence", metavar="SPDX", help="With --pin: the licence, where you read it and nothing else tells it.")
@console.json_option
@console.verbose_option
def fetch(corpus: Path, pins: tuple[str, ...], licence: str | None, as_json: bool) -> None:
    """Fetch and verify the sources of a corpus into the cache; papers that lie beside it stay, and what is there is not fetched again."""
    from gpiot_data.fetch import fetch_corpus, pin_sources

    if licence is not None and not pins:
        raise click.UsageError("--license goes with --pin")
    fetched = pin_sources(corpus, pins, licence, console.say) if pins else fetch_corpus(corpus, console.say)
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


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Build into this empty folder and keep it.  [default: build and delete]")
@click.option("--manifest", type=click.Path(path_type=Path), help="Beside which papers and indexes lie.  [default: what run.json names]")
@jobs_option
@sandbox_option
@console.json_option
@console.verbose_option
def reproduce(folder: Path, out: Path | None, manifest: Path | None, jobs: int, sandbox: str | None, as_json: bool) -> None:
    """Build a dataset again from what its lock records and compare the bytes; exit with 1 if any differ."""
    from gpiot_data.reproduce import reproduce as rebuild

    result = rebuild(folder, manifest, out, jobs, sandbox, console.say)
    if as_json:
        console.emit(result.to_json(folder))
    else:
        for sentence in result.different or (f"{len(result.same)} files have the same bytes: {', '.join(result.same)}",):
            click.echo(console.printable(sentence))
    result.raise_if_different(folder)


@cli.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@console.json_option
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Tell what came, went and changed from one version of a dataset to the next: sources, stages, rows."""
    from gpiot_data.diff import compare_folders, render

    found = compare_folders(old, new, console.say)
    if as_json:
        console.emit(found.to_json())
    else:
        click.echo(console.printable(render(found)))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@console.json_option
def stats(folder: Path, as_json: bool) -> None:
    """Show what a dataset has, and how many candidates each stage kept and why it rejected others."""
    from gpiot_data.stats import read_statistics, render

    statistics = read_statistics(folder)
    if as_json:
        console.emit(statistics)
    else:
        click.echo(console.printable(render(statistics)))


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="File to write.  [default: report.html in the folder]")
@console.json_option
@console.verbose_option
def report(folder: Path, out: Path | None, as_json: bool) -> None:
    """Draw a dataset on one page that needs no other file and no network: funnel, counts, lengths, map, pairs, verdicts, rows."""
    from gpiot_data.publish.report import write_report

    path = write_report(folder, out)
    if as_json:
        console.emit({"path": str(path), "bytes": path.stat().st_size})
    else:
        click.echo(path)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--repo", required=True, metavar="ORG/NAME", help="Repository on the Hub; it is made if it is not there.")
@click.option("--dry-run", is_flag=True, help="Pass all checks and show what would go; nothing leaves this machine.")
@click.option("--public", is_flag=True, help="Let anybody read it.  [default: private]")
@click.option(
    "--license", "licences", multiple=True, metavar="SPDX", help="Let this licence through, which you have read; may be repeated."
)
@click.option("--manifest", type=click.Path(path_type=Path), help="Where to find the papers.  [default: what run.json names]")
@console.json_option
@console.verbose_option
def publish(folder: Path, repo: str, dry_run: bool, public: bool, licences: tuple[str, ...], manifest: Path | None, as_json: bool) -> None:
    """Verify a dataset folder and publish it on the Hub: one commit, private, tagged with its version; the token comes from HF_TOKEN."""
    from gpiot_data.release import publish as release

    done = release(folder, repo, public=public, dry_run=dry_run, licences=licences, manifest_path=manifest, say=console.say)
    if as_json:
        console.emit(done.to_json())
    elif done.pushed is None:
        click.echo("\n".join(f"{size:>12}  {path}" for path, size in done.files.items()))
    else:
        click.echo(done.pushed.url)


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
