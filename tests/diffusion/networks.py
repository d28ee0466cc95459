"""Tiny networks and pipelines of diffusers with random weights, and an analytic denoiser whose truth is known."""

from __future__ import annotations

import contextlib

import diffusers
import torch


def unet(channels: int = 4, seed: int = 0, widths: tuple[int, int] = (16, 32)) -> diffusers.UNet2DModel:
    """A convolutional network with attention; total stride 2, so rolls by even columns are its own symmetry."""
    with seeded(seed):
        return diffusers.UNet2DModel(
            sample_size=16,
            in_channels=channels,
            out_channels=channels,
            block_out_channels=widths,
            layers_per_block=1,
            norm_num_groups=4,
            down_block_types=("DownBlock2D", "AttnDownBlock2D"),
            up_block_types=("AttnUpBlock2D", "UpBlock2D"),
        ).eval()


def conditional_unet(seed: int = 0) -> diffusers.UNet2DConditionModel:
    """The network of Stable Diffusion, 16 and 32 channels wide, words of 32 numbers."""
    with seeded(seed):
        return diffusers.UNet2DConditionModel(
            sample_size=16,
            in_channels=4,
            out_channels=4,
            block_out_channels=(16, 32),
            layers_per_block=1,
            norm_num_groups=4,
            cross_attention_dim=32,
            attention_head_dim=4,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        ).eval()


def vae(seed: int = 0) -> diffusers.AutoencoderKL:
    with seeded(seed):
        return diffusers.AutoencoderKL(
            block_out_channels=(8, 8),
            norm_num_groups=4,
            latent_channels=4,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
        ).eval()


def stable_diffusion(scheduler, kind: type = diffusers.StableDiffusionPipeline):
    """A pipeline that is handed embeddings, so it needs neither a tokenizer nor a text encoder."""
    parts = {"vae": vae(), "unet": conditional_unet(), "scheduler": scheduler, "text_encoder": None, "tokenizer": None}
    made = kind(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
    made.set_progress_bar_config(disable=True)
    return made


def stable_diffusion_3(scheduler):
    with seeded(0):
        transformer = diffusers.SD3Transformer2DModel(
            sample_size=16,
            patch_size=2,
            in_channels=4,
            out_channels=4,
            num_layers=2,
            attention_head_dim=8,
            num_attention_heads=2,
            joint_attention_dim=32,
            caption_projection_dim=16,
            pooled_projection_dim=32,
            pos_embed_max_size=16,
        ).eval()
    names = ("text_encoder", "text_encoder_2", "text_encoder_3", "tokenizer", "tokenizer_2", "tokenizer_3")
    parts = {"transformer": transformer, "scheduler": scheduler, "vae": vae(), **dict.fromkeys(names)}
    made = diffusers.StableDiffusion3Pipeline(**parts)
    made.set_progress_bar_config(disable=True)
    return made


def flux(scheduler):
    with seeded(0):
        transformer = diffusers.FluxTransformer2DModel(
            patch_size=1,
            in_channels=16,
            num_layers=1,
            num_single_layers=1,
            attention_head_dim=16,
            num_attention_heads=2,
            joint_attention_dim=32,
            pooled_projection_dim=32,
            axes_dims_rope=(4, 4, 8),
        ).eval()
    names = ("text_encoder", "text_encoder_2", "tokenizer", "tokenizer_2")
    parts = {"transformer": transformer, "scheduler": scheduler, "vae": vae(), **dict.fromkeys(names)}
    made = diffusers.FluxPipeline(**parts)
    made.set_progress_bar_config(disable=True)
    return made


@contextlib.contextmanager
def seeded(seed: int):
    """Weights drawn from this seed, torch's own generator left as it was."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        yield
