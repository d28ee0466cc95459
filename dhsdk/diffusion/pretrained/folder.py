"""A pipeline folder, read and judged without loading it: only JSON and the headers of safetensors files are opened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from dhsdk.diffusion.pretrained.allowed import COMPONENTS, PIPELINES, Kind, Role
from dhsdk.diffusion.pretrained.files import (
    PICKLED,
    STEMS,
    check_size,
    licence,
    read_json,
    shards,
    short,
    size_text,
    weights_name,
)
from dhsdk.diffusion.pretrained.headers import Header, read_header
from dhsdk.errors import ReadError
from dhsdk.frozen import EMPTY

MOST_LAYERS = 1000
DTYPES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Component:
    """A part of a pipeline. files: relative to the folder, all that loading reads. bytes: of the weights, as stored.

    dtype: the commonest of its weights, as the file writes it, or ''. numbers: how many there are. variant: 'fp16' or such.
    """

    name: str
    library: str
    cls: str
    role: Role
    files: tuple[str, ...]
    bytes: int = 0
    numbers: int = 0
    dtype: str = ""
    variant: str | None = None


@dataclass(frozen=True)
class FolderCard:
    """What a folder holds. memory: bytes of all weights as 'float32', 'bfloat16', 'float16'. settings: scalars of the pipeline.

    missing: files and parts that loading needs, each with why. unsafe: pickles and code, never opened.
    """

    path: Path
    pipeline: str
    family: str
    kinds: tuple[Kind, ...]
    components: tuple[Component, ...]
    licence: str
    memory: Mapping[str, int]
    missing: tuple[str, ...]
    unsafe: tuple[str, ...]
    settings: Mapping[str, Any] = EMPTY

    @property
    def bytes(self) -> int:
        """Of all weights as stored."""
        return sum(one.bytes for one in self.components)

    @property
    def weight_files(self) -> tuple[str, ...]:
        return tuple(file for one in self.components for file in one.files if file.endswith(".safetensors"))

    def __str__(self) -> str:
        """One line: class, what it serves, licence, memory."""
        need = ", ".join(f"{size_text(size)} as {name}" for name, size in self.memory.items() if name != "float16")
        return f"{self.pipeline} ({', '.join(self.kinds)}), licence: {self.licence}, weights: {need}"


def inspect_folder(path: str | Path) -> FolderCard:
    """The card of a pipeline folder.

    Raises ReadError when it is no pipeline folder, names a class that is not allowed, or a weight file contradicts itself; what
    is merely absent stands in `missing`.
    """
    path = Path(path).expanduser()
    try:
        return _inspected(path)
    except OSError as error:
        raise ReadError(f"the folder {path} cannot be read: {error.strerror or error}") from error


def _inspected(path: Path) -> FolderCard:
    index, parts = pipeline_index(path)
    pipeline = index["_class_name"]
    allowed = PIPELINES[pipeline]
    components, missing = [], []
    for name, cls in parts.items():
        component, absent = _component(path, name, cls, COMPONENTS[cls])
        components.append(component)
        missing += absent
    names = {one.name for one in components}
    missing += [
        f"{part} ({pipeline} cannot do without it; model_index.json does not list it)"
        for part in allowed.parts
        if part not in names
    ]
    numbers = sum(one.numbers for one in components)
    return FolderCard(
        path=path,
        pipeline=pipeline,
        family=allowed.family,
        kinds=tuple(allowed.serves),
        components=tuple(components),
        licence=licence(path),
        memory={name: numbers * size for name, size in DTYPES.items()},
        missing=tuple(missing),
        unsafe=tuple(sorted(str(one.relative_to(path)) for one in path.rglob("*") if one.suffix in (*PICKLED, ".py"))),
        settings={key: value for key, value in index.items() if not key.startswith("_") and not isinstance(value, list | dict)},
    )


def pipeline_index(path: Path) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
    """model_index.json, and part -> (library, class) of what it lists. Raises ReadError when a class is not allowed."""
    if not path.is_dir():
        found = "a file" if path.exists() else "not there"
        raise ReadError(f"a pretrained model is a folder with a model_index.json, {path} is {found}")
    if not (path / "model_index.json").is_file():
        raise ReadError(f"a pipeline folder has a model_index.json, {path} {_looks_like(path)}")
    index = read_json(path / "model_index.json")
    pipeline = index.get("_class_name")
    if not isinstance(pipeline, str) or pipeline not in PIPELINES:
        raise ReadError(
            f"the pipeline of a folder must be one of {', '.join(PIPELINES)}; {path} names {short(pipeline)}"
            " (classes of its own are never run)"
        )
    parts: dict[str, tuple[str, str]] = {}
    for name, value in index.items():
        if name.startswith("_") or not isinstance(value, list) or value == [None, None]:
            continue
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise ReadError(f"a part's name is made of a-z, 0-9 and _, {path} has {short(name)}")
        if len(value) != 2 or not all(isinstance(one, str) for one in value) or (value[0], value[1]) not in COMPONENTS:
            raise ReadError(
                f"a part of a pipeline must have a class of the allow-list, {name} of {path} names {short(value)}"
                " (custom code is never run)"
            )
        parts[name] = (value[0], value[1])
    return index, parts


def _looks_like(path: Path) -> str:
    files = sorted(one.name for one in path.iterdir())
    if any("lora" in name.lower() for name in files) or "adapter_config.json" in files:
        return "looks like a LoRA: pass it as loras=, with the folder of its base model"
    if "config.json" in files:
        return "holds one part of a pipeline: give the folder above it"
    if any(name.endswith((".safetensors", ".ckpt")) for name in files):
        return (
            "holds a single-file checkpoint: convert it once with diffusers' from_single_file(...).save_pretrained(folder,"
            " safe_serialization=True)"
        )
    return f"holds {', '.join(files[:5]) or 'nothing'}"


def _component(path: Path, name: str, cls: tuple[str, str], role: Role) -> tuple[Component, list[str]]:
    """The part and what it lacks."""
    if not (path / name).is_dir():
        return Component(name, *cls, role, ()), [f"{name}/ ({cls[1]})"]
    if role == "weights":
        return _weights(path, name, cls)
    wanted: tuple[tuple[str, ...], ...] = {
        "scheduler": (("scheduler_config.json",),),
        "processor": (("preprocessor_config.json",),),
        "tokenizer": (("tokenizer.json",), ("vocab.json", "merges.txt"), ("spiece.model",)),
    }[role]
    for choice in wanted:
        if all((path / name / one).is_file() for one in choice):
            for one in choice:
                check_size(path / name / one)
            return Component(name, *cls, role, tuple(f"{name}/{one}" for one in choice)), []
    return Component(name, *cls, role, ()), [f"{name}/" + " or ".join(" and ".join(choice) for choice in wanted)]


def _weights(path: Path, name: str, cls: tuple[str, str]) -> tuple[Component, list[str]]:
    missing = []
    config = path / name / "config.json"
    if not config.is_file():
        missing.append(f"{name}/config.json")
    else:
        said = read_json(config)
        if "auto_map" in said:
            raise ReadError(f"a model must not bring code of its own, {config} has an auto_map")
        if "quantization_config" in said:
            raise ReadError(
                f"quantized weights are not supported, {config} has a quantization_config: take the plain safetensors"
            )
        _check_depth(config, said)
    first, variant = weights_name({one.name for one in (path / name).iterdir()})
    files = [] if first is None else [first, *shards(path / name / first)]
    absent = [file for file in files if not (path / name / file).is_file()]
    missing += [f"{name}/{file}" for file in absent]
    if not files:
        pickles = sorted(one.name for one in (path / name).iterdir() if one.suffix in PICKLED)
        missing.append(
            f"{name}/{pickles[0]} as safetensors: pickled weights can run code and are never opened; convert them once on a"
            " machine that you trust: from_pretrained(folder).save_pretrained(folder, safe_serialization=True)"
            if pickles
            else f"{name}/ weights ({' or '.join(stem + '.safetensors' for stem in STEMS)})"
        )
    headers = [read_header(path / name / file) for file in files if file not in absent and file.endswith(".safetensors")]
    return Component(
        name, *cls, "weights", tuple(f"{name}/{one}" for one in ("config.json", *files)), bytes=sum(one.bytes for one in headers),
        numbers=sum(map(_numbers, headers)), dtype=_commonest(headers), variant=variant,
    ), missing  # fmt: skip


def _check_depth(config: Path, said: Mapping[str, Any]) -> None:
    """Layers are built one by one before a weight is read: a number of them must not keep the machine busy for ever."""
    for key, value in said.items():
        if isinstance(value, Mapping):
            _check_depth(config, value)
        elif any(word in key for word in ("layers", "depth", "blocks")):
            counts = value if isinstance(value, list) else [value]
            most = max((one for one in counts if isinstance(one, int | float)), default=0)
            if most > MOST_LAYERS:
                raise ReadError(f"a network has at most {MOST_LAYERS} layers of a kind, {config} asks for {key} = {most}")


def _numbers(header: Header) -> int:
    return sum(prod(shape) for _, shape in header.tensors.values())


def _commonest(headers: list[Header]) -> str:
    counts: dict[str, int] = {}
    for header in headers:
        for dtype, shape in header.tensors.values():
            counts[dtype] = counts.get(dtype, 0) + prod(shape)
    return max(counts, key=lambda name: (counts[name], name), default="")
