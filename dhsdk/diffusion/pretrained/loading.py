"""load(): a folder judged, then loaded part by part, nothing from the network, no pickles, no code of the folder's own."""

from __future__ import annotations

import hashlib
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from dhsdk.diffusion.pretrained.allowed import PIPELINES, RENAMED, Kind, serving
from dhsdk.diffusion.pretrained.files import file_sha256, one_line
from dhsdk.diffusion.pretrained.folder import DTYPES, Component, FolderCard, inspect_folder
from dhsdk.diffusion.pretrained.hub import local_folder
from dhsdk.diffusion.pretrained.latent import LatentModel, latent_model
from dhsdk.diffusion.pretrained.lora import merge, read_loras
from dhsdk.diffusion.pretrained.memory import check_room, is_of_memory, room_for
from dhsdk.diffusion.pretrained.quiet import quiet
from dhsdk.diffusion.pretrained.watch import Progress, watched
from dhsdk.errors import MissingExtra, ReadError, RequestError
from dhsdk.plugin import ModelSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

Offload = Literal["none", "model", "sequential"]


@dataclass(frozen=True, eq=False)
class Pretrained:
    """A loaded pipeline. pipe: the one that its folder names. weights: relative file -> sha256, LoRA files included."""

    pipe: Any
    card: FolderCard
    device: str
    dtype: str
    offload: Offload
    weights: Mapping[str, str]

    def serving(self, kind: Kind) -> Any:
        """The pipeline that does this kind of work with the same parts; nothing is loaded again. Raises RequestError."""
        check_serves(self.card, kind)
        name = PIPELINES[self.card.pipeline].serves[kind]
        if name == type(self.pipe).__name__:
            return self.pipe
        made = _assemble(name, self.pipe.components, self.card.settings)
        return _place(made, self.device, self.offload)

    def latent_model(self) -> LatentModel:
        """Denoiser, words, latents and scheduler apart, for the core's sample(). Raises RequestError."""
        return latent_model(self.pipe, self.card.family, self.device)

    @property
    def sha256(self) -> str:
        """One hash for all weights: of their names and hashes, in order."""
        return _joint(self.weights)

    @property
    def provenance(self) -> dict[str, str]:
        """{name, sha256, licence}, as extras.dhsdk.models lists it."""
        return {"name": f"{self.card.pipeline} {self.card.path.name}", "sha256": self.sha256, "licence": self.card.licence}

    @contextmanager
    def running(self, pipe: Any, progress: Progress | None) -> Iterator[None]:
        """For a call of `pipe`: silent, watched at every step, and out of memory is an error that names the mend."""
        with quiet(), room_for(f"a call of {self.card.pipeline}", self.device, self.dtype, self.offload), watched(pipe, progress):
            yield


def load(
    path_or_id: str | Path,
    *,
    device: str = "cpu",
    dtype: str | None = None,
    allow_network: bool = False,
    revision: str | None = None,
    sha256: str | None = None,
    loras: Iterable[str | Path | tuple[str | Path, float]] = (),
    offload: Offload = "none",
    expect: Kind | None = None,
    progress: Progress | None = None,
) -> Pretrained:
    """A pipeline folder, or a hub id where the network is allowed, ready to run.

    dtype: 'float32', 'bfloat16' or 'float16'; None is float32 on the CPU and bfloat16 elsewhere. sha256: what
    Pretrained.sha256 must be. progress(fraction, message) is told licence and memory need before anything is loaded, and what it
    raises stops the loading. loras: files or folders, or (file or folder, weight), merged into the weights.

    Raises ReadError (the folder, file by file), RequestError (the wrong kind, too little memory, values), NetworkNotAllowed,
    MissingExtra.
    """
    report = progress or _silent
    dtype = _checked(device, dtype, offload)
    card = inspect_folder(local_folder(path_or_id, allow_network, revision, report))
    if expect is not None:
        check_serves(card, expect)
    if card.missing:
        raise ReadError(f"the folder {card.path} is not complete; missing: {'; '.join(card.missing)}")
    report(0.0, str(card))
    torch = _libraries(device)
    check_room(card, device, dtype, offload)
    extra = read_loras(loras)
    weights = _hashes(card, report) | {f"{one.file.name} x {one.weight:g}": one.sha256 for one in extra}
    if sha256 is not None and _joint(weights) != sha256:
        raise ReadError(f"the weights of {card.path} must have the sha256 {sha256}, they have {_joint(weights)}")
    parts: dict[str, Any] = {}
    with quiet(), room_for(f"loading {card.path.name}", device, dtype, offload):
        for at, component in enumerate(card.components):
            report(0.3 + 0.6 * at / len(card.components), f"loading {component.name}")
            parts[component.name] = _part(card, component, getattr(torch, dtype))
        pipe = _assemble(card.pipeline, parts, card.settings)
        for one in extra:
            report(0.9, f"merged {one.file.name} into {merge(pipe, one)} matrices")
        pipe = _place(pipe, device, offload)
    report(1.0, f"loaded {card.path.name}")
    return Pretrained(pipe, card, device, dtype, offload, weights)


def spec(path_or_id: str, *, allow_network: bool = False) -> ModelSpec:
    """A pipeline as ModelStore keeps it, named by path or owner/name@commit: float32 on the CPU, bfloat16 elsewhere.

    Raises what load() raises before it loads.
    """
    folder = local_folder(path_or_id, allow_network, None, _silent)
    card = inspect_folder(folder)
    return ModelSpec(
        name=path_or_id,
        load=lambda device, dtype: load(folder, device=device),
        bytes=card.memory["float32"],
        licence=card.licence,
        source=path_or_id,
    )


def check_serves(card: FolderCard, kind: Kind) -> None:
    """Raises RequestError when a folder of this pipeline cannot do this, with what it does and what would serve."""
    if kind not in card.kinds:
        raise RequestError(
            f"{kind} needs a folder of {' or '.join(serving(kind))}; {card.path} holds {card.pipeline},"
            f" which serves {', '.join(card.kinds)}"
        )


def _joint(weights: Mapping[str, str]) -> str:
    return hashlib.sha256("\n".join(f"{name} {value}" for name, value in sorted(weights.items())).encode()).hexdigest()


def _silent(fraction: float, message: str) -> None:
    """Nobody listens."""


def _checked(device: str, dtype: str | None, offload: str) -> str:
    dtype = dtype or ("float32" if device == "cpu" else "bfloat16")
    if dtype not in DTYPES:
        raise RequestError(f"dtype must be one of {', '.join(DTYPES)}, got {dtype!r}")
    if offload not in ("none", "model", "sequential"):
        raise RequestError(f"offload must be none, model or sequential, got {offload!r}")
    if device == "cpu" and offload != "none":
        raise RequestError(f"offload moves weights between a GPU and the CPU, the device is cpu: leave out offload={offload!r}")
    return dtype


def _libraries(device: str) -> Any:
    """torch, when all that loading needs is installed and the device is there."""
    try:
        import diffusers  # noqa: F401
        import torch
        import transformers  # noqa: F401
    except ImportError as error:
        raise MissingExtra.of("a pretrained model", "diffusion") from error
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        raise RequestError(f"the device {device!r} cannot be used here: {one_line(error)}; 'cpu' always can") from error
    return torch


def _hashes(card: FolderCard, report: Progress) -> dict[str, str]:
    """sha256 of every weight file, read in blocks by a few threads."""
    found = {}
    with ThreadPoolExecutor(max_workers=4) as pool:
        for at, (name, value) in enumerate(
            zip(card.weight_files, pool.map(lambda one: file_sha256(card.path / one), card.weight_files), strict=True)
        ):
            found[name] = value
            report(0.3 * (at + 1) / len(card.weight_files), f"checked {name}")
    return found


def _class(library: str, name: str) -> Any:
    """A class of the allow-list, by the names that model_index.json gives it."""
    home = library if library in ("diffusers", "transformers") else f"diffusers.pipelines.{library}"
    return getattr(importlib.import_module(home), RENAMED.get(name, name))


def _part(card: FolderCard, component: Component, dtype: Any) -> Any:
    """The loaded part. Raises ReadError with its name when its files do not fit its class."""
    cls = _class(component.library, component.cls)
    where = card.path / component.name
    if component.role != "weights":
        try:
            return cls.from_pretrained(str(where), local_files_only=True)
        except Exception as error:  # any fault of a foreign reader is a fault of the file that it read
            raise ReadError(f"the {component.role} {where} cannot be read as {component.cls}: {one_line(error)}") from error
    chosen = {} if component.variant is None else {"variant": component.variant}
    key = "dtype" if component.library in ("transformers", "stable_diffusion") else "torch_dtype"
    try:
        model, said = cls.from_pretrained(
            str(where), **{key: dtype}, **chosen, local_files_only=True, use_safetensors=True, low_cpu_mem_usage=True,
            output_loading_info=True,
        )  # fmt: skip
    except Exception as error:
        if is_of_memory(error):
            raise
        raise ReadError(f"the weights {where} do not fit {component.cls}: {one_line(error)}") from error
    wrong = [f"lacks {name}" for name in sorted(said["missing_keys"])] + [
        f"other shape: {one}" for one in said["mismatched_keys"]
    ]
    if wrong:
        raise ReadError(f"the weights {where} do not fit {component.cls}: {', '.join(wrong[:3])} ({len(wrong)} in all)")
    return model.eval().requires_grad_(False)


def _assemble(name: str, parts: Mapping[str, Any], settings: Mapping[str, Any]) -> Any:
    """A pipeline of this class; what it may have and the folder lacks is None, its settings are the folder's."""
    cls = _class("diffusers", name)
    wanted = inspect.signature(cls.__init__).parameters
    given = {key: value for key, value in {**settings, **parts}.items() if key in wanted}
    absent = {
        key: None for key, one in wanted.items() if key not in given and key != "self" and one.default is inspect.Parameter.empty
    }
    pipe = cls(**absent, **given)
    pipe.set_progress_bar_config(disable=True)
    return pipe


def _place(pipe: Any, device: str, offload: Offload) -> Any:
    if offload == "none":
        return pipe.to(device)
    start: Callable[..., None] = pipe.enable_model_cpu_offload if offload == "model" else pipe.enable_sequential_cpu_offload
    start(device=device)
    return pipe
