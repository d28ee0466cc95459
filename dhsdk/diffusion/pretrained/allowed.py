"""What may be loaded: pipeline classes and what they serve, and the classes of their parts. Data: nothing is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text_to_image", "image_to_image", "inpaint", "upscale", "text_to_3d", "controlnet"]
KINDS: tuple[Kind, ...] = ("text_to_image", "image_to_image", "inpaint", "upscale", "text_to_3d", "controlnet")


@dataclass(frozen=True)
class Allowed:
    """A pipeline class. serves: kind -> the class that does it with the same parts. parts: those that it cannot do without.

    scale: how many times larger an upscaler makes a picture. guidance: name of the argument that sets classifier-free guidance.
    """

    family: str
    serves: Mapping[Kind, str]
    parts: tuple[str, ...]
    scale: int = 1
    guidance: str = "guidance_scale"


_SD = ("vae", "text_encoder", "tokenizer", "unet", "scheduler")
_SDXL = (*_SD, "text_encoder_2", "tokenizer_2")
_SD3 = ("transformer", "scheduler", "vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2")
_FLUX = ("transformer", "scheduler", "vae", "text_encoder", "tokenizer", "text_encoder_2", "tokenizer_2")
_QWEN = ("transformer", "scheduler", "vae", "text_encoder", "tokenizer")


def _trio(stem: str) -> Mapping[Kind, str]:
    return {
        "text_to_image": f"{stem}Pipeline",
        "image_to_image": f"{stem}Img2ImgPipeline",
        "inpaint": f"{stem}InpaintPipeline",
    }


PIPELINES: Mapping[str, Allowed] = {
    "StableDiffusionPipeline": Allowed("Stable Diffusion 1 and 2", _trio("StableDiffusion"), _SD),
    "StableDiffusionImg2ImgPipeline": Allowed("Stable Diffusion 1 and 2", _trio("StableDiffusion"), _SD),
    "StableDiffusionInpaintPipeline": Allowed("Stable Diffusion 1 and 2", {"inpaint": "StableDiffusionInpaintPipeline"}, _SD),
    "StableDiffusionControlNetPipeline": Allowed(
        "Stable Diffusion 1 and 2", {"controlnet": "StableDiffusionControlNetPipeline"}, (*_SD, "controlnet")
    ),
    "StableDiffusionUpscalePipeline": Allowed(
        "Stable Diffusion 1 and 2", {"upscale": "StableDiffusionUpscalePipeline"}, (*_SD, "low_res_scheduler"), scale=4
    ),
    "StableDiffusionLatentUpscalePipeline": Allowed(
        "Stable Diffusion 1 and 2", {"upscale": "StableDiffusionLatentUpscalePipeline"}, _SD, scale=2
    ),
    "StableDiffusionXLPipeline": Allowed("Stable Diffusion XL", _trio("StableDiffusionXL"), _SDXL),
    "StableDiffusionXLInpaintPipeline": Allowed("Stable Diffusion XL", {"inpaint": "StableDiffusionXLInpaintPipeline"}, _SDXL),
    "StableDiffusionXLControlNetPipeline": Allowed(
        "Stable Diffusion XL", {"controlnet": "StableDiffusionXLControlNetPipeline"}, (*_SDXL, "controlnet")
    ),
    "StableDiffusion3Pipeline": Allowed("Stable Diffusion 3", _trio("StableDiffusion3"), _SD3),
    "FluxPipeline": Allowed("FLUX", _trio("Flux"), _FLUX),
    "FluxFillPipeline": Allowed("FLUX", {"inpaint": "FluxFillPipeline"}, _FLUX),
    "QwenImagePipeline": Allowed("Qwen-Image", _trio("QwenImage"), _QWEN, guidance="true_cfg_scale"),
    "ShapEPipeline": Allowed(
        "Shap-E", {"text_to_3d": "ShapEPipeline"}, ("prior", "text_encoder", "tokenizer", "scheduler", "shap_e_renderer")
    ),
}

CLIP_ONLY = ("Stable Diffusion 1 and 2", "Stable Diffusion XL")
"""Families whose words are read by CLIP alone, which reads no more than its length."""

Role = Literal["weights", "tokenizer", "scheduler", "processor"]

_WEIGHTS = {
    "diffusers": (
        "AutoencoderKL AutoencoderKLQwenImage ControlNetModel FluxTransformer2DModel PriorTransformer "
        "QwenImageTransformer2DModel SD3Transformer2DModel UNet2DConditionModel"
    ),
    "transformers": (
        "CLIPTextModel CLIPTextModelWithProjection CLIPVisionModelWithProjection Qwen2_5_VLForConditionalGeneration "
        "SiglipVisionModel T5EncoderModel"
    ),
    "stable_diffusion": "StableDiffusionSafetyChecker",
    "shap_e": "ShapERenderer",
}
_TOKENIZERS = "CLIPTokenizer CLIPTokenizerFast T5Tokenizer T5TokenizerFast Qwen2Tokenizer Qwen2TokenizerFast"
_SCHEDULERS = (
    "DDIM DDPM DEISMultistep DPMSolverMultistep DPMSolverSinglestep EulerAncestralDiscrete EulerDiscrete FlowMatchEulerDiscrete "
    "FlowMatchHeunDiscrete HeunDiscrete KDPM2AncestralDiscrete KDPM2Discrete LCM LMSDiscrete PNDM TCD UniPCMultistep"
)
_PROCESSORS = (
    "CLIPFeatureExtractor CLIPImageProcessor CLIPImageProcessorFast CLIPImageProcessorPil SiglipImageProcessor"
    " SiglipImageProcessorPil"
)

COMPONENTS: Mapping[tuple[str, str], Role] = {
    **{(library, name): "weights" for library, names in _WEIGHTS.items() for name in names.split()},
    **{("transformers", name): "tokenizer" for name in _TOKENIZERS.split()},
    **{("diffusers", name + "Scheduler"): "scheduler" for name in _SCHEDULERS.split()},
    **{("transformers", name): "processor" for name in _PROCESSORS.split()},
}
"""(library, class) as model_index.json writes them -> what files such a part has."""

RENAMED: Mapping[str, str] = {"CLIPFeatureExtractor": "CLIPImageProcessor", "CLIPImageProcessorFast": "CLIPImageProcessor"}
"""Classes that old folders name and the installed library calls otherwise."""


def serving(kind: Kind) -> tuple[str, ...]:
    """The pipeline classes whose folders serve this kind."""
    return tuple(name for name, one in PIPELINES.items() if kind in one.serves)
