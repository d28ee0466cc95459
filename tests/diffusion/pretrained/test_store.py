import pytest

from dhsdk.diffusion import pretrained
from dhsdk.errors import RequestError
from dhsdk.testing import FakeContext
from tests.diffusion import tiny


def test_a_pipeline_is_shared_by_all_who_ask(tmp_path, monkeypatch):
    ctx, said = FakeContext(tmp_path), []
    folder = tiny.folder("sd")
    one = pretrained.shared(str(folder), ctx, expect="text_to_image", tell=lambda *what: said.append(what))
    assert pretrained.shared(str(folder), ctx, tell=lambda *what: None) is one
    assert "licence: cc0-1.0" in said[0][1]
    assert said[-1] == (1.0, "loaded sd")
    monkeypatch.chdir(folder.parent)  # a bare name is a folder too
    assert pretrained.shared("sd", ctx, tell=lambda *what: None).sha256 == one.sha256


def test_the_wrong_kind_is_told_before_anything_is_loaded(tmp_path, monkeypatch):
    ctx = FakeContext(tmp_path)
    object.__setattr__(ctx, "_model", lambda name: pytest.fail("it was loaded"))
    with pytest.raises(RequestError, match=r"^upscale needs a folder of StableDiffusion"):
        pretrained.shared(str(tiny.folder("sd")), ctx, expect="upscale", tell=lambda *what: None)
