"""The diffusion core on targets whose exact denoiser is known: a run by steps, a panorama without a seam, distilled pictures."""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from dhsdk.diffusion import Mixture, circular, noise, preview, schedule, windowed
from dhsdk.diffusion.distill import distill
from dhsdk.diffusion.sample import sample

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
torch.set_num_threads(1)  # operations this small only wait for threads


def save(name: str, pixels: np.ndarray, times: int = 1) -> None:
    Image.fromarray(pixels.repeat(times, 0).repeat(times, 1)).save(out / name)


def columns(cells: list[np.ndarray], gap: int = 4) -> np.ndarray:
    """Pictures of one height side by side, white between them."""
    white = np.full((cells[0].shape[0], gap, 3), 255, np.uint8)
    return np.concatenate([part for cell in cells for part in (cell, white)][:-1], axis=1)


# 1. Noise becomes a spiral: 20,000 points, shown after each second step of 12, and where the denoiser thought they would end.
angle = torch.linspace(0, 5 * torch.pi, 300)
spiral = Mixture(torch.stack([angle.cos(), angle.sin()], 1) * angle[:, None] / 11, spread=0.03)
plan, frames = schedule("flow_unipc", 12, flow_shift=0.4), []


def density(points: torch.Tensor, size: int = 120) -> np.ndarray:
    counts, _, _ = np.histogram2d(-points[:, 1].numpy(), points[:, 0].numpy(), bins=size, range=[[-1.8, 1.8]] * 2)
    shade = 1 - np.clip(counts / 12, 0, 1) ** 0.5
    return (np.stack([shade, shade**0.6, 0.5 + 0.5 * shade], -1) * 255).astype(np.uint8)


def watch(step: int, total: int, x: torch.Tensor, clean: torch.Tensor) -> None:
    if step % 2 == 0:
        frames.append(np.concatenate([density(x), density(clean)]))


sample(spiral.denoiser(plan), noise((20_000, 2), 7), plan, callback=watch)
save("steps.png", columns(frames), 2)


# 2. Clouds: a denoiser that knows pictures of 32 x 32 cells and no more makes a strip of 32 x 160 that closes into a circle.
side = torch.arange(64)
waves = torch.minimum(side, 64 - side).float()
power = 3000.0 / (2.0 + waves[:, None] ** 2 + waves[None] ** 2) ** 2
blue, white, warm = torch.tensor([[-0.5, 0.0, 0.6], [0.8, 0.6, 0.3], [0.3, -0.05, -0.2]])
plan = schedule("dpm++", 20, beta_schedule="squaredcos_cap_v2")
levels = {float(t): (float(a), float(s)) for t, a, s in zip(plan.timesteps, plan.alphas, plan.sigmas, strict=True)}


def clouds(x: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    """Wiener's filter, the exact denoiser of Gaussian clouds; outside of its window it knows nothing (edges are mirrored)."""
    alpha, sigma = levels[float(t)]
    mirrored = torch.cat([x, x.flip(-1)], -1)
    waves = torch.fft.fft2(torch.cat([mirrored, mirrored.flip(-2)], -2))
    clean = torch.fft.ifft2(waves * alpha * power / (alpha**2 * power + sigma**2)).real[..., : x.shape[-2], : x.shape[-1]]
    return (x - alpha * clean) / sigma


def strip(denoiser: object) -> np.ndarray:
    """The panorama, turned by half so that its ends meet in the middle of the picture."""
    found = sample(denoiser, noise((1, 2, 32, 160), 3), plan, rng=1)
    cloud, glow = torch.roll(found[0], 80, -1)[..., None].sigmoid()
    return preview((blue + white * cloud + warm * (2 * glow - 1)).permute(2, 0, 1)).pixels


gap = np.full((4, 160, 3), 255, np.uint8)
bare, lapped = strip(windowed(clouds, 32, 0)), strip(windowed(clouds, 32, 16))
save("panorama.png", np.concatenate([bare, gap, lapped, gap, strip(circular(windowed(clouds, 32, 16, circular=True)))]), 4)


# 3. Score distillation: textures of 9 x 9 texels learn to look like one of three pictures, through a render function.
def render(texture: torch.Tensor) -> torch.Tensor:
    return torch.tanh(functional.interpolate(texture, size=(32, 32), mode="bicubic", align_corners=True))


y, x = torch.meshgrid(torch.linspace(1, -1, 9), torch.linspace(-1, 1, 9), indexing="ij")
ball = torch.stack([torch.where(x**2 + y**2 < 0.6, 1.5 * one, -0.8) for one in (1.0, 0.2 + y, -0.5 + 0 * x)])
field = torch.stack([torch.where(y < 0.2 * torch.sin(4 * x), one, two) for one, two in ((-0.6, 0.2), (0.7, 0.5), (-0.8, 1.5))])
cross = torch.stack([torch.where((x.abs() < 0.3) | (y.abs() < 0.3), one, 1.0) for one in (1.5, -1.0, -0.7)])
pictures = Mixture(render(torch.stack([ball, field, cross])), spread=0.1)
plan, rows = schedule("ddim", 200), []
for mode in ("sds", "antithetic", "trajectory"):
    texture, seen = (0.1 * noise((4, 3, 9, 9), 1)).requires_grad_(), []

    def keep(step: int, total: int, x: torch.Tensor, clean: torch.Tensor, seen: list = seen) -> None:
        if step in (1, 60, 120, 240):
            seen.append(preview(x).pixels)

    last = distill(
        pictures.denoiser(plan), lambda one=texture: render(one), [texture], plan, mode=mode, steps=400, rng=3, callback=keep
    )
    apart = torch.cdist(last.flatten(1), pictures.means.flatten(1)).min(1).values.mean() / pictures.means.std(0).norm()
    print(f"{mode}: {apart:.4f} of the target's width away from the nearest picture")
    rows += [columns([*seen, preview(last).pixels]), np.full((4, 4 * 128 + 128 + 16, 3), 255, np.uint8)]
save("distilled.png", np.concatenate(rows[:-1]), 2)
