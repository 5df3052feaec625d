"""The command `gpiot-train`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from gpiot_data.console import emit, json_option, run, say, verbose_option
from gpiot_train import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="gpiot-train")
def cli() -> None:
    """Train the two task paths and their shared adapter on one frozen base model."""


_recipe = click.argument("recipe", type=click.Path(path_type=Path))
_set_help = "Override a key of the recipe, e.g. sft.learning_rate=0.001."
_set = click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help=_set_help)


@cli.command("run")
@_recipe
@_set
@click.option("--out", type=click.Path(path_type=Path), help="Write the adapters here instead of the recipe's 'out'.")
@json_option
@verbose_option
def run_command(recipe: Path, overrides: tuple[str, ...], out: Path | None, as_json: bool) -> None:
    """Train what RECIPE says; the same command again goes on where it stopped, or finds that all is done."""
    from gpiot_train.plan import make_plan
    from gpiot_train.recipe import load_recipe
    from gpiot_train.run import run_plan

    plan = make_plan(load_recipe(recipe, overrides), out)
    lock, was_done = run_plan(plan)
    if was_done:
        say(f"{plan.out} is up to date")
    if as_json:
        emit({**lock, "out": str(plan.out), "up_to_date": was_done})
        return
    for task, figures in lock["evaluation"].items():
        click.echo(_loss_line(task, figures))
    click.echo(f'adapters: {plan.out}\nnext: gpiot-infer run "..." --adapters {plan.out}')


def _loss_line(task: str, figures: dict[str, Any]) -> str:
    before, after = figures["loss_before"], figures["loss_after"]
    return f"{task.upper()} held-out loss {before:.3f} -> {after:.3f} ({(after / before - 1) * 100:+.1f} %) on {figures['rows']} rows"


@cli.command("check")
@_recipe
@_set
@json_option
@verbose_option
def check_command(recipe: Path, overrides: tuple[str, ...], as_json: bool) -> None:
    """Check RECIPE, its datasets and its base; count tokens and parameters; train nothing."""
    from gpiot_train.check import check_plan
    from gpiot_train.plan import make_plan
    from gpiot_train.recipe import load_recipe

    report = check_plan(make_plan(load_recipe(recipe, overrides)))
    if as_json:
        emit(report)
        return
    for task, rows in report["rows"].items():
        click.echo(
            f"{task.upper()}: {rows['train']} training rows of {rows['available']} ({rows['train_tokens']:,} tokens, "
            f"{rows['answer_tokens']:,} in answers), {rows['test']} held-out rows, {rows['too_long']} too long"
        )
    parts = ", ".join(f"{name} {count:,}" for name, count in report["parameters"].items())
    click.echo(f"base: {report['base_name']}, {report['base_parameters']:,} parameters as {report['dtype']}")
    click.echo(f"trainable: {sum(report['parameters'].values()):,} ({parts})")
    click.echo(f"optimiser steps: {report['steps']}; memory: about {report['memory_mib']:,} MiB\nok: {recipe}")


def main() -> None:
    """Run the command line."""
    run(cli)


if __name__ == "__main__":
    main()
