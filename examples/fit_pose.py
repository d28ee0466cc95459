"""Where does the chest stand? Its pose is found from one picture of it, by descending the picture's own gradient."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import dhsdk
from dhsdk.render import View, look_at
from dhsdk.render.diff import model, picture

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
torch.set_num_threads(1)  # operations this small only wait for threads

chest = dhsdk.generate("text_to_3d", prompt="an old treasure chest with brass bands", texture=256, tris=2500)
view, size, grey = View(look_at((1.1, 1.0, 1.6), (0.0, 0.3, 0.0))), (128, 128), torch.tensor([0.5, 0.5, 0.5])
start = model(chest, view)


def seen(place: torch.Tensor, turn: torch.Tensor) -> torch.Tensor:
    """The picture of the chest moved by `place` metres and turned by `turn` radians about the vertical."""
    cos, sin, zero, one = torch.cos(turn), torch.sin(turn), torch.zeros(()), torch.ones(())
    about = torch.stack([cos, zero, sin, zero, one, zero, -sin, zero, cos]).reshape(3, 3)
    moved = replace(start, points=start.points @ about.T + place, normals=start.normals @ about.T)
    return picture(moved, view, size, grey)


def apart(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """How much two pictures differ, also when both are blurred: far from the goal, coarse pictures lead the way."""
    left, right = a.permute(2, 0, 1)[None], b.permute(2, 0, 1)[None]
    total = ((left - right) ** 2).mean()
    for _ in range(5):
        left, right = (torch.nn.functional.avg_pool2d(one, 2) for one in (left, right))
        total = total + ((left - right) ** 2).mean()
    return total


def save(name: str, light: torch.Tensor) -> None:
    pixels = light.detach().clamp(0, 1).numpy() ** (1 / 2.2) * 255
    Image.fromarray(pixels.round().astype(np.uint8)).save(out / name)


true_place, true_turn = torch.tensor([0.12, 0.0, -0.08]), torch.tensor(0.35)
with torch.no_grad():
    goal = seen(true_place, true_turn)
save("goal.png", goal)

place, turn = torch.zeros(3, requires_grad=True), torch.zeros((), requires_grad=True)
adam = torch.optim.Adam([{"params": [place], "lr": 0.02}, {"params": [turn], "lr": 0.04}])
slower = torch.optim.lr_scheduler.ExponentialLR(adam, 0.985)
for step in range(160):
    adam.zero_grad()
    loss = apart(seen(place, turn), goal)
    loss.backward()
    adam.step()
    slower.step()
    if step % 40 == 0:
        print(f"step {step}: loss {loss.item():.2e}, {(place - true_place).norm().item() * 1000:.1f} mm away")
save("found.png", seen(place, turn))
print(f"found: {(place - true_place).norm().item() * 1000:.2f} mm and {abs(turn - true_turn).item():.4f} rad from the truth")
