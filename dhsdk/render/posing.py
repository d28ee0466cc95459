"""Vertices in motion: morph targets, skins and rigid parts, compiled. Values are read as float32 and reckoned with in float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dhsdk.jit import kernel
from dhsdk.scene.mesh import Primitive

Vertices = tuple[np.ndarray, np.ndarray, np.ndarray]
"""positions, normals (V, 3) and tangents (V, 4)."""


def morphed(primitive: Primitive, rest: Vertices, flat: np.ndarray | None, weights: Sequence[float]) -> Vertices:
    """The vertices with the morph targets' weights; all float32, in mesh space; `rest` itself where nothing is morphed.

    flat: smooth() of the positions at rest, needed where a target moves positions and has no normals.

    A target without normals of its own bends the normals as it bends the faces: by the change of the mean of the faces'.
    Source: glTF 2.0 section 3.7.2.2.
    """
    positions, normals, tangents = rest
    bent = positions
    for weight, morph in zip(weights, primitive.morphs, strict=False):
        if not weight:
            continue
        amount = np.float32(weight)
        if morph.positions is not None:
            positions = positions + amount * morph.positions
            if morph.normals is None:
                bent = bent + amount * morph.positions
        if morph.normals is not None:
            normals = normals + amount * morph.normals
        if morph.tangents is not None:
            tangents = tangents + np.concatenate([amount * morph.tangents, np.zeros((len(tangents), 1), np.float32)], axis=1)
    if flat is not None and bent is not rest[0]:
        normals = normals + smooth(bent, primitive.faces) - flat
    return positions, normals, tangents


def smooth(positions: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(V, 3) float32: at each vertex the unit mean of its faces' normals, weighed by area; zero where no face has an area."""
    out = np.zeros((len(positions), 3))
    _smooth(positions, faces, out)
    return out.astype(np.float32)


@kernel(error_model="numpy")
def _smooth(positions, faces, out):  # type: ignore[no-untyped-def]
    u, v = np.empty(3), np.empty(3)
    for f in range(len(faces)):
        a, b, c = faces[f, 0], faces[f, 1], faces[f, 2]
        for q in range(3):
            u[q] = float(positions[b, q]) - float(positions[a, q])
            v[q] = float(positions[c, q]) - float(positions[a, q])
        for q in range(3):
            area = u[(q + 1) % 3] * v[(q + 2) % 3] - u[(q + 2) % 3] * v[(q + 1) % 3]
            for k in range(3):
                out[faces[f, k], q] += area
    for i in range(len(out)):
        size = np.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2)
        for q in range(3):
            out[i, q] = out[i, q] / size if size > 0.0 else 0.0


@kernel(error_model="numpy")
def place(rest, normals, tangents, matrix, out, out_normals, out_tangents):  # type: ignore[no-untyped-def]
    """Vertices (V, 3), (V, 3), (V, 4) put through a matrix (4, 4): positions float64, unit normals and tangents float32."""
    cofactor = np.empty((3, 3))
    _turn(matrix, cofactor)
    for i in range(len(rest)):
        _put(i, rest, normals, tangents, matrix, cofactor, out, out_normals, out_tangents)


@kernel(error_model="numpy")
def skin(rest, normals, tangents, joints, weights, bones, out, out_normals, out_tangents):  # type: ignore[no-untyped-def]
    """As place(), with the blend of each vertex's bones for a matrix. joints, weights: (V, K); bones: (J, 4, 4).

    Source: glTF 2.0 section 3.7.3.3 (linear blend skinning).
    """
    matrix, cofactor = np.empty((3, 4)), np.empty((3, 3))
    for i in range(len(rest)):
        matrix[:] = 0.0
        for k in range(joints.shape[1]):
            weight = float(weights[i, k])
            if weight != 0.0:
                bone = joints[i, k]
                for r in range(3):
                    for c in range(4):
                        matrix[r, c] += weight * bones[bone, r, c]
        _turn(matrix, cofactor)
        _put(i, rest, normals, tangents, matrix, cofactor, out, out_normals, out_tangents)


@kernel(error_model="numpy")
def _turn(m, out):  # type: ignore[no-untyped-def]
    """What normals go through: the cofactors, which also flat matrices have, with the sign of the determinant."""
    for r in range(3):
        a, b = (r + 1) % 3, (r + 2) % 3
        for c in range(3):
            d, e = (c + 1) % 3, (c + 2) % 3
            out[r, c] = m[a, d] * m[b, e] - m[a, e] * m[b, d]
    if m[0, 0] * out[0, 0] + m[0, 1] * out[0, 1] + m[0, 2] * out[0, 2] < 0.0:
        for r in range(3):
            for c in range(3):
                out[r, c] = -out[r, c]


@kernel(error_model="numpy")
def _put(i, rest, normals, tangents, m, cofactor, out, out_normals, out_tangents):  # type: ignore[no-untyped-def]
    x, y, z = float(rest[i, 0]), float(rest[i, 1]), float(rest[i, 2])
    for r in range(3):
        out[i, r] = m[r, 0] * x + m[r, 1] * y + m[r, 2] * z + m[r, 3]
    _unit(i, normals, cofactor, out_normals)
    _unit(i, tangents, m, out_tangents)
    out_tangents[i, 3] = tangents[i, 3]


@kernel(error_model="numpy")
def _unit(i, given, m, out):  # type: ignore[no-untyped-def]
    """out[i]: the direction given[i] put through m, of length 1; zeros where nothing is left of it."""
    x, y, z = float(given[i, 0]), float(given[i, 1]), float(given[i, 2])
    a = m[0, 0] * x + m[0, 1] * y + m[0, 2] * z
    b = m[1, 0] * x + m[1, 1] * y + m[1, 2] * z
    c = m[2, 0] * x + m[2, 1] * y + m[2, 2] * z
    most = max(abs(a), abs(b), abs(c))
    if most > 0.0:
        # Scaled first, so that lengths that are tiny or huge squared are still lengths.
        scale = 1.0 / most
        a, b, c = a * scale, b * scale, c * scale
        most = 1.0 / np.sqrt(a * a + b * b + c * c)
    out[i, 0], out[i, 1], out[i, 2] = a * most, b * most, c * most
