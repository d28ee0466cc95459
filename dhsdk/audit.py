"""Runs the example of a generator in a new process and records what it touched: modules, files, sockets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from dhsdk.plugin import Generator

HEAVY = frozenset({
    "numpy", "scipy", "PIL", "trimesh", "torch", "diffusers", "transformers", "numba", "manifold3d", "xatlas", "coacd", "open3d",
    "fast_simplification", "av", "cv2", "OpenEXR", "mediapipe", "warp", "build123d", "OCP", "mujoco", "pxr", "ray", "viser",
    "matplotlib",
})  # fmt: skip
"""Packages that must not be loaded when only the light half of a plugin has been imported."""

PATIENCE = 600.0
"""Seconds that one example may take in a new process."""

START = """
import json, sys
job = json.loads(sys.argv[1])
sys.path[:] = job["path"]
from dhsdk.contract import run_watched
run_watched(job)
"""

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
CHANGES = frozenset(
    f"os.{name}" for name in ("rename", "mkdir", "remove", "rmdir", "link", "symlink", "truncate", "chmod", "utime")
)
SOCKETS = frozenset(f"socket.{name}" for name in ("connect", "bind", "getaddrinfo", "gethostbyname", "sendto"))
HAS_IPV6 = ("::1", 0)
"""What urllib3 binds when it is imported, by transformers for one, to learn whether the machine knows IPv6. Nobody is asked."""


@dataclass(frozen=True)
class Watched:
    """What one run of the example in a new process did. digests: hash of the file, by kind."""

    heavy: tuple[str, ...]
    digests: dict[str, str]
    writes: tuple[str, ...]
    left: tuple[str, ...]
    sockets: tuple[str, ...]


@lru_cache(maxsize=8)
def watched(generator: Generator[Any]) -> Watched:
    """What the example does in a new process under an audit hook; the run is shared by the checks that ask for it.

    Raises AssertionError when the process fails, with its last words.
    """
    where = type(generator)
    if "<locals>" in where.__qualname__ or where.__module__ == "__main__":
        raise AssertionError(
            f"{generator.name}: the class must stand at the top of an importable module, so that workers find it"
        )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for part in ("cache", "temp", "work"):
            (folder / part).mkdir()
        temp = str(folder / "temp")
        job = json.dumps({"path": sys.path, "module": where.__module__, "class": where.__qualname__, "folder": str(folder)})
        done = subprocess.run(
            [sys.executable, "-B", "-c", START, job],
            cwd=folder / "work",
            # torch makes a folder for its compiler's cache whether it compiles or not
            env={**os.environ, "TMPDIR": temp, "TEMP": temp, "TMP": temp, "TORCHINDUCTOR_CACHE_DIR": str(folder / "cache/torch")},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != 0:
            last = " | ".join(done.stderr.strip().splitlines()[-3:])
            raise AssertionError(f"{generator.name}: the example failed in a new process (exit code {done.returncode}): {last}")
        seen = json.loads((folder / "report.json").read_text("utf-8"))
    lists = {key: tuple(seen[key]) for key in ("heavy", "writes", "left", "sockets")}
    return Watched(digests=seen["digests"], **lists)


def watcher(writes: list[str], sockets: list[str], allowed: tuple[Path, ...]) -> Any:
    """A context manager; while it is open, what happens outside the allowed folders is noted. An audit hook never goes away."""
    roots = tuple(os.path.realpath(path) + os.sep for path in allowed)
    watching = False

    def note(event: str, args: tuple[Any, ...]) -> None:
        if not watching:
            return
        if event in SOCKETS:
            target = args[-1] if event in ("socket.connect", "socket.bind", "socket.sendto") else args[:2]
            if not isinstance(target, str | bytes) and target != HAS_IPV6:  # a path is a pipe of this machine, not the network
                sockets.append(f"{event} {target}")
        elif event in CHANGES or (event == "open" and _opens_to_write(args)):
            for path in args[:2] if event in ("os.rename", "os.link") else args[:1]:
                if isinstance(path, str | bytes | os.PathLike):
                    full = os.path.abspath(os.fsdecode(path))
                    if not (os.path.realpath(os.path.dirname(full)) + os.sep).startswith(roots) and full != os.devnull:
                        writes.append(f"{full} ({event})")

    @contextmanager
    def watch() -> Iterator[None]:
        nonlocal watching
        watching = True
        try:
            yield
        finally:
            watching = False

    sys.addaudithook(note)
    return watch


def _opens_to_write(args: tuple[Any, ...]) -> bool:
    _, mode, flags = (*args, None, None)[:3]
    return any(letter in mode for letter in "wax+") if isinstance(mode, str) else bool((flags or 0) & WRITING)
