"""The examples of docs/pretrained.md run as they stand, on a tiny folder and at its size; its table is that of the allow-list."""

import re
from pathlib import Path

from dhsdk.diffusion.pretrained import PIPELINES
from dhsdk.diffusion.pretrained.latent import FAMILIES, WHOLE
from tests.diffusion import tiny

PAGE = (Path(__file__).parents[3] / "docs" / "pretrained.md").read_text("utf-8")


def test_the_examples_run(capsys):
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(blocks) == 2
    names = {}
    for block in blocks:
        text = block.replace("models/sd15", str(tiny.folder("sd"))).replace("512", "32").replace("20", "2")
        exec(compile(text, "docs/pretrained.md", "exec"), names)
    assert names["again"].shape == (32, 32, 3)
    assert tuple(names["picture"].shape) == (1, 3, 32, 32)
    assert "licence: cc0-1.0" in capsys.readouterr().out


def test_the_table_is_the_allow_list():
    found = {}
    for classes, kinds, core in re.findall(r"^\| ([A-Z].*Pipeline.*?) \| (.*?) \| (yes|no) \|$", PAGE, re.MULTILINE):
        for name in re.findall(r"\w+Pipeline", classes):
            found[name] = (kinds.split(", "), core == "yes")
    assert found == {name: (list(one.serves), one.family in FAMILIES and name not in WHOLE) for name, one in PIPELINES.items()}
