"""text_to_3d over a hundred prompts of our own: time, closedness, budgets, equal bytes, words, and the Khronos validator.

One process, one core (the thread pools are set before numpy loads); time is from the prompt to the bytes of the GLB, after one
prompt that does not count. The validator runs where DHSDK_JUDGES names a folder with `judge-gltf-validator FILE`, which prints
JSON with facts.errors and facts.warnings; elsewhere its claim is not measured.
"""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# ruff: noqa: E402 (the sizes of the thread pools are read when numpy loads)
for pool in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(pool, "1")

import manifold3d
import numpy as np

import dhsdk
from dhsdk import jit
from dhsdk.errors import PromptError, RequestError
from dhsdk.plugins.text_to_3d.effect import SILENT
from dhsdk.plugins.text_to_3d.vocabulary import words
from dhsdk.scene import Scene
from dhsdk.words import read

PROMPTS = [line for line in (Path(__file__).parent / "text_to_3d_prompts.txt").read_text("utf-8").splitlines() if line]
BUDGETS = (700, 1500, 2500)
FRESH = 5
"""Every so many prompts is made in a new process too."""
FULL = {"tris": 5000, "texture": 1024, "lods": 3}
SMALL = {"tris": 5000, "texture": 32, "lods": 1}
HOST = dhsdk.Host(device="cpu")


def made(prompt: str, **values: Any) -> Scene:
    return HOST.generate("text_to_3d", prompt=prompt, **values)


def glb(prompt: str, path: Path, **values: Any) -> tuple[Scene, bytes]:
    scene = made(prompt, **values)
    dhsdk.save(scene, path)
    return scene, path.read_bytes()


def triangles(scene: Scene) -> int:
    copies = [1 if node.instances is None else len(node.instances.translations) for node in scene.nodes]
    return sum(node.mesh.triangles * count for node, count in zip(scene.nodes, copies, strict=True) if node.mesh)


def closed(scene: Scene) -> Iterator[bool]:
    """Whether manifold3d takes each part, and each of its lower details, welded by position."""
    for node in scene.nodes:
        for mesh in (node.mesh, *node.lods) if node.mesh else ():
            starts = np.cumsum([0] + [len(one.positions) for one in mesh.primitives])
            points, spot = np.unique(np.concatenate([one.positions for one in mesh.primitives]), axis=0, return_inverse=True)
            corners = [one.faces.astype(np.int64) + start for one, start in zip(mesh.primitives, starts[:-1], strict=True)]
            faces = spot.reshape(-1)[np.concatenate(corners)].astype(np.uint32)
            solid = manifold3d.Manifold(manifold3d.Mesh(points.astype(np.float32), faces))
            yield solid.status() == manifold3d.Error.NoError and solid.volume() > 0


def within_budget(prompt: str, source: int) -> Iterator[bool]:
    """For each budget below: met to a tenth, or refused. Every other answer is a failure."""
    for budget in BUDGETS:
        try:
            count = triangles(made(prompt, tris=budget, texture=16, lods=0))
        except RequestError:
            yield True
            continue
        yield count <= budget and (source <= budget or count >= 0.9 * budget)


def look(scene: Scene) -> str:
    """A digest of what is drawn: geometry, where it stands, and materials with their pixels; no names, no metadata."""
    digest = hashlib.sha256()
    for node in scene.nodes:
        digest.update(repr((node.translation, node.rotation, node.scale)).encode())
        for shape in node.mesh.primitives if node.mesh else ():
            for part in (shape.positions, shape.faces, shape.normals, *shape.uvs, shape.colors):
                digest.update(b"" if part is None else part.tobytes())
            digest.update(repr(_described(shape.material)).encode())
    return digest.hexdigest()


def _described(part: Any) -> Any:
    if isinstance(part, dhsdk.Image):
        return hashlib.sha256(part.pixels.tobytes()).hexdigest()
    if hasattr(part, "__dataclass_fields__"):
        return [(name, _described(getattr(part, name))) for name in part.__dataclass_fields__ if name not in ("name", "extras")]
    return repr(part)


def word_effects(prompt: str) -> Iterator[bool]:
    """For each word reported as understood: whether the prompt without it looks different, or cannot be made."""
    small = {"tris": 5000, "texture": 16, "lods": 0}
    whole = made(prompt, **small)
    understood, before = whole.extras["dhsdk"]["understood"], look(whole)
    for mention in read(prompt, words()).mentions:
        if mention.kind in SILENT or mention.text not in understood:
            continue
        try:
            yield look(made(prompt[: mention.start] + " " + prompt[mention.end :], **small)) != before
        except PromptError:
            yield True


def validated(path: Path) -> bool | None:
    folder = os.environ.get("DHSDK_JUDGES")
    if not folder:
        return None
    found = subprocess.run([Path(folder) / "judge-gltf-validator", path], capture_output=True, text=True)
    facts = json.loads(found.stdout)["facts"]
    return facts["errors"] == 0 and facts["warnings"] == 0


def in_new_process(prompts: list[str]) -> list[str]:
    """The digests of the GLBs that a new process with four threads makes."""
    done = subprocess.run(
        [sys.executable, __file__, "--digests", json.dumps(prompts)], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def digests(prompts: list[str], threads: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder, jit.threads(threads):
        return [hashlib.sha256(glb(one, Path(folder) / "asset.glb", **SMALL)[1]).hexdigest() for one in prompts]


def measure(folder: Path) -> dict[str, list[Any]]:
    rows: dict[str, list[Any]] = {name: [] for name in ("seconds", "closed", "budget", "words", "clean", "same")}
    glb(PROMPTS[0], folder / "warm.glb", **FULL)
    print(f"{'prompt':44}{'s':>7}{'tris':>7}{'closed':>8}{'budget':>8}{'words':>7}{'clean':>7}")
    for number, prompt in enumerate(PROMPTS):
        path = folder / f"{number}.glb"
        start = time.perf_counter()
        with jit.threads(1):
            scene, _ = glb(prompt, path, **FULL)
        rows["seconds"].append(time.perf_counter() - start)
        source = triangles(made(prompt, tris=500_000, texture=16, lods=0))
        count = triangles(scene)
        solid, fits = list(closed(scene)), [*within_budget(prompt, source), count <= 5000 and (count == source or count >= 4500)]
        effect, clean = list(word_effects(prompt)), validated(path)
        for name, found in (("closed", solid), ("budget", fits), ("words", effect), ("clean", [clean])):
            rows[name] += found
        marks = ["-" if clean is None else "yes" if clean else "NO"]
        marks = [*(f"{sum(found)}/{len(found)}" for found in (solid, fits, effect)), *marks]
        print(
            f"{prompt[:42]:44}{rows['seconds'][-1]:7.2f}{count:7}{marks[0]:>8}{marks[1]:>8}{marks[2]:>7}{marks[3]:>7}", flush=True
        )
        path.unlink()
    one, four = digests(PROMPTS, 1), digests(PROMPTS, 4)
    rows["same"] = [a == b for a, b in zip(one, four, strict=True)]
    rows["same"] += [a == b for a, b in zip(one[::FRESH], in_new_process(PROMPTS[::FRESH]), strict=True)]
    return rows


def main() -> None:
    if sys.argv[1:2] == ["--digests"]:
        print(json.dumps(digests(json.loads(sys.argv[2]), 4)))
        return
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder))
    seconds = rows["seconds"]
    claims: list[dict[str, Any]] = []

    def claim(name: str, value: float | None, note: str) -> None:
        claims.append({"id": f"text_to_3d.{name}", "value": None if value is None else round(value, 4), "peer": "", "note": note})
        print(f"{name:24}{'-' if value is None else f'{value:.4f}':>10}  {note}")

    note = f"{len(PROMPTS)} prompts, 5k triangles, 1k maps, 3 LODs, colliders, a second UV set; best {min(seconds):.2f} s"
    claim("warm_median_s", statistics.median(seconds), note)
    claim("warm_p95_s", float(np.percentile(seconds, 95)), note)
    for name, key, what in (
        ("closed_share", "closed", "parts and their LODs"),
        ("budget_share", "budget", f"budgets of {', '.join(map(str, BUDGETS))} and 5000, or refused"),
        ("same_bytes_share", "same", "1 and 4 threads; every fifth prompt in a new process too"),
        ("word_effect_share", "words", "words reported as understood"),
    ):
        claim(name, sum(rows[key]) / len(rows[key]), f"{sum(rows[key])} of {len(rows[key])}: {what}")
    clean = None if None in rows["clean"] else sum(rows["clean"]) / len(rows["clean"])
    claim("validator_clean_share", clean, "set DHSDK_JUDGES to measure" if clean is None else f"{len(rows['clean'])} files")
    print(json.dumps({"claims": claims}))


if __name__ == "__main__":
    main()
