"""Resolves dhsdk[all,test] under constraints.txt for every platform that README promises, from wheels alone.

Reads package metadata from PyPI (no wheel is downloaded), so it needs the network. The exit code is 1 when one does not resolve.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLATFORMS = {
    "Windows x86-64": "x86_64-pc-windows-msvc",
    "macOS 14, Apple silicon": "aarch64-apple-darwin",
    "Linux x86-64, glibc 2.34": "x86_64-manylinux_2_34",
    "Linux x86-64, glibc 2.35": "x86_64-manylinux_2_35",
}
PYTHONS = ("3.11", "3.12")
EXTRAS = ("all", "test")
WATCHED = ("torch", "open3d", "open3d-cpu", "pocketsphinx", "mediapipe", "av")
"""Shown in the table: the packages whose wheels differ from platform to platform."""


def resolve(platform: str, python: str) -> tuple[dict[str, str], str]:
    """({package: version}, "") or ({}, the reason)."""
    command = [
        sys.executable,
        "-m",
        "uv",
        "pip",
        "compile",
        "pyproject.toml",
        "-q",
        "--no-header",
        "--no-annotate",
        "--no-config",
    ]
    command += [part for extra in EXTRAS for part in ("--extra", extra)] + ["-c", "constraints.txt", "--only-binary", ":all:"]
    command += ["--python-platform", platform, "--python-version", python]
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        return {}, " ".join(done.stderr.split())
    return dict(re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", done.stdout, re.MULTILINE)), ""


def main() -> int:
    print(f"{'platform':26} {'Python':7} {'packages':>8}  {'  '.join(WATCHED)}")
    faults = []
    for name, platform in PLATFORMS.items():
        for python in PYTHONS:
            found, reason = resolve(platform, python)
            if reason:
                faults.append(f"{name}, Python {python}: {reason}")
            versions = "  ".join(f"{found.get(one, '-'):{len(one)}}" for one in WATCHED)
            print(f"{name:26} {python:7} {len(found) or 'FAILED':>8}  {versions}", flush=True)
    for fault in faults:
        print(f"\nerror: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
