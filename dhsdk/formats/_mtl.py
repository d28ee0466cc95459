"""MTL materials as PBR: colours, roughness and metal (Pr, Pm), glow, opacity, and the pictures that they name beside the file.

Pictures are looked for in the folder of the OBJ alone. What is missing, broken or not understood is told, and the rest serves.
Source: the MTL chapter of the Wavefront manual; the PBR keys of Exocortex (Pr, Pm, Ke, norm); factors without sRGB curve and
roughness of Ns as Blender's exporter writes them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.beside import nearby
from dhsdk.media import MAX_PIXELS, OLD_PICTURES, Colour, Image, decode
from dhsdk.scene.material import Material, Texture

MAX_BYTES, MAX_MATERIALS, MAX_PICTURE = 16 << 20, 4096, 256 << 20
"""Bytes of a material file, materials, bytes of a picture."""
ARGUMENTS = {"-s": 3, "-o": 3, "-t": 3, "-mm": 2, "-clamp": 1, "-bm": 1, "-blendu": 1, "-blendv": 1, "-boost": 1} | {
    "-texres": 1,
    "-imfchan": 1,
    "-type": 1,
    "-cc": 1,
}
PALE = {
    "ka",
    "ks",
    "ni",
    "illum",
    "tf",
    "map_ka",
    "map_ks",
    "sharpness",
    "kd",
    "d",
    "tr",
    "ns",
    "ke",
    "pr",
    "pm",
    "pcr",
    "anisor",
}
"""Keys that say nothing for PBR, or whose picture is read by another name: no word is lost over them."""
KEPT = {"map_kd", "map_d", "map_pr", "map_pm", "map_ke", "map_bump", "bump", "norm", "map_kn"}
SHINE = 0.5
"""Roughness where nothing tells it."""
STEEP = 2.0
"""Slope, texel per texel, of a height map that goes from black to white."""

Keys = dict[str, str]


@dataclass
class Library:
    """The materials that files beside an OBJ define. notes: what was left out, or understood otherwise than it is written."""

    folder: Path
    keys: dict[str, Keys] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _pictures: dict[Path, np.ndarray | None] = field(default_factory=dict)
    _images: dict[tuple[Any, ...], Image] = field(default_factory=dict)
    _encoded: dict[Path, bytes] = field(default_factory=dict)
    _pixels: int = 0

    def add(self, name: str, fallback: str) -> None:
        """Reads a material file; where it is not there, the one called `fallback`."""
        path = nearby(self.folder, name)
        if path is None:
            path = nearby(self.folder, fallback)
            self.note(f"material file {name[:60]!r} is not there{f': {fallback} serves' if path else ''}")
        if path is None:
            return
        if path.stat().st_size > MAX_BYTES:
            self.note(f"material file {name[:60]!r} has more than {MAX_BYTES:,} bytes: left out")
            return
        current: Keys | None = None
        for line in path.read_text("utf-8", "replace").replace("\r", "\n").split("\n"):
            key, _, rest = line.split("#")[0].strip().replace("\t", " ").partition(" ")
            if key.lower() == "newmtl":
                if len(self.keys) >= MAX_MATERIALS:
                    self.note(f"material files define more than {MAX_MATERIALS:,} materials: the rest is left out")
                    return
                current = self.keys.setdefault(rest.strip(), {})
            elif current is not None and key:
                current[key.lower()] = rest.strip()

    def note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)

    def material(self, name: str) -> Material:
        """The material of this name; a grey one where none is defined."""
        keys = self.keys.get(name)
        if keys is None:
            self.note(
                f"material {name[:60]!r} is not defined: grey serves" if name else "triangles have no material: grey serves"
            )
            return Material(name, base_color=(0.6, 0.6, 0.6, 1.0), metallic=0.0, roughness=SHINE)
        lost = sorted(key for key in set(keys) - PALE - KEPT if _first(keys[key], 1.0) != 0.0)
        if lost:
            self.note(f"material {name[:60]!r}: {', '.join(lost[:8])[:80]} not kept")
        color, alpha, mode, base = self._base(name, keys)
        glow = [max(value, 0.0) for value in _numbers(keys.get("ke", ""), (0.0, 0.0, 0.0))]
        glowing = self._picture(keys, "map_ke")
        if glowing is not None and max(glow) == 0.0:
            glow = [1.0, 1.0, 1.0]
        strength = max(1.0, *glow)
        rough, metal, orm = self._shine(keys)
        return Material(
            name,
            base_color=(*color, alpha),
            base_color_texture=base,
            metallic=metal,
            roughness=rough,
            metallic_roughness_texture=orm,
            normal_texture=self._normal(keys),
            emissive=tuple(value / strength for value in glow),  # type: ignore[arg-type]
            emissive_texture=self._texture(keys, "map_ke", glowing, "srgb"),
            emissive_strength=strength,
            alpha_mode=mode,  # type: ignore[arg-type]
        )

    def _base(self, name: str, keys: Keys) -> tuple[tuple[float, float, float], float, str, Texture | None]:
        """Factor, opacity, alpha mode and picture of the base colour."""
        red, green, blue = (_unit(value) for value in _numbers(keys.get("kd", ""), (0.6, 0.6, 0.6)))
        alpha = _unit(1.0 - _first(keys["tr"], 0.0) if "tr" in keys and "d" not in keys else _first(keys.get("d", ""), 1.0))
        shown, cover = self._picture(keys, "map_kd"), self._picture(keys, "map_d")
        if alpha == 0.0:
            self.note(f"material {name[:60]!r} is written as invisible (d 0 or Tr 1): shown")
            alpha = 1.0
        if shown is None and cover is None:
            return (red, green, blue), alpha, "OPAQUE" if alpha == 1.0 else "BLEND", None
        if shown is not None:
            red = green = blue = 1.0  # as all programs that write both mean it
            shown = _colours(shown)
        if cover is not None:
            same = shown is not None and cover.shape[2] in (2, 4) and keys["map_d"] == keys["map_kd"]
            veil = cover[..., -1] if same else _grey(cover)
            plain = np.full((*veil.shape, 3), 255, np.uint8) if shown is None else _fitted(shown, veil.shape)[..., :3]
            shown = np.dstack([plain, veil])
        assert shown is not None
        veil = shown[..., 3] if shown.shape[2] == 4 else np.full((1, 1), 255, np.uint8)
        half = float(((veil > 25) & (veil < 230)).mean())
        mode = "BLEND" if alpha < 1.0 or half > 0.1 else "MASK" if veil.min() < 128 else "OPAQUE"
        which = "map_kd" if "map_kd" in keys else "map_d"
        return (red, green, blue), alpha, mode, self._texture(keys, which, shown, "srgb", keys.get("map_d"))

    def _shine(self, keys: Keys) -> tuple[float, float, Texture | None]:
        """Roughness, metal, and the picture of both."""
        shine = _first(keys.get("ns", ""), -1.0)
        of_shine = SHINE if shine < 0.0 else 1.0 - min(shine / 1000.0, 1.0) ** 0.5
        rough, metal = _unit(_first(keys.get("pr", ""), of_shine)), _unit(_first(keys.get("pm", ""), 0.0))
        pictures = self._picture(keys, "map_pr"), self._picture(keys, "map_pm")
        if all(one is None for one in pictures):
            return rough, metal, None
        first = next(one for one in pictures if one is not None)
        planes = [np.full(first.shape[:2], 255, np.uint8)]
        for one, value in zip(pictures, (rough, metal), strict=True):
            plane = np.full(first.shape[:2], round(255 * value), np.uint8) if one is None else _grey(one)
            planes.append(_fitted(plane[..., None], first.shape[:2])[..., 0])
        which = "map_pr" if pictures[0] is not None else "map_pm"
        return 1.0, 1.0, self._texture(keys, which, np.dstack(planes), "data", keys.get("map_pm"), rough, metal)

    def _normal(self, keys: Keys) -> Texture | None:
        """A tangent-space normal map: of a picture of normals, or of heights."""
        for key in ("norm", "map_kn", "map_bump", "bump"):
            found = self._picture(keys, key)
            if found is None:
                continue
            colours = _colours(found)[..., :3].astype(np.int16)
            if np.abs(colours - colours.mean(axis=2, keepdims=True)).max() > 24.0:
                return self._texture(keys, key, colours.astype(np.uint8), "data")
            factor = _first(" ".join(_options(keys[key])[0].get("-bm", ())), 1.0)
            return self._texture(keys, key, _relief(_grey(found), factor), "data", factor)
        return None

    def _texture(self, keys: Keys, key: str, pixels: np.ndarray | None, colour: Colour, *made_of: Any) -> Texture | None:
        """The pixels that key's picture became as a texture; pictures made of the same things are one image."""
        if pixels is None:
            return None
        options, file = _options(keys[key])
        path = nearby(self.folder, file)
        one = (path, colour, key, *made_of)
        if one not in self._images:
            name = re.split(r"[\\/]", file)[-1]
            data = self._encoded.get(path) if path is not None and pixels is self._pictures[path] else None
            mime = "" if data is None else "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
            self._images[one] = Image(pixels, colour=colour, name=name, encoded=data, mime=mime)
        scale, offset = (_numbers(" ".join(options.get(word, ())), (value,) * 2) for word, value in (("-s", 1.0), ("-o", 0.0)))
        wrap = "clamp" if options.get("-clamp", [""])[0].lower() == "on" else "repeat"
        return Texture(
            self._images[one],
            wrap=(wrap, wrap),  # type: ignore[arg-type]
            scale=(scale[0], scale[1]),
            offset=(offset[0], 1.0 - scale[1] - offset[1]),  # v runs upwards in the file
        )

    def _picture(self, keys: Keys, key: str) -> np.ndarray | None:
        """(H, W, 1..4) uint8 of the picture that a key names, or None, told, where it is not there."""
        if key not in keys:
            return None
        name = _options(keys[key])[1]
        path = nearby(self.folder, name)
        if path is None:
            self.note(f"picture {name[-60:]!r} ({key}) is not there" if name else f"{key} names no picture")
            return None
        if path not in self._pictures:
            try:
                self._pictures[path] = self._read(path)
            except (ReadError, OSError) as error:
                self._pictures[path] = None
                self.note(f"picture {path.name[:60]!r} left out: {str(error)[:120]}")
        return self._pictures[path]

    def _read(self, path: Path) -> np.ndarray:
        if path.stat().st_size > MAX_PICTURE:
            raise ReadError(f"a picture must have at most {MAX_PICTURE:,} bytes, got {path.stat().st_size:,}")
        if self._pixels >= MAX_PIXELS:
            raise ReadError(f"the pictures of a file must have at most {MAX_PIXELS:,} pixels together, got more")
        data = path.read_bytes()
        pixels = decode(data, kinds=OLD_PICTURES)
        if data.startswith((b"\x89PNG", b"\xff\xd8\xff")):
            self._encoded[path] = data
        self._pixels += pixels.shape[0] * pixels.shape[1]
        pixels = pixels if pixels.ndim == 3 else pixels[..., None]
        return pixels if pixels.dtype == np.uint8 else (pixels >> 8).astype(np.uint8)


def _options(text: str) -> tuple[dict[str, list[str]], str]:
    """(options with their arguments, name of the file, which may have spaces)."""
    out: dict[str, list[str]] = {}
    while (found := re.match(r"(-[a-z]+)\s+(.*)", text, re.IGNORECASE)) and found[1].lower() in ARGUMENTS:
        option, text, given = found[1].lower(), found[2], []
        for number in range(ARGUMENTS[option]):
            word, _, rest = text.partition(" ")
            if number and not re.fullmatch(r"[-+.\deE]+", word):  # the second and third may be left out
                break
            given.append(word)
            text = rest.lstrip()
        out[option] = given
    return out, text.strip().strip('"')


def _numbers(text: str, default: tuple[float, ...]) -> tuple[float, ...]:
    """As many finite numbers as the default has; one counts for all, what is missing or no number is the default's."""
    out = []
    for word in text.split()[: len(default)]:
        try:
            out.append(float(word))
        except ValueError:
            break
    if not out or not np.isfinite(out).all() or max(map(abs, out)) > 1e6:
        return default
    return tuple(out * len(default)) if len(out) == 1 else (*out, *default[len(out) :])


def _first(text: str, default: float) -> float:
    return _numbers(text.replace("-halo", ""), (default,))[0]


def _unit(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _colours(pixels: np.ndarray) -> np.ndarray:
    """(H, W, 3 or 4) of grey or coloured pixels; an alpha of full cover goes."""
    if pixels.shape[2] in (1, 2):
        pixels = np.concatenate([np.repeat(pixels[..., :1], 3, axis=2), pixels[..., 1:]], axis=2)
    return pixels[..., :3] if pixels.shape[2] == 4 and pixels[..., 3].min() > 250 else pixels


def _grey(pixels: np.ndarray) -> np.ndarray:
    """(H, W) mean of the colours."""
    return pixels[..., : 3 if pixels.shape[2] > 2 else 1].mean(axis=2).round().astype(np.uint8)


def _fitted(pixels: np.ndarray, size: tuple[int, ...]) -> np.ndarray:
    """The picture (H, W, C) at another size, nearest texels."""
    if pixels.shape[:2] == size:
        return pixels
    row, column = ((np.arange(new) * old) // new for new, old in zip(size, pixels.shape[:2], strict=True))
    return pixels[row][:, column]


def _relief(heights: np.ndarray, factor: float) -> np.ndarray:
    """(H, W, 3) uint8 normals of heights that tile."""
    field_ = heights.astype(np.float32) * np.float32(STEEP * factor / 255.0)
    along = (np.roll(field_, -1, axis=1) - np.roll(field_, 1, axis=1)) / 2
    down = (np.roll(field_, -1, axis=0) - np.roll(field_, 1, axis=0)) / 2
    normals = np.dstack([-along, down, np.ones_like(field_)])
    normals /= np.linalg.norm(normals, axis=2, keepdims=True)
    return np.round(normals * 127.5 + 127.5).astype(np.uint8)
