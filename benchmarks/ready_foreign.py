"""`dhsdk ready` over fifty meshes from elsewhere: files that every judge passes, pictures before and after, and time.

Each is written to a file, read, made ready and saved, for Godot and plain. Judged by ourselves: the budget (at most that many
triangles, and at least nine tenths where the source has more). Judged where DHSDK_JUDGES names a folder: `judge-gltf-validator`,
which must find nothing, and `judge-mesh`, which must find two triangles at each edge of LOD0-3, closed but for sheets, with UVs
(baked ones without overlaps), normals and tangents. A refusal counts as right where the mesh cannot be had within its budget,
and all refusals together must be few.
Pictures are compared as light, over what is covered in one of both; sources without normals
are drawn with those that the pass makes for them (smooth, sharp along creases), not flat.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from foreign import Foreign, meshes

import dhsdk
from dhsdk.errors import DhsdkError
from dhsdk.ready.foreign import foreign
from dhsdk.ready.options import ForeignOptions
from dhsdk.ready.part import as_came, part_of
from dhsdk.render import Settings, orbit
from dhsdk.render.drawer import Drawer
from dhsdk.render.geometry import Geometry, gathered
from dhsdk.scene import Mesh, Scene, edit

VIEWS = 12
OUTLINE = 0.99
"""A shape keeps its silhouette where so much of what is covered before or after is covered both times."""
LOOK = Settings(size=(256, 256), background="transparent", shadow=0.0, glow=0.0)
TOPOLOGY = "uv,uvarea,normals,tangents,manifold"


def light(drawer: Drawer, geometry: Geometry, view) -> tuple[np.ndarray, np.ndarray]:
    """((H, W, 3) linear light times cover, (H, W) cover)."""
    pixels = drawer.draw(geometry, view).astype(np.float64) / 255
    value = pixels[..., :3]
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4) * pixels[..., 3:], pixels[..., 3]


def differences(before: Scene, after: Scene) -> tuple[float, float]:
    """(root of the mean squared difference over what is covered, share of the silhouette that stays), all views together."""
    total = count = both = 0.0
    drawn = [(Drawer(scene, LOOK), gathered(scene)) for scene in (before, after)]
    for view in orbit(before, VIEWS, aspect=1.0):
        (one, cover), (other, covered) = (light(*how, view) for how in drawn)
        seen = (cover > 0) | (covered > 0)
        total += float(((one - other)[seen] ** 2).sum())
        count += float(seen.sum())
        both += float(((cover > 0) & (covered > 0)).sum())
    return (total / max(3 * count, 1.0)) ** 0.5, both / max(count, 1.0)


def shaded(scene: Scene) -> Scene:
    """The scene with normals where there are none."""

    def with_normals(mesh: Mesh) -> Mesh:
        return as_came(part_of(mesh, 1, 1.0, 0.0)) if any(one.normals is None for one in mesh.primitives) else mesh

    return edit.map_meshes(scene, with_normals)


def judged(named: Path, plain: Path, sheet: bool, baked: bool) -> str | None:
    """What the judges mind, "" for nothing; None where there are none."""
    folder = os.environ.get("DHSDK_JUDGES")
    if not folder:
        return None
    need = TOPOLOGY + ("" if sheet else ",watertight")
    minded = []
    mesh = [
        "judge-mesh",
        plain,
        "--require",
        need,
        *(("--max-uv-overlap", "0.02") if baked else ()),
    ]  # the nodes of an engine's colliders have no UVs
    for judge, *line in (["judge-gltf-validator", named], mesh):
        found = subprocess.run([Path(folder) / judge, *line], capture_output=True, text=True)
        minded += [
            f"{one['code']} {one['message']}" for one in json.loads(found.stdout)["problems"] if one["severity"] == "error"
        ]
    return "; ".join(minded)[:90]


def one(mesh: Foreign, folder: Path) -> dict:
    made = mesh.scene()
    source, out, plain = folder / f"in{mesh.suffix}", folder / "out.glb", folder / "plain.glb"
    dhsdk.save(made, source)
    row = {"name": mesh.name, "source": made.nodes[-1].mesh.triangles, "same": mesh.same}
    start = time.perf_counter()
    try:
        scene, report = foreign(dhsdk.load(source), ForeignOptions(tris=mesh.tris, texture=1024))
        dhsdk.save(scene, out, target="godot")
    except DhsdkError as error:
        return row | {
            "refused": str(error),
            "seconds": time.perf_counter() - start,
            "ok": bool(mesh.refused) and mesh.refused in str(error),
        }
    row["seconds"] = time.perf_counter() - start
    dhsdk.save(scene, plain)
    count, before = report.after.triangles, report.before.triangles
    fits = count <= mesh.tris and count >= 0.9 * min(mesh.tris, before * 0.9)
    minded = judged(out, plain, mesh.sheet, bool(report.baked))
    row |= {"tris": count, "lods": len(report.lods), "shape": report.worst, "minded": minded or ("" if fits else "budget")}
    row["ok"] = None if minded is None else not minded and fits and not mesh.refused
    row["picture"], row["outline"] = differences(shaded(dhsdk.load(source)), dhsdk.load(out)) if mesh.same else (None, None)
    return row


def printed(row: dict) -> None:
    if "refused" in row:
        print(f"{row['name'][:34]:35}{row['source']:9}  {row['seconds']:6.2f} s  refused: {row['refused'][:80]}", flush=True)
        return
    picture = "-" if row["picture"] is None else f"{row['picture']:.4f} outline {row['outline']:.3f}"
    print(
        f"{row['name'][:34]:35}{row['source']:9}{row['tris']:8}{row['lods']:3} LODs{row['seconds']:8.2f} s"
        f"  shape {row['shape']:.4f}  picture {picture:21} {row['minded'] or 'right'}",
        flush=True,
    )


def main() -> None:
    chosen = [mesh for mesh in meshes() if not sys.argv[1:] or any(word in mesh.name for word in sys.argv[1:])]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        one(chosen[0], Path(folder))  # compiles
        for mesh in chosen:
            rows.append(one(mesh, Path(folder)))
            printed(rows[-1])
        first = min((one(chosen[0], Path(folder))["seconds"] for _ in range(3)), default=0.0)
    refused = [row for row in rows if "refused" in row]
    seen = [row for row in rows if row.get("picture") is not None]
    kept = [row for row in seen if row["outline"] >= OUTLINE]
    pictures = [row["picture"] for row in kept]
    ok = [row["ok"] for row in rows]
    share = None if None in ok or len(refused) > 0.15 * len(rows) else sum(ok) / len(rows)
    worst = max(kept, key=lambda row: row["picture"], default=None)
    note = f"{sum(map(bool, ok))} of {len(rows)}, {len(refused)} refused; validator and mesh judge"
    claims = [{"id": "ready.foreign_ok", "value": share, "peer": "", "note": note}]
    if worst is not None:
        other = max(row["picture"] for row in seen)
        note = f"largest of {len(kept)} that keep {OUTLINE:.0%} of their outline: {worst['name']}"
        note += f"; median {np.median(pictures):.4f}"
        note += f"; largest of all {len(seen)}: {other:.4f}; {VIEWS} views, covered pixels alone"
        claims.append({"id": "ready.bake_error", "value": round(worst["picture"], 4), "peer": "", "note": note})
    claims.append({"id": "ready.time_50k_s", "value": round(first, 2), "peer": "", "note": "read, made ready, saved; best of 3"})
    for claim in claims:
        print(f"{claim['id']:24}{claim['value']}  {claim['note']}")
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
