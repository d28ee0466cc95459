"""The same things in the realistic and in the stylised look, as one picture."""

import sys
from pathlib import Path

import dhsdk
from dhsdk.render import Settings, sheet

THINGS = ("a treasure chest", "a barrel", "a red armchair", "a brass lantern", "a copper jug", "a battle axe")

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)
made = [
    (f"{thing}, {style}", dhsdk.generate("text_to_3d", prompt=thing, style=style, lods=0))
    for style in ("realistic", "stylised")
    for thing in THINGS
]
print(dhsdk.save(sheet(made, Settings(size=(260, 260)), columns=len(THINGS)), out / "looks.png"))
