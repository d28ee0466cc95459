"""Every reader of dhsdk.formats against 100,000 broken files: how many crash it, hang it or get a foreign error out of it.

    python benchmarks/formats_fuzz.py [--count N] [--only .glb,.obj] [--jobs N] [--seed N]

A valid file of each format is written, broken in a repeatable way (tests/formats/fuzz.py) and read in a process of its own;
pictures and first frames are decoded. A fault is a dead process, an input that takes more than 10 s, or an exception outside the
DhsdkError family; MemoryError under a limit of 6 GiB of address space counts too.
The provenance record, which names a generator, its parameters and its plan, is read as `rebuild` and `edit` read it.
An OSError does not: the host tells it in one line.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COUNT, LIMIT_S, ADDRESS_SPACE = 100_000, 10.0, 6 << 30
RECORD = ".dhsdk.json"


def readers() -> dict[str, Any]:
    """The formats that read files, by suffix; one suffix stands for a format with several."""
    from dhsdk import discovery

    found = discovery.find()
    chosen: dict[str, Any] = {}
    for suffix, form in found.formats.items():
        ours = found.owners[f"format {suffix}"].startswith("dhsdk.formats")
        if ours and form.reads and not form.directory and form not in chosen.values():
            chosen[suffix] = form
    return {**chosen, RECORD: Record()}


class Record:
    """Reads a sidecar up to the checked request and the edited plan; what a valid one builds is the generator's own matter."""

    Options = SimpleNamespace

    def __init__(self) -> None:
        import dhsdk

        self.host = dhsdk.Host(device="cpu")

    def refuses(self, asset: Any) -> str | None:
        return None

    def write(self, asset: Any, path: Path, options: Any) -> None:
        from dhsdk import provenance

        request = self.host.request("text_to_3d", prompt="a carved oak chair")
        plan = self.host.plan(request)
        own = provenance.record(self.host.generators[request.generator], request, plan, {})
        path.write_text(json.dumps({**own, "edits": {"seed": 0}}), "utf-8")

    def read(self, path: Path, options: Any) -> Any:
        from dhsdk import provenance

        own = provenance.of(SimpleNamespace(extras={}), path.with_name(path.name.removesuffix(RECORD)))
        return self.host._stored(own, {}, ("scene",))[2]


def assets() -> Iterator[Any]:
    """What the formats are asked to write, the richest first."""
    import numpy as np

    from dhsdk.media import Audio, Clip, Image
    from dhsdk.scene import Material, Mesh, Node, Scene
    from tests.formats.gltf_scenes import box, everything

    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (24, 32, 3), np.uint8)
    audio = Audio(rng.uniform(-1, 1, (2000, 1)).astype(np.float32), 16000)
    yield everything()
    yield Scene((Node("box", Mesh((box(material=Material("red")),))),))
    yield Image(pixels)
    yield Image(pixels.astype(np.float32) / 64, colour="linear")
    yield Clip(lambda: iter([pixels] * 6), (32, 24), 24.0, 6, audio, ((0.0, 0.2, "a cue"),))
    yield audio


def seed_folder(form: Any, suffix: str, folder: Path) -> Path | None:
    """A folder with one valid file of the format (and its siblings), or None where no asset can be written."""
    for asset in assets():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        path = folder / f"seed{suffix}"
        with contextlib.suppress(Exception):
            if form.refuses(asset) is None:
                packed = {"compression": "meshopt"} if suffix == ".gltf" else {}  # the one of the two glTF seeds
                form.write(asset, path, form.Options(**packed))
                form.read(path, form.Options())
                return path
    return None


def work(suffix: str, path: Path, first: int, count: int, seed: int) -> None:
    """Reads broken inputs first..count, and writes how far it is into `progress`, faults into `faults`."""
    from dhsdk.errors import DhsdkError
    from tests.formats.fuzz import bombs, mutants

    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    _limit_memory()
    form = readers()[suffix]
    files = [(path, path.read_bytes())] * 4 + [(one, one.read_bytes()) for one in sorted(path.parent.iterdir()) if one != path]
    place = Path(tempfile.mkdtemp(dir=path.parent.parent))
    for one, data in files:
        (place / one.name).write_bytes(data)
    progress, faults = path.parent.parent / f"{suffix}.progress", path.parent.parent / f"{suffix}.faults"
    outcomes: Counter[str] = Counter()
    bombed = bombs(suffix)
    for i in range(first, count):
        progress.write_text(str(i))
        target, data = (path, files[0][1]) if i < len(bombed) else files[i % len(files)]
        broken = bombed[i] if i < len(bombed) else next(mutants(data, seed * 1_000_003 + i, 1))
        (place / target.name).write_bytes(broken)
        try:
            touch(form.read(place / path.name, form.Options()))
            outcomes["read"] += 1
        except (DhsdkError, OSError):
            outcomes["refused"] += 1
        except BaseException as error:
            with faults.open("a") as file:
                file.write(json.dumps({"input": i, "error": f"{type(error).__name__}: {str(error)[:200]}"}) + "\n")
        if (place / target.name).exists():
            (place / target.name).write_bytes(data)
    progress.write_text(str(count))
    (path.parent.parent / f"{suffix}.outcomes").write_text(json.dumps(outcomes))


def touch(asset: Any) -> None:
    """Uses what a reader puts off: pixels and frames."""
    from dhsdk.errors import ReadError
    from dhsdk.media import Clip, Image
    from dhsdk.scene.types import Scene

    if isinstance(asset, Image):
        _ = asset.pixels
    elif isinstance(asset, Clip):
        for _ in islice(asset.frames(), 8):
            pass
    elif isinstance(asset, Scene):
        for material in asset.materials:
            if material.base_color_texture is not None:
                with contextlib.suppress(ReadError):
                    _ = material.base_color_texture.image.pixels


def _limit_memory() -> None:
    if sys.platform == "linux":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))


class Runner:
    """One format in a child process, watched: a child that dies or stands still is replaced, from the next input on."""

    def __init__(self, suffix: str, path: Path, count: int, seed: int) -> None:
        self.suffix, self.path, self.count, self.seed = suffix, path, count, seed
        self.faults: list[str] = []
        self.outcomes: Counter[str] = Counter()
        self._progress = path.parent.parent / f"{suffix}.progress"
        self.started = time.monotonic()
        self._start(0)

    def _start(self, first: int) -> None:
        self._progress.write_text(str(first))
        self._at, self._since = first, time.monotonic() + 20  # a start takes seconds; only then does the limit hold
        command = [sys.executable, __file__, "--worker", self.suffix, str(self.path), str(first), str(self.count), str(self.seed)]
        self._child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # libraries print

    def running(self) -> bool:
        """Looks after the child; False when all inputs are through."""
        text = self._progress.read_text()
        at = int(text) if text.isdigit() else self._at
        if at != self._at:
            self._at, self._since = at, time.monotonic()
        code = self._child.poll()
        if code == 0:
            self.outcomes.update(json.loads((self.path.parent.parent / f"{self.suffix}.outcomes").read_text()))
            listed = self.path.parent.parent / f"{self.suffix}.faults"
            for line in listed.read_text().splitlines() if listed.exists() else ():
                self.faults.append(line)
            return False
        if code is None and time.monotonic() - self._since > LIMIT_S:
            self._child.kill()
            self._child.wait()
            self.faults.append(json.dumps({"input": at, "error": f"more than {LIMIT_S:g} s"}))
            self._start(at + 1)
        elif code is not None:
            self.faults.append(json.dumps({"input": at, "error": f"the process died with {code}"}))
            if at + 1 >= self.count or len(self.faults) > 50:
                return False
            self._start(at + 1)
        return True


def run(count: int, only: set[str], jobs: int, seed: int) -> dict[str, Any]:
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        chosen = {suffix: form for suffix, form in readers().items() if not only or suffix in only}
        seeds = {suffix: seed_folder(form, suffix, folder / f"seed{suffix}") for suffix, form in chosen.items()}
        without = [suffix for suffix, path in seeds.items() if path is None]
        todo = [(suffix, path) for suffix, path in seeds.items() if path is not None]
        each = -(-count // max(len(todo), 1))
        active: list[Runner] = []
        done: list[Runner] = []
        while todo or active:
            while todo and len(active) < jobs:
                active.append(Runner(*todo.pop(0), each, seed))
            time.sleep(0.1)
            for one in list(active):
                if not one.running():
                    active.remove(one)
                    done.append(one)
                    seconds = time.monotonic() - one.started
                    print(f"{one.suffix:8}{each:8,} inputs {seconds:7.1f} s, {len(one.faults)} faults, {dict(one.outcomes)}")
                    for line in one.faults[:10]:
                        print(f"    {line}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if without:
        print(f"no valid file could be made for: {' '.join(without)}")
    faults, inputs = sum(len(one.faults) for one in done), each * len(done)
    note = f"{inputs:,} inputs of {' '.join(one.suffix for one in done)}" + (
        f"; not tried: {' '.join(without)}" if without else ""
    )
    return {"id": "formats.fuzz_crashes", "value": faults, "peer": "", "note": note}


def main() -> None:
    sys.path.insert(0, str(ROOT))
    if sys.argv[1:2] == ["--worker"]:
        suffix, path, first, count, seed = sys.argv[2:]
        work(suffix, Path(path), int(first), int(count), int(seed))
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=max(1, min(4, (os.cpu_count() or 2) // 2)))
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(json.dumps({"claims": [run(given.count, set(filter(None, given.only.split(","))), given.jobs, given.seed)]}))


if __name__ == "__main__":
    main()
