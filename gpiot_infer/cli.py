"""The command `gpiot-infer`."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from gpiot_data import console
from gpiot_data.errors import QualityGateFailed, UsageError
from gpiot_infer import __version__
from gpiot_infer.adapters import Adapters, Paths, base_only, load_adapters


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gpiot-infer")
def cli() -> None:
    """Turn an IoT requirement into sub-tasks, specifications, code and documentation with a small local model."""


@cli.command()
@click.argument("requirement", metavar="TEXT|FILE")
@click.option("--adapters", type=click.Path(path_type=Path), help="Adapter folder of gpiot-train; not needed with --paths none.")
@click.option("--out", type=click.Path(path_type=Path), help="Result folder (default: out/chain-ID, the ID made of the inputs).")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True, help="Seed of all sampling.")
@click.option("--samples", type=click.IntRange(1, 64), default=8, show_default=True, help="Samples of a question at most.")
@click.option("--paths", type=click.Choice(["both", "td", "cg", "none"]), default="both", show_default=True, help="Adapters in use.")
@click.option(
    "--backend", type=click.Choice(["auto", "llama.cpp", "transformers"]), default="auto", show_default=True, help="What runs the model."
)
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of the model (default: by cores and load).")
@console.json_option
@console.verbose_option
def run(
    requirement: str,
    adapters: Path | None,
    out: Path | None,
    seed: int,
    samples: int,
    paths: Paths,
    backend: Literal["auto", "llama.cpp", "transformers"],
    threads: int | None,
    as_json: bool,
) -> None:
    """Decompose a requirement, specify each sub-task, and write its code and documentation.

    The same command again prints the same result without loading a model; after an interruption it goes on where it stopped.
    """
    from gpiot_infer.backends import choose, library_version, open_backend
    from gpiot_infer.chain import Setup
    from gpiot_infer.run import default_out, default_threads, read_requirement, run_in_folder

    text = read_requirement(requirement)
    loaded = _load(adapters, paths)
    name = choose(backend, loaded)
    setup = Setup(requirement=text, adapters=loaded, backend=name, backend_version=library_version(name), seed=seed, samples=samples)
    folder = out or default_out(setup)
    workers = threads or default_threads()
    record = run_in_folder(setup, folder, lambda: open_backend(name, loaded, workers), workers, console.say)
    _print(record, folder, as_json)


@cli.command()
@click.argument("comparison", metavar="COMPARISON.yaml", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Result folder (default: out/bench-NAME).")
@click.option("--threads", type=click.IntRange(1, 256), help="Threads of a model (default: by cores and load).")
@console.json_option
@console.verbose_option
def bench(comparison: Path, out: Path | None, threads: int | None, as_json: bool) -> None:
    """Ask the systems of a comparison the tasks of IoTBench, run their programs in the sandbox, and count.

    Writes results.json and report.html. After an interruption the same command goes on; no answer is asked for twice.
    """
    from gpiot_data.vectors import open_encoder
    from gpiot_infer.iotbench.bench import run_bench
    from gpiot_infer.iotbench.comparison import load_comparison
    from gpiot_infer.iotbench.report import summarise
    from gpiot_infer.iotbench.schema import load_suite
    from gpiot_infer.iotbench.systems import open_system
    from gpiot_infer.run import default_threads

    wanted = load_comparison(comparison)
    folder = out or Path("out") / f"bench-{wanted.name}"
    workers = threads or default_threads()
    results = run_bench(wanted, load_suite(wanted.suite), folder, lambda entry: open_system(entry, workers), open_encoder, console.say)
    if as_json:
        console.emit(results)
    else:
        click.echo(f"{summarise(results)}\nReport: {folder / 'report.html'}")


def _load(adapters: Path | None, paths: Paths) -> Adapters:
    if adapters is not None:
        return load_adapters(adapters, paths)
    if paths != "none":
        raise UsageError(
            "--adapters DIR is missing: name the folder that gpiot-train run wrote, or pass --paths none for the base model alone"
        )
    return base_only()


def _print(record: dict[str, Any], folder: Path, as_json: bool) -> None:
    from gpiot_infer.assemble import render

    failure = record["failure"]
    if as_json:
        console.emit(record)
    else:
        if record["tasks"]:
            click.echo(render(record))
        if failure:
            click.echo(console.printable(failure["answer_text"]))
        click.echo(f"Folder: {folder}")
    if failure:
        raise QualityGateFailed(failure["message"])


def main() -> None:
    """Run the command; the exit code is as errors.py promises."""
    console.run(cli)


if __name__ == "__main__":
    main()
