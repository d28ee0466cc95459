"""Peak memory of loading pretrained weights, as a share of their size: a folder of half a gigabyte, each load in a new process.

The folder is made here: real layers, the real layout of files, random weights. The peak is what the kernel counts as resident
(VmHWM) above what stands after all imports; afterwards every weight is read once, so that a page which is only mapped counts too.
The peer is diffusers' own from_pretrained with its default settings.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

REPEATS = 3
CHILD = """
import gc, json, sys
import torch, diffusers, transformers
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, CLIPTokenizer
from dhsdk.diffusion.pretrained import load
import dhsdk.diffusion.pretrained.loading, dhsdk.diffusion.pretrained.pictures

def resident(key):
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith(key))

torch.set_num_threads(1)
tiny, folder, how, dtype = sys.argv[1:]
def go(where):
    if how == "ours":
        return load(where, dtype=dtype).pipe
    return StableDiffusionPipeline.from_pretrained(where, torch_dtype=getattr(torch, dtype), local_files_only=True)
go(tiny); gc.collect()                                    # the lazy imports of both
open("/proc/self/clear_refs", "w").write("5")             # the peak starts anew
before = resident("VmRSS")
import time; start = time.perf_counter()
pipe = go(folder)
seconds = time.perf_counter() - start
loaded = resident("VmHWM") - before
total = sum(float(p.detach().double().sum()) if p.numel() < 1e6 else float(p.detach().flatten()[::512].sum())
            for part in pipe.components.values() if isinstance(part, torch.nn.Module) for p in part.parameters())
print(json.dumps({"loaded": loaded, "read": resident("VmHWM") - before, "now": resident("VmRSS") - before, "seconds": seconds}))
"""


def make(folder: Path) -> int:
    """Saves the folder; bytes of its weight files."""
    from diffusers import AutoencoderKL, StableDiffusionPipeline, UNet2DConditionModel

    from dhsdk.diffusion.pretrained.quiet import quiet
    from tests.diffusion import tiny

    with quiet():
        unet = UNet2DConditionModel(
            block_out_channels=(128, 256, 512, 512), cross_attention_dim=32, attention_head_dim=8, sample_size=64
        )
        vae = AutoencoderKL(
            block_out_channels=(64, 128, 256),
            down_block_types=("DownEncoderBlock2D",) * 3,
            up_block_types=("UpDecoderBlock2D",) * 3,
        )
        pipe = StableDiffusionPipeline(
            vae=vae, unet=unet, text_encoder=tiny.clip_text(), tokenizer=tiny.clip_tokenizer(), scheduler=tiny.ddim(),
            safety_checker=None, feature_extractor=None, requires_safety_checker=False,
        )  # fmt: skip
        pipe.save_pretrained(folder)
    return sum(one.stat().st_size for one in folder.rglob("*.safetensors"))


def measured(tiny: Path, folder: Path, how: str, dtype: str) -> dict[str, float]:
    """The least of a few runs, each in a process of its own."""
    runs = []
    for _ in range(REPEATS):
        done = subprocess.run(
            [sys.executable, "-c", CHILD, str(tiny), str(folder), how, dtype], check=True, capture_output=True, text=True
        )
        runs.append(json.loads(done.stdout.splitlines()[-1]))
    return min(runs, key=lambda run: run["read"])


def main() -> None:
    from tests.diffusion import tiny

    if not Path("/proc/self/clear_refs").exists():
        print("needs /proc/self/clear_refs (Linux)")
        print(json.dumps({"claims": []}))
        return
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "model"
        size = make(folder)
        print(f"weights {size / 1e6:.0f} MB as float32; peak resident memory above the imports / size of the weights on the disk")
        rows = {}
        for dtype in ("float32", "bfloat16"):
            for how in ("ours", "from_pretrained"):
                run = rows[how, dtype] = measured(tiny.folder("sd"), folder, how, dtype)
                print(
                    f"{how:16} {dtype:9} loaded {run['loaded'] / size:5.2f}  every page read {run['read'] / size:5.2f}"
                    f"  at the end {run['now'] / size:5.2f}  {run['seconds']:5.1f} s"
                )
        ours, half = rows["ours", "float32"]["read"] / size, rows["ours", "bfloat16"]["read"] / size
        theirs = rows["from_pretrained", "float32"]["read"] / size
        note = f"{size / 1e6:.0f} MB, every weight read; to bfloat16 {half:.2f} of the stored size, {2 * half:.2f} of the kept"
        claim = {"id": "diffusion.load_peak", "value": round(ours, 3), "peer": f"from_pretrained {theirs:.2f}", "note": note}
        print(json.dumps({"claims": [claim]}))


if __name__ == "__main__":
    main()
