"""Folders judged without loading: what is in them, what is missing, what is refused and why."""

import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dhsdk.diffusion.pretrained import PIPELINES, inspect_folder, load
from dhsdk.diffusion.pretrained.allowed import COMPONENTS
from dhsdk.diffusion.pretrained.files import LARGEST_JSON, licence, read_json, shards, size_text, weights_name
from dhsdk.diffusion.pretrained.loading import _class
from dhsdk.diffusion.pretrained.quiet import quiet
from dhsdk.errors import ReadError
from tests.diffusion import tiny


@pytest.mark.parametrize("name", tiny.BUILDERS)
def test_the_card_of_a_sound_folder(name):
    card = inspect_folder(tiny.folder(name))
    assert not card.missing
    assert not card.unsafe
    assert card.licence == "cc0-1.0"
    assert card.kinds == tuple(PIPELINES[card.pipeline].serves)
    assert {one.name for one in card.components} >= set(PIPELINES[card.pipeline].parts)
    assert card.bytes == sum(
        (card.path / one).stat().st_size - 8 - int.from_bytes((card.path / one).read_bytes()[:8], "little")
        for one in card.weight_files
    )
    assert card.memory["float32"] == 2 * card.memory["bfloat16"] == 2 * card.memory["float16"]
    assert all((card.path / file).is_file() for one in card.components for file in one.files)


def test_a_card_says_itself_in_one_line():
    said = str(inspect_folder(tiny.folder("sd")))
    assert said.startswith("StableDiffusionPipeline (text_to_image, image_to_image, inpaint), licence: cc0-1.0, weights: 1.3 MiB")
    assert size_text(3 << 30) == "3.00 GiB"


def test_judging_a_folder_loads_neither_torch_nor_diffusers():
    import subprocess
    import sys

    code = (
        "import sys; from dhsdk.diffusion.pretrained import inspect_folder; inspect_folder(sys.argv[1]);"
        "print({'torch', 'diffusers', 'transformers', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tiny.folder("sd"))], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.fixture
def sd(tmp_path):
    return tiny.edited("sd", tmp_path / "sd")


def missing(folder):
    return inspect_folder(folder).missing


def test_what_is_missing_is_named_file_by_file(sd):
    (sd / "vae" / "config.json").unlink()
    (sd / "unet" / "diffusion_pytorch_model.safetensors").unlink()
    (sd / "scheduler" / "scheduler_config.json").unlink()
    for one in (sd / "tokenizer").iterdir():
        one.unlink()
    shutil.rmtree(sd / "text_encoder")
    assert sorted(missing(sd)) == [
        "scheduler/scheduler_config.json",
        "text_encoder/ (CLIPTextModel)",
        "tokenizer/tokenizer.json or vocab.json and merges.txt or spiece.model",
        "unet/ weights (diffusion_pytorch_model.safetensors or model.safetensors)",
        "vae/config.json",
    ]


def test_a_part_that_the_index_does_not_list_is_missing(tmp_path):
    folder = tiny.edited("sd", tmp_path / "sd", vae=None)
    assert missing(folder) == ("vae (StableDiffusionPipeline cannot do without it; model_index.json does not list it)",)


def test_pickled_weights_are_missing_weights_with_a_way_out(sd):
    (sd / "unet" / "diffusion_pytorch_model.safetensors").rename(sd / "unet" / "diffusion_pytorch_model.bin")
    (text,) = missing(sd)
    assert text.startswith("unet/diffusion_pytorch_model.bin as safetensors: pickled weights can run code and are never opened")
    assert "save_pretrained(folder, safe_serialization=True)" in text
    assert inspect_folder(sd).unsafe == ("unet/diffusion_pytorch_model.bin",)


def test_pickles_and_code_beside_safetensors_are_listed_and_left_alone(sd):
    (sd / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    (sd / "pipeline.py").write_text("raise SystemExit", "utf-8")
    card = inspect_folder(sd)
    assert not card.missing
    assert card.unsafe == ("pipeline.py", "unet/diffusion_pytorch_model.bin")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"_class_name": "WanPipeline"},
            "the pipeline of a folder must be one of StableDiffusionPipeline, .* names 'WanPipeline'",
        ),
        ({"_class_name": ["pipeline", "Mine"]}, r"names \['pipeline', 'Mine'\] \(classes of its own are never run\)"),
        ({"_class_name": "x" * 500}, r"names 'xxx.*\.\.\. \("),
        ({"unet": ["my_unet", "MyUNet"]}, "a part of a pipeline must have a class of the allow-list, unet of .* 'MyUNet'"),
        ({"unet": ["os", "system"]}, r"custom code is never run"),
        ({"unet": ["diffusers", "DiffusionPipeline"]}, "must have a class of the allow-list"),
        ({"unet": [["diffusers"], "UNet2DConditionModel"]}, "must have a class of the allow-list"),
        ({"../unet": ["diffusers", "UNet2DConditionModel"]}, r"a part's name is made of a-z, 0-9 and _, .* '../unet'"),
    ],
)
def test_classes_that_are_not_allowed_are_refused(tmp_path, change, message):
    with pytest.raises(ReadError, match=message):
        inspect_folder(tiny.edited("sd", tmp_path / "sd", **change))


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("auto_map", "a model must not bring code of its own, .*config.json has an auto_map"),
        ("quantization_config", "quantized weights are not supported, .*config.json has a quantization_config: take the plain"),
    ],
)
def test_parts_with_code_or_quantized_weights_are_refused(sd, key, message):
    config = sd / "text_encoder" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text("utf-8")) | {key: {"AutoModel": "evil.Model"}}), "utf-8")
    with pytest.raises(ReadError, match=message):
        inspect_folder(sd)


def test_a_config_that_asks_for_endless_layers_is_refused(sd):
    for part, key, value in [("text_encoder", "num_hidden_layers", 10**9), ("unet", "layers_per_block", [1, 10**9])]:
        config = sd / part / "config.json"
        before = config.read_text("utf-8")
        config.write_text(json.dumps({"inner": json.loads(before) | {key: value}}), "utf-8")
        with pytest.raises(
            ReadError, match=f"a network has at most 1000 layers of a kind, .*{part}.* asks for {key} = 1000000000"
        ):
            inspect_folder(sd)
        config.write_text(before, "utf-8")


def test_a_folder_that_cannot_be_read_is_an_error_of_ours(sd, monkeypatch):
    def refuse(path, *given, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(ReadError, match=r"the folder .*sd cannot be read: Permission denied"):
        inspect_folder(sd)


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["diffusers", "transformers"]),
    lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=8), one, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    key=st.sampled_from(["_class_name", "unet", "vae", "scheduler", "new", "_x", ""]),
    value=ODD,
    raw=st.none() | st.binary(max_size=40),
)
def test_any_model_index_gives_a_card_or_an_error_of_ours(shared, key, value, raw):
    index = json.loads((tiny.folder("sd") / "model_index.json").read_text("utf-8")) | {key: value}
    (shared / "model_index.json").write_bytes(json.dumps(index).encode() if raw is None else raw)
    try:
        assert inspect_folder(shared).pipeline in PIPELINES
    except ReadError:
        return


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return tiny.edited("sd", tmp_path_factory.mktemp("shared") / "sd")


@pytest.mark.parametrize(
    "name", ["CLIPFeatureExtractor", "CLIPImageProcessor", "CLIPImageProcessorFast", "CLIPImageProcessorPil"]
)
def test_every_name_that_a_feature_extractor_had_is_known(tmp_path, name):
    folder = tiny.edited("sd_checked", tmp_path / "sd", feature_extractor=["transformers", name])
    assert type(load(folder).pipe.feature_extractor).__name__ == "CLIPImageProcessorPil"


def test_every_class_that_is_allowed_exists():
    import diffusers

    with quiet():
        assert all(isinstance(_class(*one), type) for one in COMPONENTS)
        assert all(isinstance(getattr(diffusers, name), type) for one in PIPELINES.values() for name in one.serves.values())


def test_folders_of_another_kind_are_told_by_what_they_look_like(tmp_path):
    with pytest.raises(ReadError, match=r"a pretrained model is a folder with a model_index.json, .*none is not there"):
        inspect_folder(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(ReadError, match="file is a file"):
        inspect_folder(tmp_path / "file")
    for name, said in [
        ("", "a pipeline folder has a model_index.json, .* holds nothing"),
        ("notes.txt", "holds notes.txt"),
        ("v1-5.safetensors", "holds a single-file checkpoint: convert it once with diffusers' from_single_file"),
        ("config.json", "holds one part of a pipeline: give the folder above it"),
        ("pytorch_lora_weights.safetensors", "looks like a LoRA: pass it as loras=, with the folder of its base model"),
    ]:
        folder = tmp_path / f"of {name or 'nothing'}"
        folder.mkdir()
        if name:
            (folder / name).touch()
        with pytest.raises(ReadError, match=said):
            inspect_folder(folder)


def test_json_files_are_limited_and_must_be_objects(tmp_path):
    path = tmp_path / "model_index.json"
    for text, message in [
        ("[]", "model_index.json must hold a JSON object, found list"),
        ("{", "model_index.json is no readable JSON: Expecting"),
        ('{"a":' * 90_000, "model_index.json is no readable JSON"),
    ]:
        path.write_text(text, "utf-8")
        with pytest.raises(ReadError, match=message):
            inspect_folder(tmp_path)
    with path.open("wb") as file:
        file.truncate(LARGEST_JSON + 1)
    with pytest.raises(ReadError, match=f"a small file of a model has at most {LARGEST_JSON} bytes, "):
        read_json(path)
    with pytest.raises(ReadError, match=r"cannot read .*none.json: No such file"):
        read_json(tmp_path / "none.json")


def test_weights_are_found_plain_first_then_by_variant_then_in_shards():
    plain, half = "model.safetensors", "model.fp16.safetensors"
    assert weights_name({plain, half, "config.json"}) == (plain, None)
    assert weights_name({half, "model.bin"}) == (half, "fp16")
    assert weights_name({"model.safetensors.index.json", "model-00001-of-00002.safetensors"})[0] == "model.safetensors.index.json"
    assert weights_name({"diffusion_pytorch_model.safetensors.index.fp16.json"})[1] == "fp16"
    assert weights_name({"config.json", "weights.bin"}) == (None, None)


def test_an_index_of_shards_names_files_beside_it(tmp_path):
    index = tmp_path / "model.safetensors.index.json"
    index.write_text(
        json.dumps({"weight_map": {"a": "m-2.safetensors", "b": "m-1.safetensors", "c": "m-1.safetensors"}}), "utf-8"
    )
    assert shards(index) == ["m-1.safetensors", "m-2.safetensors"]
    assert shards(tmp_path / "model.safetensors") == []
    for table, message in [
        ({"a": "../x.safetensors"}, r"shards are safetensors files in the folder of their index, .* names '../x.safetensors'"),
        ({"a": "x.bin"}, "shards are safetensors files in the folder of their index, .* names 'x.bin'"),
        ({"a": 3}, "index.json must have a weight_map from names to files"),
        (None, "must have a weight_map from names to files"),
    ]:
        index.write_text(json.dumps({"weight_map": table}), "utf-8")
        with pytest.raises(ReadError, match=message):
            shards(index)


def test_a_missing_shard_is_named(sd):
    weights = sd / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(sd / "unet" / "part-1.safetensors")
    table = {"a": "part-1.safetensors", "b": "part-2.safetensors"}
    (sd / "unet" / "diffusion_pytorch_model.safetensors.index.json").write_text(json.dumps({"weight_map": table}), "utf-8")
    assert missing(sd) == ("unet/part-2.safetensors",)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"README.md": "---\ntags: [x]\nlicense: creativeml-openrail-m\n---\nhello"}, "creativeml-openrail-m"),
        ({"README.md": "---\nlicense: other\nlicense_name: flux-1-dev\n---\n"}, "flux-1-dev"),
        ({"README.md": "---\nlicense: other\n---\n"}, "other"),
        ({"README.md": "no front matter, license: mit"}, "not stated"),
        ({"README.md": "---\ntags: []\n---", "LICENSE": "\n  # Apache License\nVersion 2"}, "Apache License"),
        ({}, "not stated"),
    ],
)
def test_the_licence_is_what_the_folder_says(tmp_path, files, said):
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    assert licence(tmp_path) == said
