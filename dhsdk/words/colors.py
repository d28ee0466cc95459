"""Colours as #rrggbb and what "dark", "light", "pale" and "bright" make of them."""

from __future__ import annotations

import colorsys


def toned(color: str, tone: str) -> str:
    """An sRGB colour made darker, lighter, paler or brighter. Other tones leave it as it is."""
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if tone == "dark":
        light, saturation = light * 0.55, min(1.0, saturation * 1.05)
    elif tone == "light":
        light, saturation = light + (1 - light) * 0.45, saturation * 0.95
    elif tone == "pale":
        light, saturation = light + (1 - light) * 0.6, saturation * 0.6
    elif tone == "bright":
        light, saturation = light + (0.55 - light) * 0.4, min(1.0, saturation * 1.4 + 0.08 * (saturation > 0.02))
    return "#" + "".join(f"{round(255 * channel):02x}" for channel in colorsys.hls_to_rgb(hue, light, saturation))
