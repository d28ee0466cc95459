"""Provenance: what made an asset, in the asset. Holds no time and no path, so that the same request gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dhsdk.errors import ReadError, RequestError
from dhsdk.frozen import EMPTY, FrozenDict, freeze
from dhsdk.params import AssetRef, Plan, Words, alternatives
from dhsdk.plugin import Generator, Request
from dhsdk.version import __version__

KEY = "dhsdk"
SIDECAR = ".dhsdk.json"
ABOUT = ("words", "models")
"""Fields of a Plan that tell of it and are no values of it: they stand beside it."""
MAX_SIDECAR = 16 << 20
SHAPE: dict[str, tuple[type, bool]] = {
    "generator": (str, True),
    "params": (Mapping, True),
    "plan": (Mapping, True),
    "seed": (int, True),
    "edits": (Mapping, False),
    "options": (Mapping, False),
    "strict": (bool, False),
    "change": (str, False),
}
"""What a record must hold to be built again: key, kind of value, and whether it must be there."""


def record(
    generator: Generator[Any], request: Request, plan: Any, checks: Mapping[str, Any], said: Mapping[str, Any] = EMPTY
) -> dict[str, Any]:
    """The provenance of an asset, JSON-able: enough to build it again.

    said: what build() left in extras["dhsdk"] about itself: "backend" (a name) and "models" ({name, sha256, licence} each).
    """
    words, models = (plan.words, [one.model_dump() for one in plan.models]) if isinstance(plan, Plan) else (Words(), [])
    models += [{key: str(one[key]) for key in ("name", "sha256", "licence")} for one in said.get("models", ())]
    return {
        "dhsdk": __version__,
        "generator": generator.name,
        "version": generator.version,
        "params": request.params.model_dump(mode="json"),
        "plan": plan.model_dump(mode="json", exclude=set(ABOUT) if isinstance(plan, Plan) else None),
        "seed": request.seed,
        "edits": dict(request.edits),
        "strict": request.strict,
        "change": request.change,
        "backend": str(said.get("backend", getattr(plan, "backend", "procedural"))),
        "rasterizer": "",
        "inputs": [{"name": Path(ref.path).name, "sha256": ref.sha256} for ref in inputs(request.params)],
        **words.model_dump(mode="json"),
        "models": [one for number, one in enumerate(models) if one not in models[:number]],
        "checks": dict(checks),
    }


def inputs(params: Any) -> list[AssetRef]:
    """The files that these parameters name, in the order of the fields."""
    values = [getattr(params, name) for name in type(params).model_fields]
    return [value for value in values if isinstance(value, AssetRef)]


def stamp(asset: Any, **changes: Any) -> Any:
    """The same asset with these keys set in its provenance; an asset without one gets one."""
    old = asset.extras.get(KEY, {})
    return with_extras(asset, {**asset.extras, KEY: {**old, **changes}})


def with_extras(asset: Any, extras: Mapping[str, Any]) -> Any:
    """The same asset with other extras."""
    from dataclasses import replace

    from dhsdk.media import Image

    return asset.replace(extras=extras) if isinstance(asset, Image) else replace(asset, extras=extras)


def of(asset: Any, path: Path) -> Mapping[str, Any]:
    """The provenance of an asset read from `path`: its own, or the sidecar's. Raises ReadError when there is none."""
    own = asset.extras.get(KEY)
    sidecar = path.with_name(path.name + SIDECAR)
    if own is None and sidecar.is_file():
        try:
            if sidecar.stat().st_size > MAX_SIDECAR:
                raise ReadError(f"{sidecar.name} must have at most {MAX_SIDECAR:,} bytes, got {sidecar.stat().st_size:,}")
            own = freeze(json.loads(sidecar.read_text("utf-8")))
        except (ValueError, OSError, RecursionError) as error:
            raise ReadError(f"{sidecar.name} is not a readable provenance record: {error}") from error
    if not isinstance(own, Mapping) or "generator" not in own:
        raise ReadError(f"{path.name} has no provenance: it was not made by a dhsdk generator, or another tool dropped it")
    for key, (kind, needed) in SHAPE.items():
        if (needed or key in own) and (not isinstance(own.get(key), kind) or (key == "seed" and not _is_seed(own[key]))):
            raise ReadError(f"the provenance of {path.name} is damaged: {key!r} cannot be {str(own.get(key))[:60]!r}")
    return FrozenDict(own)


def _is_seed(value: Any) -> bool:
    return type(value) is int and 0 <= value < 1 << 63


def plan_of(own: Mapping[str, Any], generator: Generator[Any]) -> Any:
    """The stored plan, typed and checked. Raises RequestError when another version made it."""
    import pydantic

    for what, stored, now in (("dhsdk", own.get("dhsdk"), __version__), (generator.name, own.get("version"), generator.version)):
        if stored != now:
            raise RequestError(f"the file was made by {what} {stored}, this is {what} {now}: install that version to rebuild it")
    plan_type = generator.Plan or generator.Params
    values = json.loads(json.dumps(own["plan"]))  # lists and dicts again, as pydantic wants them
    if all(issubclass(one, Plan) for one in alternatives(plan_type)):
        values["words"] = {name: own.get(name, ()) for name in Words.model_fields}
        values["models"] = own.get("models", ())
    try:
        return pydantic.TypeAdapter(plan_type).validate_python(values)
    except pydantic.ValidationError as error:
        fault = error.errors()[0]
        where = ".".join(map(str, fault["loc"]))
        raise ReadError(f"the stored plan is damaged at {where}: {fault['msg']}") from error
