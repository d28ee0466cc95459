"""What families of pipelines do differently when they are taken apart: how words are read, how the network is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import torch

Cond = Mapping[str, Any]


class Asked(NamedTuple):
    """What a network is told besides x, t and words: further channels, or a picture for its ControlNet and how much it counts."""

    beside: torch.Tensor | None = None
    control: torch.Tensor | None = None
    weight: float = 1.0


@dataclass(frozen=True)
class Family:
    """words: (pipe, prompt, negative, (width, height), scale) -> (cond, uncond), one row each.

    predict: (pipe, x, t, cond, asked) -> the network's prediction, in the shape of x.
    beside: (mask (1, 1, height, width), latents of what is known) -> what a network made for inpainting is shown beside x.
    patch: side of the squares of latents that the network sees as one.
    packs: it is shown these squares in a row, and the pipeline spreads the noise levels evenly before they are shifted.
    told: the scale of guidance is told to the network, which was taught it; nothing is asked twice.
    keep: guidance keeps the length of the conditional prediction in every patch.
    films: the decoder takes films, of which a picture is one frame.
    """

    words: Callable[[Any, str, str, tuple[int, int], float], tuple[Cond, Cond]]
    predict: Callable[[Any, torch.Tensor, torch.Tensor, Cond, Asked], torch.Tensor]
    beside: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
    patch: int = 2
    packs: bool = False
    told: bool = False
    keep: bool = False
    films: bool = False


def _sd_words(pipe: Any, prompt: str, negative: str, size: tuple[int, int], scale: float) -> tuple[Cond, Cond]:
    words, nothing = pipe.encode_prompt(prompt, pipe._execution_device, 1, True, negative)
    return {"words": words}, {"words": nothing}


def _sdxl_words(pipe: Any, prompt: str, negative: str, size: tuple[int, int], scale: float) -> tuple[Cond, Cond]:
    import torch

    words, nothing, pooled, nothing_pooled = pipe.encode_prompt(prompt, negative_prompt=negative or None)
    told = torch.tensor([[size[1], size[0], 0, 0, size[1], size[0]]]).to(words)
    return {"words": words, "pooled": pooled, "sizes": told}, {"words": nothing, "pooled": nothing_pooled, "sizes": told}


def _sd3_words(pipe: Any, prompt: str, negative: str, size: tuple[int, int], scale: float) -> tuple[Cond, Cond]:
    words, nothing, pooled, nothing_pooled = pipe.encode_prompt(prompt, None, None, negative_prompt=negative)
    return {"words": words, "pooled": pooled}, {"words": nothing, "pooled": nothing_pooled}


def _flux_words(pipe: Any, prompt: str, negative: str, size: tuple[int, int], scale: float) -> tuple[Cond, Cond]:
    import torch

    words, pooled, _ = pipe.encode_prompt(prompt, None)
    taught = {"scale": torch.full((1,), scale, device=words.device)} if pipe.transformer.config.guidance_embeds else {}
    cond = {"words": words, "pooled": pooled, **taught}
    return cond, cond


def _qwen_words(pipe: Any, prompt: str, negative: str, size: tuple[int, int], scale: float) -> tuple[Cond, Cond]:
    """Both padded to one length, so that they fit into one batch; the mask tells what is read."""
    import torch

    found = [pipe.encode_prompt(one) for one in (prompt, negative or " ")]  # without any, this family leaves out guidance
    longest = max(words.shape[1] for words, _ in found)
    conds = []
    for words, mask in found:
        mask = torch.ones(words.shape[:2], dtype=torch.bool, device=words.device) if mask is None else mask.bool()
        more = longest - words.shape[1]
        padded = torch.nn.functional.pad(words, (0, 0, 0, more))
        conds.append({"words": padded, "read": torch.nn.functional.pad(mask, (0, more))})
    return conds[0], conds[1]


def _unet(pipe: Any, x: torch.Tensor, t: torch.Tensor, cond: Cond, asked: Asked) -> torch.Tensor:
    told: dict[str, Any] = {"encoder_hidden_states": cond["words"]}
    if "pooled" in cond:
        told["added_cond_kwargs"] = {"text_embeds": cond["pooled"], "time_ids": cond["sizes"]}
    if asked.control is not None:
        picture = asked.control.to(x).expand(len(x), -1, -1, -1)
        down, mid = pipe.controlnet(
            x, t, controlnet_cond=picture, conditioning_scale=asked.weight, return_dict=False, **told
        )  # fmt: skip
        told |= {"down_block_additional_residuals": down, "mid_block_additional_residual": mid}
    found: torch.Tensor = pipe.unet(_with(x, asked), t, return_dict=False, **told)[0]
    return found


def _sd3(pipe: Any, x: torch.Tensor, t: torch.Tensor, cond: Cond, asked: Asked) -> torch.Tensor:
    found: torch.Tensor = pipe.transformer(
        hidden_states=x, timestep=t.expand(len(x)), encoder_hidden_states=cond["words"], pooled_projections=cond["pooled"],
        return_dict=False,
    )[0]  # fmt: skip
    return found


def _flux(pipe: Any, x: torch.Tensor, t: torch.Tensor, cond: Cond, asked: Asked) -> torch.Tensor:
    import torch

    rows, columns = x.shape[2] // 2, x.shape[3] // 2
    places = torch.cartesian_prod(*(torch.arange(float(many)) for many in (1, rows, columns))).to(x)
    found = pipe.transformer(
        hidden_states=packed(_with(x, asked)), timestep=t.expand(len(x)).to(x) / 1000, guidance=cond.get("scale"),
        pooled_projections=cond["pooled"], encoder_hidden_states=cond["words"],
        txt_ids=torch.zeros(cond["words"].shape[1], 3).to(x), img_ids=places, return_dict=False,
    )[0]  # fmt: skip
    return unpacked(found, rows, columns)


def _qwen(pipe: Any, x: torch.Tensor, t: torch.Tensor, cond: Cond, asked: Asked) -> torch.Tensor:
    rows, columns = x.shape[2] // 2, x.shape[3] // 2
    read = None if cond["read"].all() else cond["read"]
    found = pipe.transformer(
        hidden_states=packed(x), timestep=t.expand(len(x)).to(x) / 1000, encoder_hidden_states=cond["words"],
        encoder_hidden_states_mask=read, img_shapes=[[(1, rows, columns)]] * len(x), return_dict=False,
    )[0]  # fmt: skip
    return unpacked(found, rows, columns)


def _with(x: torch.Tensor, asked: Asked) -> torch.Tensor:
    import torch

    return x if asked.beside is None else torch.cat([x, asked.beside.to(x).expand(len(x), -1, -1, -1)], dim=1)


def packed(x: torch.Tensor) -> torch.Tensor:
    """(N, C, H, W) -> (N, H/2 * W/2, 4 C): squares of 2 x 2 latents in rows, channels outermost."""
    count, channels, rows, columns = x.shape
    squares = x.reshape(count, channels, rows // 2, 2, columns // 2, 2).permute(0, 2, 4, 1, 3, 5)
    return squares.reshape(count, rows * columns // 4, channels * 4)


def unpacked(tokens: torch.Tensor, rows: int, columns: int) -> torch.Tensor:
    """The inverse of packed(), of `rows` by `columns` squares."""
    squares = tokens.reshape(len(tokens), rows, columns, -1, 2, 2).permute(0, 3, 1, 4, 2, 5)
    return squares.reshape(len(tokens), -1, 2 * rows, 2 * columns)


def _small_mask_first(mask: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    import torch

    return torch.cat([torch.nn.functional.interpolate(mask, size=known.shape[2:]), known], dim=1)


def _mask_cells_last(mask: torch.Tensor, known: torch.Tensor) -> torch.Tensor:
    """All the pixels of the mask that belong to one latent become its channels."""
    import torch

    return torch.cat([known, torch.nn.functional.pixel_unshuffle(mask, mask.shape[2] // known.shape[2])], dim=1)


def network(pipe: Any) -> Any:
    """The denoiser of a pipeline, of either build."""
    return pipe.unet if hasattr(pipe, "unet") else pipe.transformer


FAMILIES: Mapping[str, Family] = {
    "Stable Diffusion 1 and 2": Family(_sd_words, _unet, _small_mask_first, patch=1),
    "Stable Diffusion XL": Family(_sdxl_words, _unet, _small_mask_first, patch=1),
    "Stable Diffusion 3": Family(_sd3_words, _sd3, _small_mask_first),
    "FLUX": Family(_flux_words, _flux, _mask_cells_last, packs=True, told=True),
    "Qwen-Image": Family(_qwen_words, _qwen, _mask_cells_last, packs=True, keep=True, films=True),
}
