"""Same request, same bytes; variants by seed; a plan edited by path; what was understood."""

import sys
from pathlib import Path

import dhsdk

out = Path(sys.argv[1] if len(sys.argv) > 1 else "out")
out.mkdir(parents=True, exist_ok=True)

host = dhsdk.Host()
prompt = "a tall red bar stool, slightly worn"
for seed in range(3):
    host.save(host.generate("text_to_3d", prompt=prompt, seed=seed), out / f"stool_{seed}.glb")

again = host.save(host.generate("text_to_3d", prompt=prompt, seed=0), out / "again.glb")
print("the same bytes:", again.read_bytes() == (out / "stool_0.glb").read_bytes())

rebuilt = host.save(host.rebuild(out / "stool_0.glb"), out / "rebuilt.glb")
print("rebuilt from the file's own plan:", rebuilt.read_bytes() == again.read_bytes())

edited = host.rebuild(out / "stool_0.glb", plan={"legs.count": 3})
host.save(edited, out / "three_legs.glb")

made = edited.extras["dhsdk"]
print("understood:", ", ".join(str(word) for word in made["understood"]))
print("assumed:", ", ".join(str(word) for word in made["assumed"][:5]))
