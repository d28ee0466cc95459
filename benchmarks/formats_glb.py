"""GLB of a textured mesh of a million triangles: our writer and reader beside trimesh and beside the bare bytes.

All write to and read from the same folder (memory-backed where the machine has one), in turns, so that noise meets all alike.
trimesh gets the same arrays, normals included, with processing switched off, as its documentation advises for speed. It encodes
the texture again, which we do not have to; a row without texture and UVs shows what that is worth. Pictures stay undecoded.
"""

from __future__ import annotations

import io
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROUNDS = 9


def grid(side: int = 709) -> dict[str, np.ndarray]:
    """A hilly square: (side^2 vertices, 2 (side - 1)^2 triangles), with normals and UVs."""
    v, u = np.mgrid[:side, :side] / (side - 1.0)
    height = 0.05 * np.sin(20 * u) * np.cos(17 * v)
    points = np.stack([u, height, v], axis=-1).reshape(-1, 3)
    slope = np.stack([-np.cos(20 * u) * np.cos(17 * v), np.ones_like(u), 0.85 * np.sin(20 * u) * np.sin(17 * v)], axis=-1)
    normals = slope.reshape(-1, 3) / np.linalg.norm(slope.reshape(-1, 3), axis=1, keepdims=True)
    at = np.arange(side * side).reshape(side, side)
    a, b, c, d = (at[:-1, :-1].ravel(), at[:-1, 1:].ravel(), at[1:, :-1].ravel(), at[1:, 1:].ravel())
    faces = np.concatenate([np.stack([a, c, b], axis=1), np.stack([b, c, d], axis=1)])
    return {
        "positions": points.astype(np.float32),
        "faces": faces.astype(np.uint32),
        "normals": normals.astype(np.float32),
        "uvs": np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32),
    }


def jpeg(side: int = 2048) -> bytes:
    from PIL import Image as Pillow

    y, x = np.mgrid[:side, :side]
    pixels = np.stack([x % 256, y % 256, (x * y // side) % 256], axis=-1).astype(np.uint8)
    out = io.BytesIO()
    Pillow.fromarray(pixels).save(out, "JPEG", quality=90)
    return out.getvalue()


def timed(work: dict[str, Callable[[], object]]) -> dict[str, list[float]]:
    """Seconds of every round of every piece of work, in turns, after one round that does not count."""
    out: dict[str, list[float]] = {name: [] for name in work}
    for i in range(ROUNDS + 1):
        for name, run in work.items():
            start = time.perf_counter()
            run()
            if i:
                out[name].append(time.perf_counter() - start)
    return out


def measure(folder: Path) -> list[dict[str, object]]:
    import trimesh
    from PIL import Image as Pillow

    from dhsdk.formats.gltf import Glb, GlbOptions
    from dhsdk.media import Image
    from dhsdk.scene import Material, Mesh, Node, Primitive, Scene, Texture

    arrays, picture = grid(), jpeg()
    texture = Texture(Image(encoded=picture, mime="image/jpeg"))
    part = Primitive(
        arrays["positions"],
        arrays["faces"],
        normals=arrays["normals"],
        uvs=(arrays["uvs"],),
        material=Material(base_color_texture=texture),
    )
    scene = Scene((Node("hills", Mesh((part,))),))
    flipped = arrays["uvs"] * np.float32([1, -1]) + np.float32([0, 1])
    material = trimesh.visual.material.PBRMaterial(baseColorTexture=Pillow.open(io.BytesIO(picture)))
    visual = trimesh.visual.TextureVisuals(uv=flipped, material=material)
    peer = trimesh.Trimesh(
        arrays["positions"], arrays["faces"], vertex_normals=arrays["normals"], visual=visual, process=False, validate=False
    )
    plain = trimesh.Trimesh(arrays["positions"], arrays["faces"], vertex_normals=arrays["normals"], process=False, validate=False)
    ours, theirs, bare = folder / "ours.glb", folder / "trimesh.glb", folder / "raw.bin"
    form, options = Glb(), GlbOptions()
    form.write(scene, ours, options)
    data = ours.read_bytes()
    seconds = timed(
        {
            "write dhsdk": lambda: form.write(scene, ours, options),
            "write trimesh": lambda: peer.export(str(theirs), file_type="glb"),
            "  no texture": lambda: plain.export(str(folder / "plain.glb"), file_type="glb"),
            "write raw": lambda: bare.write_bytes(data),
            "read dhsdk": lambda: form.read(ours, options),
            "read trimesh": lambda: trimesh.load_scene(str(ours), process=False),
            "read raw": lambda: ours.read_bytes(),
        }
    )
    print(f"{len(arrays['faces']):,} triangles, {len(data) / 1e6:.1f} MB, in {folder}")
    print(f"{'':16}{'median ms':>12}{'min ms':>12}")
    for name, found in seconds.items():
        print(f"{name:16}{statistics.median(found) * 1e3:12.1f}{min(found) * 1e3:12.1f}")
    median = {name: statistics.median(found) for name, found in seconds.items()}

    def claim(name: str, top: str, bottom: str, peer: str) -> dict[str, object]:
        note = f"{median[bottom] * 1e3:.1f} ms against {median[top] * 1e3:.1f} ms, medians of {ROUNDS}"
        return {"id": f"formats.{name}", "value": round(median[top] / median[bottom], 3), "peer": peer, "note": note}

    version = f"trimesh {trimesh.__version__}"
    return [
        claim("glb_write_vs_trimesh", "write trimesh", "write dhsdk", version),
        claim("glb_write_vs_raw", "write raw", "write dhsdk", "the same bytes, written at once"),
        claim("glb_read_vs_trimesh", "read trimesh", "read dhsdk", version),
    ]


def main() -> None:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        claims = measure(Path(folder))
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
