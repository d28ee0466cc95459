"""Contact sheets: many scenes in one picture, each under its name."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from dhsdk.errors import RenderError
from dhsdk.media import Image
from dhsdk.render.picture import render
from dhsdk.render.settings import Settings
from dhsdk.scene.types import Scene

LABEL = 28
"""Height of a label, pixels."""


def sheet(
    scenes: Sequence[tuple[str, Scene]],
    settings: Settings = Settings(size=(360, 360)),  # noqa: B008 (frozen)
    *,
    columns: int | None = None,
    font: str | None = None,
) -> Image:
    """A picture of all scenes in rows; settings.size is the size of one. font: a TrueType file for the labels.

    Raises RenderError: no scenes, or a label with a character that the font lacks (never a box in its place).
    """
    if not scenes:
        raise RenderError("a sheet must have at least one scene, got none")
    count = columns or math.ceil(math.sqrt(len(scenes)))
    width, height = settings.size
    whole = np.full((math.ceil(len(scenes) / count) * (height + LABEL), count * width, 3), 246, np.uint8)
    for number, (name, scene) in enumerate(scenes):
        top, left = number // count * (height + LABEL), number % count * width
        whole[top : top + height, left : left + width] = render(scene, None, settings).pixels[..., :3]
        whole[top + height : top + height + LABEL, left : left + width] = _label(name, width, font)
    return Image(whole)


def _label(text: str, width: int, font: str | None) -> np.ndarray:
    """(LABEL, width, 3) dark text on light grey."""
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    try:
        face = ImageFont.truetype(font, 15) if font else ImageFont.load_default(15)
    except OSError as error:
        raise RenderError(f"the font {font!r} cannot be read: {error}") from error
    missing = _glyph(face, "\U0010fffe")
    for character in text:
        if not character.isspace() and _glyph(face, character) == missing:
            raise RenderError(f"the font has no glyph for {character!r}: give a font file that has it (font=...)")
    picture = Pillow.new("RGB", (width, LABEL), (246, 246, 246))
    ImageDraw.Draw(picture).text((width / 2, LABEL / 2), text, (60, 62, 66), face, anchor="mm")
    return np.asarray(picture)


def _glyph(face: object, character: str) -> bytes:
    return bytes(face.getmask(character))  # type: ignore[attr-defined]
