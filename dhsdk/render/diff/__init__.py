"""The differentiable face of the rendering core: torch in, torch out."""
