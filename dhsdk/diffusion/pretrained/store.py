"""A pipeline by way of the host: generators ask for it here, so that variants and batches load it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from dhsdk.diffusion.pretrained.allowed import Kind
from dhsdk.diffusion.pretrained.folder import inspect_folder
from dhsdk.diffusion.pretrained.loading import Pretrained, check_serves, load
from dhsdk.plugin import Context


def shared(
    name: str, ctx: Context, *, expect: Kind | None = None, loras: Sequence[str] = (), tell: Callable[[float, str], None]
) -> Pretrained:
    """The pipeline of a folder or hub id out of the host's model store; tell hears of licence and memory need before.

    With LoRAs it is loaded for this call alone, since they change the weights. Raises what load() raises.
    """
    if Path(name).is_dir():  # a slip must not cost loading gigabytes
        card = inspect_folder(name)
        if expect is not None:
            check_serves(card, expect)
        tell(0.0, str(card))
    if loras:
        return load(name, device=ctx.device, allow_network=ctx.allow_network, loras=loras, expect=expect, progress=tell)
    model: Pretrained = ctx.model(name if set(name) & set("/\\") else f"./{name}")
    if expect is not None:
        check_serves(model.card, expect)
    tell(1.0, f"loaded {model.card.path.name}")
    return model
