"""From words to a room, a picture and a check: the public API in one script."""

import sys
from pathlib import Path

import dhsdk
from dhsdk.scene import make, place

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

chair = dhsdk.generate("text_to_3d", prompt="a carved oak chair", seed=7)  # one default Host
dhsdk.save(chair, out / "chair.glb", target="godot")

host = dhsdk.Host(device="auto", allow_network=False)
request = host.request("text_to_3d", prompt="a brass table lamp", seed=1)  # checked here, before any work
lamp = host.generate(request, progress=lambda share, message: print(f"{share:4.0%} {message}"))

dhsdk.save(chair, out / "scan.obj")  # stands for anybody's mesh
mine = dhsdk.load(out / "scan.obj")
mine = dhsdk.make_ready(mine, tris=1000)

crate = dhsdk.generate("text_to_3d", prompt="an old wooden crate")
room = make.group("room", place.row([place.on(lamp, crate), chair, make.place(mine, turn=0.5)], gap=0.4))
image = dhsdk.snapshot(room, camera="three-quarter", size=(640, 360))
for problem in dhsdk.check(room, target="unreal"):
    print(problem.severity, problem.where, problem.message, "->", problem.mend)
dhsdk.save(room, out / "room.glb")
dhsdk.save(image, out / "room.png")
