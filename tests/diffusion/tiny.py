"""Tiny random-weight pipelines, built and saved by diffusers itself: folders that load like the real ones, no network.

Each is built once per session: `folder("sd")` is the path. Their pictures are noise; their steps, files and shapes are real.
"""

import atexit
import json
import shutil
import tempfile
from functools import cache
from pathlib import Path

from tests.diffusion.tiny_cubes import marching_cubes_table

WORDS = [
    "a", "an", "the", "red", "green", "blue", "wooden", "stone", "round", "tall", "chair", "table", "vase", "ball", "house",
    "tree", "on", "of", "with", "photo", "painting",
]  # fmt: skip
WIDTH = 32
"""Of text states and of attention, in every tiny model."""


def folder(name: str) -> Path:
    """The saved pipeline of this name: a key of BUILDERS."""
    return _saved(name)


@cache
def _root() -> Path:
    root = Path(tempfile.mkdtemp(prefix="tiny_pipelines_"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


@cache
def _saved(name: str) -> Path:
    import torch

    from dhsdk.diffusion.pretrained.quiet import quiet

    target = _root() / name
    with quiet(), torch.random.fork_rng():
        torch.manual_seed(7)
        BUILDERS[name]().save_pretrained(target, safe_serialization=True)
    (target / "README.md").write_text("---\nlicense: cc0-1.0\n---\nRandom weights.\n", "utf-8")
    return target


def clip_tokenizer(length: int = 16):
    """A CLIP tokenizer whose vocabulary is every byte, every byte at a word's end, and WORDS."""
    from transformers import CLIPTokenizer

    alphabet = sorted(_bytes())
    tokens = [*alphabet, *(one + "</w>" for one in alphabet)]
    merges = []
    for word in WORDS:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pair = (parts[0], parts[1])
            if pair not in merges:
                merges.append(pair)
            parts = ["".join(pair), *parts[2:]]
            tokens.append(parts[0])
    tokens = [*dict.fromkeys(tokens), "<|startoftext|>", "<|endoftext|>"]
    return CLIPTokenizer(vocab={one: at for at, one in enumerate(tokens)}, merges=merges, model_max_length=length)


def t5_tokenizer():
    """A T5 tokenizer over WORDS and single letters."""
    from transformers import T5Tokenizer

    letters = "abcdefghijklmnopqrstuvwxyz0123456789.,"
    pieces = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0), ("▁", -2.0)]
    pieces += [("▁" + word, -1.0) for word in WORDS] + [(one, -5.0) for one in letters if one not in WORDS]
    return T5Tokenizer(vocab=pieces, extra_ids=0, model_max_length=16)


def qwen_tokenizer():
    """A Qwen2 tokenizer of single bytes, with the three special tokens that the template of Qwen-Image writes."""
    from transformers import Qwen2Tokenizer

    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *sorted(_bytes())]
    made = Qwen2Tokenizer(vocab={one: at for at, one in enumerate(tokens)}, merges=[], model_max_length=256)
    made.add_special_tokens({"additional_special_tokens": ["<|im_start|>", "<|im_end|>"]})
    return made


def _bytes() -> list[str]:
    from tokenizers.pre_tokenizers import ByteLevel

    return ByteLevel.alphabet()


def clip_text(projection: bool = False, width: int = WIDTH):
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    tokenizer = clip_tokenizer()
    end = tokenizer.eos_token_id
    config = CLIPTextConfig(
        vocab_size=len(tokenizer), hidden_size=width, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        max_position_embeddings=16, projection_dim=width, bos_token_id=end - 1, eos_token_id=end, pad_token_id=end,
    )  # fmt: skip
    return (CLIPTextModelWithProjection if projection else CLIPTextModel)(config).eval()


def t5_text():
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(
        T5Config(vocab_size=len(t5_tokenizer()), d_model=WIDTH, d_kv=8, d_ff=48, num_layers=2, num_heads=4)
    ).eval()


def vae(channels: int = 4, shift: float | None = None, levels: int = 2, scaling: float = 0.18215):
    from diffusers import AutoencoderKL

    return AutoencoderKL(
        block_out_channels=(16,) * levels, down_block_types=("DownEncoderBlock2D",) * levels,
        up_block_types=("UpDecoderBlock2D",) * levels, latent_channels=channels, norm_num_groups=8, layers_per_block=1,
        sample_size=32, scaling_factor=scaling, use_quant_conv=shift is None, use_post_quant_conv=shift is None,
        **({} if shift is None else {"shift_factor": shift}),
    )  # fmt: skip


def unet(inputs: int = 4, text: int = WIDTH, **more):
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(
        **{
            "block_out_channels": (16, 32), "layers_per_block": 1, "sample_size": 16, "in_channels": inputs, "out_channels": 4,
            "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D"), "up_block_types": ("CrossAttnUpBlock2D", "UpBlock2D"),
            "cross_attention_dim": text, "norm_num_groups": 8, "attention_head_dim": 8,
        } | more
    )  # fmt: skip


def ddim():
    from diffusers import DDIMScheduler

    return DDIMScheduler(beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1, clip_sample=False)


def flow(**more):
    from diffusers import FlowMatchEulerDiscreteScheduler

    return FlowMatchEulerDiscreteScheduler(shift=3.0, **more)


def _sd_parts(inputs: int = 4) -> dict:
    return {
        "vae": vae(), "text_encoder": clip_text(), "tokenizer": clip_tokenizer(), "unet": unet(inputs), "scheduler": ddim(),
        "safety_checker": None, "feature_extractor": None, "requires_safety_checker": False,
    }  # fmt: skip


def _sd():
    from diffusers import StableDiffusionPipeline

    return StableDiffusionPipeline(**_sd_parts())


def _sd_checked():
    """With the safety checker and the feature extractor that the published folders of Stable Diffusion 1 have."""
    from diffusers import StableDiffusionPipeline
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import CLIPConfig, CLIPImageProcessor

    config = CLIPConfig(
        text_config={"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                     "vocab_size": 99},
        vision_config={"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2,
                       "image_size": 32, "patch_size": 16},
        projection_dim=16,
    )  # fmt: skip
    checker = StableDiffusionSafetyChecker(config).eval()
    for weights in (checker.concept_embeds_weights, checker.special_care_embeds_weights):
        weights.data.fill_(2.0)  # no picture is that close
    size = {"height": 32, "width": 32}
    extractor = CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=size)
    return StableDiffusionPipeline(**_sd_parts() | {"safety_checker": checker, "feature_extractor": extractor})


def _sd_inpaint():
    from diffusers import StableDiffusionInpaintPipeline

    return StableDiffusionInpaintPipeline(**_sd_parts(9))


def _controlnet(unet):
    from diffusers import ControlNetModel

    made = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(8, 16))
    for one in (*made.controlnet_down_blocks.parameters(), *made.controlnet_cond_embedding.conv_out.parameters()):
        one.data.normal_(0.0, 0.1)  # zero at birth: it would say nothing
    return made


def _sd_controlnet():
    from diffusers import StableDiffusionControlNetPipeline

    parts = _sd_parts()
    return StableDiffusionControlNetPipeline(**parts, controlnet=_controlnet(parts["unet"]))


def _sdxl_parts(inputs: int = 4) -> dict:
    return {
        "vae": vae(), "text_encoder": clip_text(), "text_encoder_2": clip_text(projection=True), "tokenizer": clip_tokenizer(),
        "tokenizer_2": clip_tokenizer(), "scheduler": ddim(), "add_watermarker": False,
        "unet": unet(inputs, 2 * WIDTH, addition_embed_type="text_time", addition_time_embed_dim=8,
                     transformer_layers_per_block=1, projection_class_embeddings_input_dim=6 * 8 + WIDTH,
                     use_linear_projection=True),
    }  # fmt: skip


def _sdxl():
    from diffusers import StableDiffusionXLPipeline

    return StableDiffusionXLPipeline(**_sdxl_parts())


def _sdxl_inpaint():
    from diffusers import StableDiffusionXLInpaintPipeline

    return StableDiffusionXLInpaintPipeline(**_sdxl_parts(9))


def _sdxl_controlnet():
    from diffusers import StableDiffusionXLControlNetPipeline

    parts = _sdxl_parts()
    return StableDiffusionXLControlNetPipeline(**parts, controlnet=_controlnet(parts["unet"]))


def _sd_upscale():
    from diffusers import DDPMScheduler, StableDiffusionUpscalePipeline

    return StableDiffusionUpscalePipeline(
        vae=vae(levels=3, scaling=0.08333), text_encoder=clip_text(), tokenizer=clip_tokenizer(),
        unet=unet(7, num_class_embeds=1000),
        low_res_scheduler=DDPMScheduler(), scheduler=ddim(), max_noise_level=350,
    )  # fmt: skip


def _latent_upscale():
    from diffusers import EulerDiscreteScheduler, StableDiffusionLatentUpscalePipeline

    karras = unet(
        8, block_out_channels=(64, 64), layers_per_block=2, time_embedding_dim=64, act_fn="gelu", time_embedding_type="fourier",
        time_cond_proj_dim=128 + WIDTH, conv_in_kernel=1, conv_out_kernel=1, mid_block_type=None, only_cross_attention=False,
        down_block_types=("KDownBlock2D", "KCrossAttnDownBlock2D"), up_block_types=("KCrossAttnUpBlock2D", "KUpBlock2D"),
        resnet_time_scale_shift="scale_shift", timestep_post_act="gelu", norm_num_groups=None, out_channels=5,
    )  # fmt: skip
    return StableDiffusionLatentUpscalePipeline(
        vae=vae(levels=4), text_encoder=clip_text(), tokenizer=clip_tokenizer(), unet=karras,
        scheduler=EulerDiscreteScheduler(prediction_type="sample"),
    )  # fmt: skip


def _sd3():
    from diffusers import SD3Transformer2DModel, StableDiffusion3Pipeline

    return StableDiffusion3Pipeline(
        transformer=SD3Transformer2DModel(
            sample_size=16, patch_size=1, in_channels=16, num_layers=1, attention_head_dim=8, num_attention_heads=4,
            caption_projection_dim=32, joint_attention_dim=2 * WIDTH, pooled_projection_dim=2 * WIDTH, out_channels=16,
        ),
        scheduler=flow(), vae=vae(16, shift=0.06), text_encoder=clip_text(projection=True), tokenizer=clip_tokenizer(),
        text_encoder_2=clip_text(projection=True), tokenizer_2=clip_tokenizer(), text_encoder_3=None, tokenizer_3=None,
    )  # fmt: skip


def _flux_parts(inputs: int, outputs: int) -> dict:
    from diffusers import FluxTransformer2DModel

    return {
        "scheduler": flow(use_dynamic_shifting=True), "vae": vae(shift=0.1), "text_encoder": clip_text(),
        "tokenizer": clip_tokenizer(), "text_encoder_2": t5_text(), "tokenizer_2": t5_tokenizer(),
        "transformer": FluxTransformer2DModel(
            patch_size=1, in_channels=inputs, out_channels=outputs, num_layers=1, num_single_layers=1, attention_head_dim=16,
            num_attention_heads=2, joint_attention_dim=WIDTH, pooled_projection_dim=WIDTH, axes_dims_rope=(4, 4, 8),
            guidance_embeds=True,
        ),
    }  # fmt: skip


def _flux():
    from diffusers import FluxPipeline

    return FluxPipeline(**_flux_parts(16, 16))


def _flux_fill():
    """Packed latents 16, masked picture 16, mask 2 x 2 for each latent of a picture halved once: 2 x 2 x 4."""
    from diffusers import FluxFillPipeline

    return FluxFillPipeline(**_flux_parts(16 + 16 + 16, 16))


def _qwen():
    from diffusers import AutoencoderKLQwenImage, QwenImagePipeline, QwenImageTransformer2DModel
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    tokenizer = qwen_tokenizer()
    config = Qwen2_5_VLConfig(
        text_config={
            "hidden_size": WIDTH, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2,
            "num_key_value_heads": 2, "vocab_size": len(tokenizer), "max_position_embeddings": 512,
            "rope_parameters": {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 1e6},
        },
        vision_config={"depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": WIDTH},
        vision_start_token_id=0, vision_end_token_id=0, vision_token_id=0, image_token_id=0, video_token_id=0,
    )  # fmt: skip
    return QwenImagePipeline(
        scheduler=flow(use_dynamic_shifting=True),
        vae=AutoencoderKLQwenImage(
            base_dim=8, z_dim=4, dim_mult=[1, 2], num_res_blocks=1, temperal_downsample=[False], latents_mean=[0.0] * 4,
            latents_std=[1.0] * 4,
        ),
        text_encoder=Qwen2_5_VLForConditionalGeneration(config).eval(), tokenizer=tokenizer,
        transformer=QwenImageTransformer2DModel(
            patch_size=2, in_channels=16, out_channels=4, num_layers=1, attention_head_dim=16, num_attention_heads=2,
            joint_attention_dim=WIDTH, axes_dims_rope=(4, 6, 6),
        ),
    )  # fmt: skip


RADIUS = 0.6
"""Of the ball that the field of shap_e is, in units of its box [-1, 1]; the latent dents it by a few per cent."""


def _shap_e():
    """The real renderer with few numbers: the latent makes the weights of its first layer, whose cosines of the position add up
    to a ball; the table of marching cubes is part of the weights of a Shap-E folder, so it is filled too."""
    import torch
    from diffusers import HeunDiscreteScheduler, PriorTransformer, ShapEPipeline
    from diffusers.pipelines.shap_e.renderer import ShapERenderer

    hidden, inputs, latent = 4, 93, 16
    renderer = ShapERenderer(
        param_names=("nerstf.mlp.0.weight",), param_shapes=((hidden, inputs),), d_latent=latent, d_hidden=hidden, n_output=12,
        n_hidden_layers=1, insert_direction_at=None,
    )  # fmt: skip
    project = next(iter(renderer.params_proj.projections.values()))
    cosines = [3 + 45 + axis for axis in range(3)]  # [x, sin(2^k x), cos(2^k x)], k = 0 first, the axes innermost
    rows = torch.zeros(hidden, inputs)
    rows[0, cosines], rows[1, cosines] = 1.0, -1.0
    rows[2, 0] = 1.0  # x alone, for the colour
    with torch.no_grad():
        project.proj.bias.copy_(rows.reshape(-1))
        project.proj.weight.normal_()
        project.norm.bias.zero_()
        project.norm.weight.fill_(0.002)
        first, last = renderer.mlp.mlp
        level = 2 + torch.tensor(RADIUS).cos()
        first.bias.copy_(torch.tensor([-level, level, 0.0, 0.0]))
        last.weight.zero_()
        last.bias.zero_()
        last.weight[0, 0], last.weight[0, 1] = 1.0, -1.0  # silu(u) - silu(-u) = u
        last.weight[3, 2], last.bias[3], last.bias[4] = 4.0, 0.0, 1.0
        cases, masks = marching_cubes_table()
        renderer.mesh_decoder.cases.copy_(torch.from_numpy(cases))
        renderer.mesh_decoder.masks.copy_(torch.from_numpy(masks))
    prior = PriorTransformer(
        num_attention_heads=2, attention_head_dim=8, num_layers=1, embedding_dim=latent, num_embeddings=hidden,
        additional_embeddings=0, embedding_proj_dim=WIDTH, time_embed_dim=16, clip_embed_dim=2 * latent,
        embedding_proj_norm_type="layer", encoder_hid_proj_type=None, added_emb_type=None, time_embed_act_fn="gelu",
        norm_in_type="layer",
    )  # fmt: skip
    return ShapEPipeline(
        prior=prior, text_encoder=clip_text(projection=True), tokenizer=clip_tokenizer(), shap_e_renderer=renderer,
        scheduler=HeunDiscreteScheduler(
            beta_schedule="exp", num_train_timesteps=1024, prediction_type="sample", use_karras_sigmas=True, clip_sample=True,
            clip_sample_range=1.0,
        ),
    )  # fmt: skip


BUILDERS = {
    "sd": _sd, "sd_checked": _sd_checked, "sd_inpaint": _sd_inpaint, "sd_controlnet": _sd_controlnet, "sdxl": _sdxl,
    "sdxl_inpaint": _sdxl_inpaint, "sdxl_controlnet": _sdxl_controlnet,
    "sd_upscale": _sd_upscale, "latent_upscale": _latent_upscale, "sd3": _sd3, "flux": _flux, "flux_fill": _flux_fill,
    "qwen": _qwen, "shap_e": _shap_e,
}  # fmt: skip


def edited(name: str, target: Path, **changes) -> Path:
    """A copy of a tiny folder at `target` whose model_index.json has these entries changed (None takes one out)."""
    shutil.copytree(folder(name), target)
    index = json.loads((target / "model_index.json").read_text("utf-8"))
    for key, value in changes.items():
        if value is None:
            index.pop(key, None)
        else:
            index[key] = value
    (target / "model_index.json").write_text(json.dumps(index), "utf-8")
    return target
