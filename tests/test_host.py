"""Requests, provenance, saving and loading, with a small generator of the tests."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

import dhsdk
from dhsdk import provenance
from dhsdk.errors import Cancelled, FormatRefused, MissingExtra, ParamError, PluginError, ReadError, RequestError, UnknownName
from dhsdk.models import ModelStore
from dhsdk.params import AssetRef
from dhsdk.plugin import ModelSpec
from dhsdk.scene.compare import differences

from . import sample_plugin
from .formats.fuzz import bombs, mutants


@pytest.fixture(scope="module")
def host():
    return dhsdk.Host(device="cpu", plugins=[sample_plugin])


def test_the_same_request_makes_the_same_asset_and_another_seed_another(host):
    first, again, other = (host.generate("box", prompt="red box", seed=seed) for seed in (3, 3, 4))
    assert not differences(first, again)
    assert differences(first, other)


def test_a_name_may_have_hyphens(host):
    assert host.request("text-to-3d", prompt="a chair").generator == "text_to_3d"


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"generator": "bix"}, UnknownName, r"no generator named 'bix'; there is: box, "),
        ({"generator": "box", "seed": -1}, ParamError, r"seed must be a whole number in \[0, 2\^63\), got -1"),
        ({"generator": "box", "seed": "x"}, ParamError, r"seed must be a whole number in \[0, 2\^63\), got 'x'"),
        ({"generator": "box", "width": 99}, ParamError, r"width must be in \[0.1, 10\], got 99 \(edge length\)"),
        ({"generator": "box", "depth": 9}, ParamError, r"depth is not a parameter of BoxParams; it has: prompt, width"),
    ],
)
def test_a_request_is_checked_before_any_work(host, values, kind, message):
    with pytest.raises(kind, match=message):
        host.request(**values)


def test_a_device_is_checked():
    with pytest.raises(ParamError, match="device must be auto, cpu or cuda, got 'tpu'"):
        dhsdk.Host(device="tpu")


def test_cuda_without_a_driver_is_refused(monkeypatch):
    monkeypatch.setattr("dhsdk.host._has_driver", lambda: False)
    with pytest.raises(RequestError, match="device cuda must have a CUDA driver and a CUDA build of torch"):
        _ = dhsdk.Host(device="cuda").device
    assert dhsdk.Host(device="auto").device == "cpu"


def test_plan_edits_reach_the_build_and_are_checked(host):
    asset = host.generate("box", prompt="box", plan={"size.0": 4.0})
    assert asset.extras["dhsdk"]["plan"]["size"][0] == 4.0
    assert asset.extras["dhsdk"]["edits"] == {"size.0": 4.0}
    with pytest.raises(ParamError, match=r"turns must be in \[0, 3\], got 9 \(quarter turns\)"):
        host.generate("box", prompt="box", plan={"turns": 9})
    with pytest.raises(ParamError, match="plan path 'legs' leads nowhere; there is: "):
        host.generate("box", prompt="box", plan={"legs": 9})


def test_progress_rises_to_one_and_cancel_stops(host):
    told = []
    host.generate("box", progress=lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1.0
    with pytest.raises(Cancelled, match="cancelled"):
        host.generate("box", cancelled=lambda: True)


def test_an_asset_tells_how_it_was_made(host):
    own = host.generate("box", prompt="red box", seed=5).extras["dhsdk"]
    assert (own["generator"], own["seed"], own["understood"]) == ("box", 5, ("red", "box"))
    assert own["params"]["prompt"] == "red box"
    assert own["assumed"][0].startswith("height ")
    assert "words" not in own["plan"]
    assert own["checks"] == {"problems": ()}


@pytest.mark.parametrize("suffix", [".glb", ".gltf", ".obj", ".stl", ".ply"])
def test_rebuild_makes_the_same_bytes(host, tmp_path, suffix):
    path = host.save(host.generate("box", prompt="red box", seed=5), tmp_path / f"a{suffix}")
    rebuilt = host.rebuild(path)
    (tmp_path / "again").mkdir()
    again = host.save(rebuilt, tmp_path / "again" / f"a{suffix}", **rebuilt.extras["dhsdk"]["options"])
    assert again.read_bytes() == path.read_bytes()


def test_an_edited_file_rebuilds_itself(host, tmp_path):
    path = host.save(host.generate("box", prompt="red box"), tmp_path / "a.glb")
    edited = host.save(host.rebuild(path, plan={"size.1": 2.5}), tmp_path / "b.glb")
    again = host.save(host.rebuild(edited), tmp_path / "c.glb")
    assert host.load(edited).extras["dhsdk"]["plan"]["size"][1] == 2.5
    assert again.read_bytes() == edited.read_bytes() != path.read_bytes()


def test_a_picture_of_a_generated_scene_is_rebuilt_as_a_picture(host, tmp_path):
    path = host.save(host.generate("box", prompt="red box"), tmp_path / "a.png")
    again = host.save(host.rebuild(path), tmp_path / "b.png")
    assert again.read_bytes() == path.read_bytes()


def test_a_format_that_keeps_no_provenance_gets_a_sidecar(host, tmp_path):
    path = host.save(host.generate("box", prompt="red box"), tmp_path / "a.loud", shout=True)
    own = json.loads((tmp_path / "a.loud.dhsdk.json").read_text("utf-8"))
    assert path.read_text("utf-8") == "BOX"
    assert own["generator"] == "box"
    assert own["options"] == {"shout": True}


def test_files_that_cannot_be_rebuilt_say_why(host, tmp_path):
    path = host.save(host.generate("box", prompt="box"), tmp_path / "a.glb")
    newer = dhsdk.Host(device="cpu", plugins=[sample_plugin.other_version()])
    with pytest.raises(RequestError, match="the file was made by box 1, this is box 2: install that version to rebuild it"):
        newer.rebuild(path)
    bare = provenance.with_extras(host.load(path), {})
    host.save(bare, tmp_path / "bare.glb")
    with pytest.raises(ReadError, match=r"bare.glb has no provenance: it was not made by a dhsdk generator"):
        host.rebuild(tmp_path / "bare.glb")
    damaged = provenance.stamp(host.load(path), plan={"size": "big"})
    host.save(damaged, tmp_path / "damaged.glb")
    with pytest.raises(ReadError, match="the stored plan is damaged at size: "):
        host.rebuild(tmp_path / "damaged.glb")


def test_a_broken_sidecar_is_a_read_error(tmp_path):
    (tmp_path / "a.stl.dhsdk.json").write_text("{", "utf-8")
    with pytest.raises(ReadError, match=r"a.stl.dhsdk.json is not a readable provenance record: "):
        provenance.of(SimpleNamespace(extras={}), tmp_path / "a.stl")


def test_an_input_file_is_pinned_by_its_content(host, tmp_path):
    photo = host.save(dhsdk.Image(np.zeros((2, 2, 3), np.uint8)), tmp_path / "photo.png")
    path = host.save(host.generate("box", photo=str(photo)), tmp_path / "a.glb")
    inputs = host.load(path).extras["dhsdk"]["inputs"]
    assert inputs[0]["name"] == "photo.png"
    ref = AssetRef.parse({"path": str(photo)})
    ctx = host._context(host.request("box"), None, None)
    assert ctx.read(ref).size == (2, 2)
    host.save(dhsdk.Image(np.ones((2, 2, 3), np.uint8)), photo)
    with pytest.raises(RequestError, match=r"photo.png is not the file that was used: its content has changed since"):
        host.rebuild(path)
    with pytest.raises(ReadError, match=r"photo.png has changed since the request was made: make the request again"):
        ctx.read(ref)


@pytest.mark.parametrize(
    ("prompt", "message"),
    [
        ("memory", "generator box of tests.sample_plugin ran out of memory: ask for less"),
        ("broken", "generator box of tests.sample_plugin failed: KeyError: 'a detail'"),
        ("module", "generator box of tests.sample_plugin needs the module 'a_module_that_is_not_installed': pip install it"),
        ("picture", "an asset must be a Scene, Image, Clip or Audio, got str"),
    ],
)
def test_what_fails_in_a_generator_is_charged_to_its_plugin(host, prompt, message):
    with pytest.raises(PluginError, match=message):
        host.generate("box", prompt=prompt)


def test_a_missing_extra_is_the_pip_line(host):
    with pytest.raises(MissingExtra, match=r"generator needy needs an optional dependency: pip install 'dhsdk\[cad\]'"):
        host.generate("needy")


def test_the_edges_of_saving_and_loading(host, tmp_path):
    box = host.generate("box")
    with pytest.raises(UnknownName, match=r"no format for 'a.xyz'; known suffixes: .*\.glb"):
        host.save(box, tmp_path / "a.xyz")
    with pytest.raises(ParamError, match="sing is not a parameter of Options; it has: shout"):
        host.save(box, tmp_path / "a.loud", sing=True)
    two = dhsdk.Scene(nodes=(dhsdk.Node("a"), dhsdk.Node("b")))
    with pytest.raises(FormatRefused, match="loud cannot carry this: it takes one node only"):
        host.save(two, tmp_path / "a.loud")
    with pytest.raises(FormatRefused, match="quiet can be read, not written"):
        host.save(box, tmp_path / "a.quiet")
    with pytest.raises(FormatRefused, match="a scene cannot be turned into audio"):
        host.save(box, tmp_path / "a.wav")
    with pytest.raises(ReadError, match="loud can be written, not read"):
        host.load(tmp_path / "a.loud")
    with pytest.raises(ReadError, match="no file at "):
        host.load(tmp_path / "a.glb")
    (tmp_path / "b.quiet").write_bytes(b"x")
    with pytest.raises(ReadError, match=r"b.quiet cannot be read: Input/output error"):
        host.load(tmp_path / "b.quiet")
    assert not [path for path in tmp_path.iterdir() if path.name != "b.quiet"]


def test_a_file_over_the_limit_is_not_opened(host, tmp_path, monkeypatch):
    (tmp_path / "a.glb").write_bytes(b"x" * 101)
    monkeypatch.setattr("dhsdk.host.MAX_BYTES", 100)
    with pytest.raises(ReadError, match=r"a.glb must have at most 100 bytes, got 101"):
        host.load(tmp_path / "a.glb")


def test_a_clip_with_sound_gives_its_sound():
    from dhsdk.convert import converted

    sound = dhsdk.Audio(np.zeros(100), 8000)
    clip = dhsdk.Clip(lambda: iter(()), (2, 2), 25.0, 1, audio=sound, extras={"dhsdk": {"generator": "x"}})
    assert converted(clip, ("audio",)).extras == clip.extras
    assert converted(clip, ("clip",)) is clip


def test_the_model_store_loads_once_and_evicts_the_least_recently_used():
    loads = []

    def spec(name):
        return ModelSpec(name, lambda device, dtype: loads.append((name, device, dtype)) or name.upper(), 60, "MIT", "tests")

    store = ModelStore({name: spec(name) for name in "abc"}, "cpu", limit=130)
    assert [store.get(name) for name in "abab"] == ["A", "B", "A", "B"]
    assert loads == [("a", "cpu", "float32"), ("b", "cpu", "float32")]
    store.get("a")
    store.get("c")
    assert store.loaded == ("a", "c")
    with pytest.raises(UnknownName, match="no model named 'd'; there is: a, b, c"):
        store.get("d")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("seed", -1),
        ("seed", True),
        ("seed", "3"),
        ("plan", None),
        ("params", [1]),
        ("edits", "x"),
        ("options", 4),
        ("generator", 7),
    ],
)
def test_a_damaged_record_is_a_read_error(host, tmp_path, key, value):
    own = dict(host.generate("box", prompt="box").extras["dhsdk"])
    with pytest.raises(ReadError, match=f"the provenance of a.stl is damaged: '{key}' cannot be "):
        provenance.of(SimpleNamespace(extras={"dhsdk": {**own, key: value}}), tmp_path / "a.stl")


def test_a_sidecar_made_to_harm_is_a_read_error(tmp_path, monkeypatch):
    sidecar, bare = tmp_path / "a.stl.dhsdk.json", SimpleNamespace(extras={})
    for bomb in bombs(".dhsdk.json"):
        sidecar.write_bytes(bomb)
        with pytest.raises(ReadError, match=r"a.stl.dhsdk.json is not a readable provenance record: "):
            provenance.of(bare, tmp_path / "a.stl")
    monkeypatch.setattr(provenance, "MAX_SIDECAR", 10)
    with pytest.raises(ReadError, match=r"a.stl.dhsdk.json must have at most 10 bytes, got "):
        provenance.of(bare, tmp_path / "a.stl")


@pytest.mark.parametrize("name", ["box", "text_to_3d"])
def test_broken_records_are_refused_by_the_family_alone(host, tmp_path, name):
    request = host.request(name, prompt="an oak chair")
    own = provenance.record(host.generators[name], request, host.plan(request), {})
    outcomes = set()
    for mutant in mutants(json.dumps(own).encode(), 3, 400):
        (tmp_path / "a.stl.dhsdk.json").write_bytes(mutant)
        try:
            found = provenance.of(SimpleNamespace(extras={}), tmp_path / "a.stl")
            outcomes.add(type(host._stored(found, {}, "", ("scene",))[1]))
        except dhsdk.errors.DhsdkError as error:
            outcomes.add(type(error))
    assert {dhsdk.Request, ReadError} <= outcomes


def test_rebuild_asks_for_the_kinds_of_the_file(host, tmp_path, monkeypatch):
    path = host.save(host.generate("box", prompt="box"), tmp_path / "a.glb")
    asked = []
    build = type(host.generators["box"]).build
    monkeypatch.setattr(
        type(host.generators["box"]), "build", lambda self, plan, ctx: asked.append(ctx.want) or build(self, plan, ctx)
    )
    host.rebuild(path)
    assert asked == [("scene",)]


def test_looking_for_cuda_starts_no_program(monkeypatch):
    monkeypatch.setattr("subprocess.Popen", lambda *args, **options: pytest.fail("a program was started"))
    assert dhsdk.Host(device="auto").device in ("cpu", "cuda")
