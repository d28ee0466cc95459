"""backend shap-e: a prompt -> the latent of a Shap-E folder -> its surface with colours -> the game-ready pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.diffusion import pretrained
from dhsdk.plugin import Context
from dhsdk.plugins.text_to_3d.backends.plan import ShapEPlan
from dhsdk.ready.foreign import foreign
from dhsdk.ready.options import ForeignOptions
from dhsdk.scene.make import single
from dhsdk.scene.material import Material
from dhsdk.scene.mesh import Primitive
from dhsdk.scene.types import Scene
from dhsdk.shapes.assemble import node_key

SURFACE = Material("shap_e", metallic=0.0, roughness=0.7)
"""The model says colours only."""
TOLERANCE = 0.05
"""Share of the diagonal by which reducing may move the surface: the field's own waves are about as large."""


def run(plan: ShapEPlan, ctx: Context) -> Scene:
    """The scene of a plan: one closed mesh of at most plan.tris triangles, its colours in a texture, standing on its base.

    Raises ReadError, RequestError (the folder; the budget), GenerationError (an empty field).
    """
    model = pretrained.shared(
        plan.model, ctx, expect="text_to_3d", tell=lambda fraction, message: ctx.progress(0.2 * fraction, message)
    )
    made = pretrained.shap_e_mesh(
        model, plan.prompt, seed=int(ctx.rng("noise").integers(1 << 62)), steps=plan.steps, guidance=plan.guidance,
        grid=plan.grid, progress=lambda fraction, message: ctx.progress(0.2 + 0.4 * fraction, message),
    )  # fmt: skip
    colours = np.concatenate([made.colours, np.ones((len(made.colours), 1), np.float32)], axis=1)
    shape = Primitive(made.positions, made.faces, colors=colours, material=SURFACE)
    options = ForeignOptions(
        tris=plan.tris, texture=plan.texture, lods=plan.lods, bake="always", size=plan.size, pivot="base", tolerance=TOLERANCE
    )
    ready, _ = foreign(
        single(shape, node_key(plan.prompt)[:40]), options, lambda fraction, message: ctx.progress(0.6 + 0.4 * fraction, message)
    )
    return replace(ready, extras={**ready.extras, "dhsdk": {"backend": plan.backend, "models": [model.provenance]}})
