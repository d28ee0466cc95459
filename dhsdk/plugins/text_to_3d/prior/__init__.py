"""The nano prior of text_to_3d: its design space, its weights and their card."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
