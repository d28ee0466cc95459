"""What the words leave open of a shape: drawn from the nano prior around what they lock, or by rule."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from dhsdk.diffusion.nano.space import nested, values_of
from dhsdk.errors import ParamError
from dhsdk.params import every_field
from dhsdk.plugins.text_to_3d.locks import Locks, settled
from dhsdk.shapes.kernel import Kernel

Fill = Callable[[Kernel, str, Mapping[str, Any], Mapping[str, Any], Callable[..., np.random.Generator]], dict[str, Any]]
"""(kernel, preset, path -> usual value, path -> locked value, stream) -> path -> value of what is open."""

SPREAD = 0.1
"""By rule, lengths are drawn within a tenth of the preset's, so that proportions stay those of the thing."""


def filled(
    kernel: Kernel, preset: str, locks: Locks, held: Mapping[str, Any], fill: Fill, stream: Callable[..., np.random.Generator]
) -> Any:
    """The parameters of a kernel: the preset's, what the words lock, what the request holds, and the rest filled in."""
    usual = kernel.Params.model_validate(kernel.presets.get(preset, {})).model_dump(mode="json")
    values = values_of(usual)
    known = dict(every_field(kernel.Params))
    fixed = {".".join(path): settled(lock, values[".".join(path)], known[path]) for path, lock in locks.values.items()}
    fixed |= _allowed(kernel, usual, {name: value for name, value in values_of(held).items() if name in values})
    return kernel.Params.parse(nested({**fill(kernel, preset, values, fixed, stream), **fixed}, usual))


def _allowed(kernel: Kernel, usual: Mapping[str, Any], held: dict[str, Any]) -> dict[str, Any]:
    """What the request holds, where the kernel can have it: what it cannot is refused when the plan is edited."""
    try:
        kernel.Params.parse(nested(held, usual))
    except ParamError:
        return {}
    return held


def by_rule(
    kernel: Kernel,
    preset: str,
    usual: Mapping[str, Any],
    fixed: Mapping[str, Any],
    stream: Callable[..., np.random.Generator],
) -> dict[str, Any]:
    """Lengths near the preset's; all else is the preset's."""
    drawn = {}
    for path, one in every_field(kernel.Params):
        name = ".".join(path)
        if name not in fixed and one.type is float and one.ge is not None and one.le is not None and usual[name]:
            value = usual[name] * (1.0 + SPREAD * stream(*path).uniform(-1.0, 1.0))
            drawn[name] = round(min(max(value, one.ge), one.le), 4)
    return drawn


def contrary(
    kernel: Kernel,
    preset: str,
    usual: Mapping[str, Any],
    fixed: Mapping[str, Any],
    stream: Callable[..., np.random.Generator],
) -> dict[str, Any]:
    """Nothing as the preset has it: so every word shows that pins a value, even where it is so without the word."""
    made: dict[str, Any] = {}
    for path, one in every_field(kernel.Params):
        name = ".".join(path)
        if one.choices:
            made[name] = next((other for other in one.choices if other != usual[name]), usual[name])
        elif one.type is bool:
            made[name] = not usual[name]
        elif one.type in (int, float) and one.ge is not None and one.le is not None:
            made[name] = one.type(one.le if usual[name] != one.le else one.ge)
    return made
