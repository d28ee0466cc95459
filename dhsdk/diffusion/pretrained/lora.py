"""LoRA files merged into the weights they were made for: W += scale * alpha / rank * up @ down. Needs no further package.

Names of diffusers, peft and kohya are matched with the pipeline's own modules; other dialects go through diffusers' translator.

Source: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021, equation 3.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dhsdk.diffusion.pretrained.files import PICKLED, file_sha256, read_json, short
from dhsdk.diffusion.pretrained.headers import read_header
from dhsdk.errors import ParamError, ReadError, RequestError

USUAL = ("pytorch_lora_weights.safetensors", "adapter_model.safetensors")
MATRIX = re.compile(r"(.+?)[._]lora(?:_linear_layer)?[._](A|B|down|up)(?:\.default)?\.weight")
ALPHA = re.compile(r"(.+?)(?:[._]lora(?:_linear_layer)?\.down\.weight)?\.alpha")
PREFIXES = {
    "lora_te1_": "text_encoder", "lora_te2_": "text_encoder_2", "lora_te3_": "text_encoder_3", "lora_te_": "text_encoder",
    "text_encoder_2.": "text_encoder_2", "text_encoder_3.": "text_encoder_3", "text_encoder.": "text_encoder",
    "lora_unet_": "", "lora_transformer_": "", "base_model.model.": "", "unet.": "", "transformer.": "",
}  # fmt: skip
"""What a name begins with -> the part it means; '' is the denoiser, a UNet or a transformer."""


@dataclass(frozen=True)
class Lora:
    """A LoRA file, judged by its header. rules: lora_alpha and use_rslora, where a configuration states them."""

    file: Path
    weight: float
    sha256: str
    rules: Mapping[str, Any]


def read_lora(given: str | Path | tuple[str | Path, float]) -> Lora:
    """A file, or a folder with one; with a weight, or weight 1. Raises ReadError, ParamError."""
    path, weight = given if isinstance(given, tuple) else (given, 1.0)
    if not -10.0 <= weight <= 10.0:
        raise ParamError(f"the weight of a LoRA must be in [-10, 10], got {weight}")
    file = _file(Path(path).expanduser())
    read_header(file)
    return Lora(file, float(weight), file_sha256(file), _rules(file))


def _file(path: Path) -> Path:
    if path.is_dir():
        inside = {one.name for one in path.iterdir()}
        found = [one for one in USUAL if one in inside] or sorted(one for one in inside if one.endswith(".safetensors"))
        if len(found) == 1:
            return path / found[0]
        pickles = sorted(one for one in inside if Path(one).suffix in PICKLED)
        said = f"holds {', '.join(found)}: name one of them" if found else f"holds none{f' but {pickles[0]}' if pickles else ''}"
        raise ReadError(f"the folder of a LoRA has one safetensors file, {path} {said}")
    if path.suffix != ".safetensors" or not path.is_file():
        said = "is not there" if not path.exists() else "is another file (pickles can run code and are never opened)"
        raise ReadError(f"a LoRA is a safetensors file or a folder with one, {path} {said}")
    return path


def _rules(file: Path) -> Mapping[str, Any]:
    config = file.parent / "adapter_config.json"
    if not config.is_file():
        return {}
    said = read_json(config)
    if said.get("use_dora") or said.get("alpha_pattern") or said.get("peft_type", "LORA") != "LORA":
        raise ReadError(f"an adapter must be a plain LoRA, {config} asks for DoRA, another kind or an alpha of its own for parts")
    return {key: said[key] for key in ("lora_alpha", "use_rslora") if key in said}


def merge(pipe: Any, lora: Lora) -> int:
    """Adds the LoRA to the weights of the pipeline's parts, in place; how many matrices were changed.

    Raises ReadError (tensors that are no LoRA), RequestError (made for another model).
    """
    from safetensors.torch import load_file

    tensors = load_file(lora.file)
    stated = _stated(lora)
    odd = [name for name in tensors if not MATRIX.fullmatch(name) and not ALPHA.fullmatch(name)]
    if odd:
        tensors, odd = _translated(pipe, tensors), odd[:1]
        if any(not MATRIX.fullmatch(name) and not ALPHA.fullmatch(name) for name in tensors):
            raise ReadError(
                f"a LoRA has pairs of matrices and their alpha (no DoRA, LoHa, LoKr), {lora.file} has {short(odd[0])}"
            )
    modules = _modules(pipe)
    lost = [name for name in tensors if _module(modules, name) is None]
    if lost:
        rest = _translated(pipe, {name: tensors[name] for name in lost})
        tensors = {name: value for name, value in tensors.items() if name not in lost} | rest
        lost = [name for name in rest if _module(modules, name) is None]
    if lost or not tensors:
        name = short(lost[0]) if lost else "an empty file"
        raise RequestError(f"{lora.file} was made for another model: {type(pipe).__name__} has no place for {name}")
    return _add(lora, stated, modules, tensors)


def _stated(lora: Lora) -> Mapping[str, Any]:
    """lora_alpha and use_rslora of the adapter's configuration, or of the file's own metadata as diffusers writes it."""
    from safetensors import safe_open

    with safe_open(lora.file, "pt") as file:
        written = (file.metadata() or {}).get("lora_adapter_metadata", "{}")
    try:
        inside = json.loads(written)
    except ValueError as error:
        raise ReadError(f"the lora_adapter_metadata of {lora.file} is no JSON: {error}") from error
    found = {key.rpartition(".")[2]: value for key, value in inside.items()} if isinstance(inside, dict) else {}
    return {key: found[key] for key in ("lora_alpha", "use_rslora") if key in found} | dict(lora.rules)


def _modules(pipe: Any) -> dict[tuple[str, str], Any]:
    """(part, name with _ for .) -> module with a matrix; the denoiser is the part ''."""
    import torch

    found = {}
    for part, model in pipe.components.items():
        if isinstance(model, torch.nn.Module):
            key = "" if part in ("unet", "transformer") else part
            for name, module in model.named_modules():
                if isinstance(module, torch.nn.Linear | torch.nn.Conv2d):
                    found[key, name.replace(".", "_")] = module
    return found


def _module(modules: Mapping[tuple[str, str], Any], name: str) -> Any:
    """The module that a tensor of a LoRA is for, or None."""
    match = MATRIX.fullmatch(name) or ALPHA.fullmatch(name)
    stem = match[1] if match else name
    part = ""
    for prefix, meant in PREFIXES.items():
        if stem.startswith(prefix):
            part, stem = meant, stem.removeprefix(prefix)
            break
    flat = stem.replace(".processor", "").replace(".", "_")
    bare = flat.removeprefix("text_model_")  # some versions of the text encoder have this level, some have not
    return next((modules[part, one] for one in (flat, f"{flat}_0", bare, f"text_model_{bare}") if (part, one) in modules), None)


def _translated(pipe: Any, tensors: Mapping[str, Any]) -> dict[str, Any]:
    """The same in names that diffusers uses, or as they are when its translator does not know them either."""
    import torch

    translate = getattr(pipe, "lora_state_dict", None)
    if translate is None:
        return dict(tensors)
    more = {"unet_config": pipe.unet.config} if hasattr(pipe, "unet") else {}
    try:
        found = translate(dict(tensors), **more)
    except Exception:  # the translator has no error of its own for what it does not know
        return dict(tensors)
    if not isinstance(found, tuple):
        return dict(found)
    matrices, alphas = found
    return {**matrices, **{name: torch.tensor(float(value)) for name, value in (alphas or {}).items()}}


def _add(lora: Lora, stated: Mapping[str, Any], modules: Mapping[tuple[str, str], Any], tensors: Mapping[str, Any]) -> int:
    pairs: dict[Any, dict[str, Any]] = {}
    for name, value in tensors.items():
        match = MATRIX.fullmatch(name)
        pairs.setdefault(_module(modules, name), {})[
            "alpha" if match is None else {"A": "down", "B": "up"}.get(match[2], match[2])
        ] = value
    for module, pair in pairs.items():
        down, up = pair.get("down"), pair.get("up")
        if down is None or up is None:
            raise ReadError(f"a LoRA has its matrices in pairs, {lora.file} has one without the other")
        down, up = down.flatten(1).float(), up.flatten(1).float()
        rank, weight = down.shape[0], module.weight
        if up.shape[1] != rank or up.shape[0] * down.shape[1] != weight.numel() or up.shape[0] != weight.shape[0]:
            raise RequestError(
                f"{lora.file} was made for another model: {tuple(up.shape)} by {tuple(down.shape)} cannot change weights of"
                f" {tuple(weight.shape)}"
            )
        alpha = float(pair["alpha"]) if "alpha" in pair else float(stated.get("lora_alpha", rank))
        scale = alpha / (rank**0.5 if stated.get("use_rslora") else rank)
        changed = weight.data.float() + (lora.weight * scale) * (up @ down).reshape(weight.shape)
        if not changed.isfinite().all():
            raise ReadError(f"the weights of a LoRA must be finite numbers, {lora.file} has others")
        weight.data = changed.to(weight.dtype)
    return len(pairs)


def read_loras(given: Iterable[str | Path | tuple[str | Path, float]]) -> tuple[Lora, ...]:
    """All of them, judged before the pipeline is loaded."""
    return tuple(map(read_lora, given))
