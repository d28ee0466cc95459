"""The card of a nano prior as a page to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def readme(card: Mapping[str, Any]) -> str:
    """README.md of a card."""
    recipe, metrics = card["recipe"], card["metrics"]
    lines = [
        f"# Nano prior of {card['space']}",
        "",
        f"A diffusion model of {recipe['parameters']:,} parameters over the design parameters of `{card['space']}`: "
        "it draws what words leave open, given what they lock and ask for.",
        "",
        f"- **Data**: {card['data']}.",
        f"- **Recipe**: {recipe['method']}; {card['steps']} steps of {recipe['designs']} designs at {recipe['draws']} noise "
        f"levels, rate {recipe['rate']}, seed {card['seed']}.",
        f"- **Space**: sha256 `{card['space_sha256']}`: weights belong to one state of the space, any other refuses them.",
        f"- **Weights**: float16 safetensors, {card['bytes']:,} bytes, sha256 `{card['sha256']}`.",
        f"- **Licence**: {card['licence']}.",
        f"- **Made by**: `dhsdk nano train {card['space']} --steps {card['steps']} --seed {card['seed']}`.",
        "",
    ]
    if metrics:
        lines += ["| measured | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in metrics.items()), ""]
    return "\n".join(lines)
