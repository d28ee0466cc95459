"""dhsdk nano: trains the small diffusion model of a generator, and tells of the one it has."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import click

from dhsdk import terminal
from dhsdk.errors import MissingExtra, RequestError


@click.group()
def nano() -> None:
    """Nano priors: small diffusion models of our own that draw what words leave open."""


def _debug(function: Any) -> Any:
    return click.option("--debug", is_flag=True, expose_value=False, help="Show the traceback of an error.")(function)


@nano.command()
@click.argument("generator")
@click.option("--steps", type=int, default=4000, show_default=True, help="Training steps: same steps and seed, same weights.")
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of the designs, the noise and the first weights.")
@click.option("--device", type=click.Choice(["auto", "cpu", "cuda"]), default="auto", show_default=True, help="Where to train.")
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="Folder for weights, card and checkpoints.")
@click.option("--resume", is_flag=True, help="Go on from the checkpoint in that folder.")
@_debug
def train(generator: str, steps: int, seed: int, device: str, out: Path, resume: bool) -> None:
    """Train the prior of GENERATOR: dhsdk nano train text-to-3d -o prior/"""
    space = _generator(generator).space()
    if space is None:
        raise RequestError(f"a nano prior needs a design space, {generator} publishes none: its space() returns None")
    from dhsdk.diffusion.nano.draw import Prior
    from dhsdk.diffusion.nano.measure import card_metrics

    try:
        from dhsdk.diffusion.nano.train import save
        from dhsdk.diffusion.nano.train import train as run
    except ImportError as error:
        raise MissingExtra.of("training a nano prior", "diffusion") from error
    with terminal.progress("nano train") as progress:
        trained = run(space, steps=steps, seed=seed, device=device, out=out, resume=resume, progress=progress)
        progress(1.0, "measuring")
        metrics = card_metrics(Prior.of(space, trained.arrays, trained.card))
    save(trained, out, metrics)
    for name, value in metrics.items():
        click.echo(f"{value:8}  {name}")
    click.echo(f"{out}  {(out / 'weights.safetensors').stat().st_size / 1024:,.0f} KiB")


@nano.command()
@click.argument("generator")
@click.option("--folder", type=click.Path(path_type=Path), help="Another folder than the generator's own.")
@_debug
def info(generator: str, folder: Path | None) -> None:
    """Tell of the prior of GENERATOR: its card, and whether it fits the generator as it is now."""
    from dhsdk.diffusion.nano.draw import Prior
    from dhsdk.diffusion.nano.weights import read_card

    one = _generator(generator)
    space = one.space()
    if space is None:
        click.echo(f"{one.name}: no design space, no nano prior")
        return
    kinds, tokens = len(space.kinds), sum(map(len, space.families.values()))
    click.echo(f"{one.name}: {kinds} kinds of {len(space.families)} families, {tokens} parameters")
    folder = folder or Path(inspect.getfile(type(one))).parent / "prior"
    card = read_card(folder)
    click.echo(
        f"  made      {card['steps']} steps, seed {card['seed']}, {card['recipe']['parameters']:,} weights, {card['licence']}"
    )
    click.echo(f"  recipe    {card['recipe']['method']}")
    click.echo(f"  sha256    {card['sha256']}")
    for name, value in card["metrics"].items():
        click.echo(f"  {value:<9} {name}")
    Prior.load(folder, space)
    click.echo("  fits      yes")


def _generator(name: str) -> Any:
    from dhsdk.host import Host

    return Host()._generator(name)
