"""A prompt on the command line to a GLB file: a fresh process each, over every seventh prompt of our own."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = Path(sys.executable).with_name("dhsdk.exe" if sys.platform == "win32" else "dhsdk")
PROMPTS = Path(__file__).with_name("text_to_3d_prompts.txt")


def main() -> None:
    prompts = [line for line in PROMPTS.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")][::7]
    times = []
    with tempfile.TemporaryDirectory() as folder:
        for prompt in prompts:
            options = ["--tris", "5000", "--texture", "1024", "-o", str(Path(folder) / "made.glb")]
            start = time.perf_counter()
            subprocess.run([str(SCRIPT), "make", "text-to-3d", prompt, *options], check=True, capture_output=True)
            times.append(time.perf_counter() - start)
            print(f"{times[-1]:6.2f} s  {prompt}", flush=True)
    note = f"{len(times)} prompts, best {min(times):.2f} s, worst {max(times):.2f} s"
    print(json.dumps({"claims": [{"id": "text_to_3d.cli_median_s", "value": statistics.median(times), "note": note}]}))


if __name__ == "__main__":
    main()
