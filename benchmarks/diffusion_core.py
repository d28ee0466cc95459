"""The diffusion core: parity with diffusers' own pipelines, its cost, circles, score distillation, few steps.

Parity: tiny pipelines with random weights (Stable Diffusion under seven schedulers, v-prediction, img2img, inpainting, Stable
Diffusion 3, Flux), guided, two pictures at once; each step's latents against what the pipeline's callback saw. Cost: a
convolutional network against a bare loop over the same diffusers scheduler, least of interleaved runs. Circles: noise rolled
against samples rolled, for two networks of diffusers, alone (circular padding, rolls by multiples of their stride) and in
circular(), with windows too. Score distillation and few steps: mixtures of Gaussians, whose exact denoiser is known.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).parents[1]))

from dhsdk.diffusion import Mixture, Schedule, circular, circular_padding, noise, schedule, windowed
from dhsdk.diffusion.distill import distill
from dhsdk.diffusion.sample import sample
from tests.diffusion import networks
from tests.diffusion.loops import WORDS, parity

T = torch.Tensor


def overhead(steps: int = 10, runs: int = 9) -> tuple[float, str]:
    """(time that sample() takes beyond a bare loop / the denoiser's, in words); time in the denoiser is taken out of both."""
    network, x, worst, said = networks.unet(widths=(64, 128)), noise((1, 4, 32, 32), 1), 0.0, []
    spent: list[float] = []

    def ask(x: T, t: T) -> T:
        start = time.perf_counter()
        answer = network(x, t).sample
        spent.append(time.perf_counter() - start)
        return answer

    def outside(loop: Callable[[], object]) -> float:
        """Milliseconds of one step outside of the denoiser."""
        spent.clear()
        start = time.perf_counter()
        loop()
        return (time.perf_counter() - start - sum(spent)) / steps * 1e3

    for kind in ("ddim", "dpm++", "unipc", "flow"):
        made, bare, full, asked = schedule(kind, steps), [], [], []
        for _ in range(runs):
            scheduler = made.run()._scheduler
            bare.append(outside(lambda now=scheduler: bare_loop(ask, x, now)))
            full.append(outside(lambda now=made: sample(ask, x, now)))
            asked.append(min(spent) * 1e3)
        worst = max(worst, (min(full) - min(bare)) / min(asked))
        said.append(f"{kind} {min(full):.2f} against {min(bare):.2f} ms a step beside {min(asked):.0f} ms")
    return worst, "; ".join(said)


def bare_loop(denoiser: Callable, x: T, scheduler: object) -> T:
    with torch.no_grad():
        x = x * getattr(scheduler, "init_noise_sigma", 1.0)
        for t in scheduler.timesteps:
            seen = scheduler.scale_model_input(x, t) if hasattr(scheduler, "scale_model_input") else x
            x = scheduler.step(denoiser(seen, t), t, x).prev_sample
        return x


def turned(denoiser: Callable, made: Schedule, x: T, by: int) -> float:
    there = sample(denoiser, torch.roll(x, by, -1), made)
    return float((torch.roll(sample(denoiser, x, made), by, -1) - there).abs().max())


def seam(x: T) -> float:
    """Step over the seam / mean step between neighbours inside."""
    steps = torch.cat([x, x[..., :1]], -1).diff(dim=-1).abs().mean((0, 1, 2))
    return float(steps[-1] / steps[:-1].mean())


def circles() -> dict[str, float]:
    """Largest difference between samples of rolled noise and rolled samples."""
    plain, worded, x, found = networks.unet(), networks.conditional_unet(), noise((1, 4, 16, 64), 3), {}
    asks = {
        "UNet2DModel": (plain, lambda x, t: plain(x, t).sample),
        "UNet2DConditionModel": (worded, lambda x, t: worded(x, t, encoder_hidden_states=WORDS.expand(len(x), -1, -1)).sample),
    }
    kinds = [schedule(one, 8, prediction_type="v_prediction") for one in ("ddim", "dpm++", "unipc", "euler")] + [
        schedule("flow", 8)
    ]
    for name, (network, ask) in asks.items():
        with circular_padding(network):
            found[f"{name}, padding alone, stride 2"] = max(turned(ask, made, x, by) for made in kinds for by in (2, 8, 30))
        found[f"{name}, circular()"] = max(turned(circular(ask), made, x, by) for made in kinds for by in (1, 13, 32))
        tiles = windowed(ask, 16, 6, circular=True)
        found[f"{name}, circular(windowed())"] = max(turned(circular(tiles), made, x, by) for made in kinds for by in (1, 13, 32))
    return found


def paint(texture: T) -> T:
    """Pictures (N, 3, 16, 16) in (-1, 1) out of 6 x 6 texels: a render function that is neither linear nor one to one."""
    return torch.sigmoid(functional.interpolate(texture, size=(16, 16), mode="bilinear", align_corners=True)) * 2 - 1


def distilled(mode: str, steps: int, spread: float, seeds: int = 3) -> tuple[float, list[float]]:
    """(mean distance to the nearest mode / root mean square distance of the target from its mean, shares of the modes)."""
    made, distances, modes = schedule("ddim", 200), [], []
    for seed in range(seeds):
        target = Mixture(paint(noise((4, 3, 6, 6), 100 + seed)), spread, torch.tensor([0.4, 0.3, 0.2, 0.1]))
        drawn = target.draw(400, seed).flatten(1)
        radius = float((drawn - drawn.mean(0)).pow(2).sum(1).mean().sqrt())
        texture = (0.1 * noise((16, 3, 6, 6), seed)).requires_grad_()
        found = distill(target.denoiser(made), lambda one=texture: paint(one), [texture], made, mode=mode, steps=steps, rng=seed)
        apart = torch.cdist(found.flatten(1), target.means.flatten(1))
        distances.append(float(apart.min(1).values.mean()) / radius)
        modes.append(torch.bincount(apart.argmin(1), minlength=4) / len(found))
    return sum(distances) / seeds, [round(float(one), 2) for one in torch.stack(modes).mean(0)]


def few_steps() -> None:
    """Quality by steps on a mixture of three, for solvers that stand at 50 steps where the truth does."""
    target = Mixture(torch.tensor([[1.0, 0.5], [-1.0, 0.7], [0.2, -1.0]]), 0.15, torch.tensor([0.5, 0.3, 0.2]))
    x, true = noise((4000, 2), 1), target.draw(4000, 2)
    cosine = {"beta_schedule": "squaredcos_cap_v2"}

    def inside(x: T) -> float:
        return float((torch.cdist(x, target.means).min(1).values < 3 * target.spread).float().mean())

    print(f"few steps: share within 3 spreads of a mean (truth {inside(true):.3f}; *: within 2 % of 50 steps)")
    for kind, config in (
        ("ddim", {}), ("dpm++", {}), ("dpm++", cosine), ("unipc", cosine), ("flow", {}), ("flow_heun", {}), ("flow_unipc", {}),
        ("flow_unipc", {"flow_shift": 0.5}),
    ):  # fmt: skip
        found = {}
        for steps in (4, 5, 6, 8, 50):
            made = schedule(kind, steps, **config)
            found[steps] = inside(sample(target.denoiser(made), x, made))
        cells = [f"{steps}: {one:.3f}{'*' if steps < 50 and one >= 0.98 * found[50] else ' '}" for steps, one in found.items()]
        print(f"  {' '.join([kind, *map(str, config.values())]):26s} " + "  ".join(cells))


def kept(cells: int = 64, count: int = 300) -> None:
    """Smooth Gaussian lines whose first half is kept: their exact denoiser, and what is open in the rest, are known."""
    at, half = torch.arange(cells, dtype=torch.float64), cells // 2
    made = schedule("flow_unipc", 20)
    calls = {float(t): call for call, t in enumerate(made.timesteps)}
    print(
        "kept half of a line, 20 steps: error of the 4 cells at the border / what is open there | step at the border / true step"
    )
    for smooth in (3.0, 6.0, 12.0):
        spread = torch.exp(-((at[:, None] - at) ** 2) / (2 * smooth**2)) + 1e-4 * torch.eye(cells)
        sizes, axes = torch.linalg.eigh(spread)
        truth = noise((count, cells), 5, dtype=torch.float64) @ torch.linalg.cholesky(spread).T
        onto = spread[half:, :half] @ torch.linalg.inv(spread[:half, :half])
        rest, left = truth[:, :half] @ onto.T, (spread[half:, half:] - onto @ spread[:half, half:]).diagonal()

        def ask(x: T, t: T, sizes: T = sizes, axes: T = axes) -> T:
            alpha, sigma = float(made.alphas[calls[float(t)]]), float(made.sigmas[calls[float(t)]])
            clean = (x.double() @ axes * (alpha * sizes / (alpha**2 * sizes + sigma**2))) @ axes.T
            return made.predicted(x.double(), clean, calls[float(t)]).to(x.dtype)

        cells_said = []
        for steer in (0, 2, 4, 8):
            found = sample(
                ask, noise((count, cells), 1), made, init=truth.float(), mask=(at >= half).float(), steer=steer
            ).double()
            off = float(((found[:, half:] - rest)[:, :4].square().mean() / left[:4].mean()).sqrt())
            step, true = ((one[:, half] - truth[:, half - 1]).abs().mean() for one in (found, truth))
            cells_said.append(f"steer {steer}: {off:.2f} | {float(step / true):.2f}")
        print(f"  smooth over {smooth:.0f} cells: " + "   ".join(cells_said))


def main() -> None:
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    same = parity()
    print("largest difference to the pipeline's own loop:", ", ".join(f"{name} {value:.1e}" for name, value in same.items()))
    extra, said = overhead()
    print(f"overhead {extra:.4f}: {said}")
    rolled = circles()
    for name, value in rolled.items():
        print(f"  rolled noise against rolled sample: {name}: {value:.1e}")
    errors = {}
    for mode, steps in (("sds", 500), ("antithetic", 250), ("antithetic", 500), ("trajectory", 500)):
        for spread in (0.05, 0.2):
            errors[mode, steps, spread], modes = distilled(mode, steps, spread)
            print(
                f"  {mode}, {steps} steps, spread {spread}: error {errors[mode, steps, spread]:.4f}, modes {modes} of .4 .3 .2 .1"
            )
    few_steps()
    kept()
    worst = {key: max(errors[(*key, spread)] for spread in (0.05, 0.2)) for key in (("sds", 500), ("antithetic", 500))}
    note = (
        "sds, 500 steps: mean distance of a render to the nearest mode / the target's rms distance from its mean, "
        f"worse of spreads .05 and .2, 3 seeds of 16; antithetic {worst['antithetic', 500]:.4f}"
    )
    claims = [
        {
            "id": "diffusion.loop_parity",
            "value": max(same.values()),
            "peer": "diffusers' pipelines",
            "note": f"{len(same)} pipelines",
        },
        {
            "id": "diffusion.sample_overhead",
            "value": extra,
            "peer": "bare loop over the scheduler",
            "note": f"least of 9: {said}",
        },
        {
            "id": "diffusion.yaw_equivariance",
            "value": max(rolled.values()),
            "peer": None,
            "note": "worst of 5 schedules, 2 UNets",
        },
        {"id": "diffusion.sds_target_error", "value": worst["sds", 500], "peer": "known modes", "note": note},
    ]
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
