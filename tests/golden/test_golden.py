"""Every feature of the rendering core gives the picture that somebody looked at. CONTRIBUTING.md says how to draw them anew."""

from __future__ import annotations

import pytest
from PIL import Image as Pillow

from tests.golden.__main__ import main
from tests.golden.metric import difference
from tests.golden.shot import HOME, golden, names, shot


@pytest.mark.parametrize("name", names())
def test_golden_picture(name):
    apart = difference(shot(name).picture(), golden(name))
    assert not apart.seen, f"{name}: {apart}; if that is meant: python -m tests.golden --rewrite {name}, and look at it"


def test_every_picture_has_its_scene_and_together_they_are_small():
    pictures = sorted(HOME.glob("*.png"))
    assert [path.stem for path in pictures] == names()
    assert sum(path.stat().st_size for path in pictures) < 1.5e6


def test_a_picture_is_drawn_anew_only_where_it_differs(tmp_path, monkeypatch, capsys):
    for module in ("tests.golden.__main__", "tests.golden.shot"):
        monkeypatch.setattr(f"{module}.HOME", tmp_path)
    monkeypatch.setattr("tests.golden.__main__.names", lambda: ["unlit"])
    assert main([]) == 1
    assert "new" in capsys.readouterr().out
    assert main(["--rewrite", "unlit"]) == 0
    (tmp_path / "unlit.png").rename(tmp_path / "kept.png")
    with Pillow.open(tmp_path / "kept.png") as picture:
        picture.convert("L").convert("RGB").save(tmp_path / "unlit.png")
    assert main([]) == 1
    assert "DIFFERS" in capsys.readouterr().out
    assert main(["--rewrite", "--sheet", str(tmp_path / "sheet.png")]) == 0
    assert (tmp_path / "unlit.png").read_bytes() == (tmp_path / "kept.png").read_bytes()
    assert main([]) == 0
    with pytest.raises(SystemExit):
        main(["--rewrite", "nothing"])
