"""What a golden picture shows, and how it is drawn."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image as Pillow

from dhsdk.render import Settings, View, render
from dhsdk.scene import Scene
from tests.golden import scenes

HOME = Path(__file__).parent / "pictures"
SIZE = (160, 120)


def drawn(scene: Scene, view: View, settings: Settings) -> np.ndarray:
    """The picture that render() gives."""
    return render(scene, view, settings).pixels


@dataclass(frozen=True)
class Shot:
    """A scene, a view, what the settings differ in, and what is drawn of it: (H, W, 3) uint8."""

    scene: Scene
    view: View
    changes: dict[str, Any] = field(default_factory=dict)
    draw: Callable[[Scene, View, Settings], np.ndarray] = drawn

    def picture(self, **changes: Any) -> np.ndarray:
        """(H, W, 3) uint8 sRGB. changes: of the settings, beyond the shot's own."""
        return self.draw(self.scene, self.view, Settings(**{"size": SIZE, **self.changes, **changes}))


def names() -> list[str]:
    """The features that have a scene."""
    return sorted(one.name for one in pkgutil.iter_modules(scenes.__path__))


def shot(name: str) -> Shot:
    """The shot of one feature."""
    made: Shot = importlib.import_module(f"tests.golden.scenes.{name}").shot()
    return made


def golden(name: str) -> np.ndarray:
    """(H, W, 3) uint8: the picture as it should be."""
    with Pillow.open(HOME / f"{name}.png") as picture:
        return np.asarray(picture)
