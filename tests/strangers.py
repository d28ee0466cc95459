"""Plugins on disk as strangers would install them: a module and its .dist-info, found through the entry point."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

GENERATOR = """
import dhsdk

class P(dhsdk.Params):
    size: float = dhsdk.param(1.0, help="edge length", ge=0.1, le=10.0)

class G(dhsdk.Generator[P]):
    name, summary, Params = {name!r}, "A stranger's thing.", P

    def build(self, plan, ctx):
        from dhsdk.scene import Node, Scene
        return Scene((Node("empty"),))

@dhsdk.hookimpl
def dhsdk_generators():
    return [G()]
"""


def install(folder: Path, distribution: str, source: str, entry: str | None = None) -> str:
    """Writes a module and the metadata of a distribution that names it. Returns the module's name."""
    module = distribution.replace("-", "_")
    (folder / f"{module}.py").write_text(source, "utf-8")
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n", "utf-8")
    (info / "entry_points.txt").write_text(f"[dhsdk]\n{module} = {entry or module}\n", "utf-8")
    return module


def run(folder: Path, code: str) -> object:
    """What `code` prints as JSON, in a new process that has `folder` on its path. A crash fails."""
    done = python(folder, "-c", code)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def python(folder: Path, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess:
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
