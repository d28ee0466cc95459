"""load(): every family loads from files alone; what cannot be loaded is an error that says what and what to do."""

import hashlib
import json
import struct
import sys

import pytest
import torch
from safetensors.torch import load_file, save_file

import dhsdk
from dhsdk.diffusion.pretrained import load, loading, memory, spec, text_to_image
from dhsdk.diffusion.pretrained.files import file_sha256
from dhsdk.errors import Cancelled, MissingExtra, NetworkNotAllowed, ReadError, RequestError, UnknownName
from dhsdk.models import ModelStore
from dhsdk.plugin import Request
from tests.diffusion import tiny

UNET = "unet/diffusion_pytorch_model.safetensors"


OUT_OF_MEMORY = pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError("CUDA out of memory"),
        MemoryError(),
        RuntimeError("DefaultCPUAllocator: not enough memory: you tried"),
    ],
)


@pytest.fixture
def sd(tmp_path):
    return tiny.edited("sd", tmp_path / "sd")


@pytest.mark.parametrize("name", tiny.BUILDERS)
def test_every_weight_arrives_as_it_was_saved(name, pretrained):
    loaded = pretrained(name)
    assert type(loaded.pipe).__name__ == loaded.card.pipeline
    for component in loaded.card.components:
        if component.role == "weights":
            file = next(one for one in component.files if one.endswith(".safetensors"))
            saved = {value.numpy().tobytes() for value in load_file(loaded.card.path / file).values()}
            state = {value.numpy().tobytes() for value in loaded.pipe.components[component.name].state_dict().values()}
            assert saved
            assert saved <= state  # by value: some classes rename what they read


def test_provenance_has_name_hash_and_licence(sd):
    loaded = load(sd)
    assert loaded.weights[UNET] == hashlib.sha256((sd / UNET).read_bytes()).hexdigest()
    assert set(loaded.weights) == set(loaded.card.weight_files)
    assert loaded.provenance == {"name": "StableDiffusionPipeline sd", "sha256": loaded.sha256, "licence": "cc0-1.0"}
    assert load(sd, sha256=loaded.sha256).sha256 == loaded.sha256
    with pytest.raises(ReadError, match=f"the weights of .* must have the sha256 {'0' * 64}, they have {loaded.sha256}"):
        load(sd, sha256="0" * 64)


def test_licence_and_memory_are_told_before_anything_is_loaded(sd):
    told = []
    load(sd, progress=lambda share, text: told.append((share, text)))
    assert told[0] == (0.0, str(load(sd).card))
    assert "licence: cc0-1.0" in told[0][1]
    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[-1] == (1.0, "loaded sd")


def test_loading_stops_where_progress_raises(sd, monkeypatch):
    def stop(share, text):
        if text.startswith("loading unet"):
            raise Cancelled("cancelled")

    seen = []
    part = loading._part
    monkeypatch.setattr(
        loading, "_part", lambda card, component, dtype: seen.append(component.name) or part(card, component, dtype)
    )
    with pytest.raises(Cancelled):
        load(sd, progress=stop)
    assert "unet" not in seen


@pytest.mark.parametrize("dtype", ["bfloat16", "float16"])
def test_half_precision_is_converted_on_the_way(sd, dtype):
    loaded = load(sd, dtype=dtype)
    assert {one.dtype for one in loaded.pipe.unet.parameters()} == {getattr(torch, dtype)}
    assert loaded.dtype == dtype


def test_a_variant_is_taken_where_it_is_the_only_one(tmp_path):
    folder = tmp_path / "sd"
    load(tiny.folder("sd"), dtype="float16").pipe.save_pretrained(folder, variant="fp16")
    assert load(folder).card.components[-1].name
    assert {one.variant for one in load(folder).card.components if one.role == "weights"} == {"fp16"}


def test_shards_are_loaded(tmp_path):
    folder = tmp_path / "sd"
    whole = load(tiny.folder("sd"))
    whole.pipe.save_pretrained(folder, max_shard_size="200KB")
    sharded = load(folder)
    assert len(sharded.card.weight_files) > len(whole.card.weight_files)
    for one, other in zip(whole.pipe.unet.parameters(), sharded.pipe.unet.parameters(), strict=True):
        assert torch.equal(one, other)


def test_an_incomplete_folder_is_told_file_by_file(sd):
    (sd / UNET).unlink()
    (sd / "vae" / "config.json").unlink()
    with pytest.raises(ReadError, match=r"is not complete; missing: .*unet/ weights") as caught:
        load(sd)
    assert "vae/config.json" in str(caught.value)


def test_the_wrong_pipeline_says_what_it_is_and_what_would_serve():
    with pytest.raises(
        RequestError,
        match=r"upscale needs a folder of StableDiffusionUpscalePipeline or StableDiffusionLatentUpscalePipeline; .* holds"
        " StableDiffusionPipeline, which serves text_to_image, image_to_image, inpaint",
    ):
        load(tiny.folder("sd"), expect="upscale")
    with pytest.raises(RequestError, match="text_to_3d needs a folder of ShapEPipeline; "):
        load(tiny.folder("flux")).serving("text_to_3d")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"dtype": "int8"}, "dtype must be one of float32, bfloat16, float16, got 'int8'"),
        ({"offload": "disk"}, "offload must be none, model or sequential, got 'disk'"),
        ({"offload": "model"}, "offload moves weights between a GPU and the CPU, the device is cpu: leave out offload='model'"),
    ],
)
def test_values_are_checked(values, message):
    with pytest.raises(RequestError, match=message):
        load(tiny.folder("sd"), **values)


def test_a_hub_id_needs_the_network_and_a_pinned_revision():
    with pytest.raises(
        NetworkNotAllowed, match="there is no folder some/model here, and the hub needs the network: give the path"
    ):
        load("some/model", revision="a" * 40)
    for revision in (None, "main", "a" * 39, "A" * 40):
        with pytest.raises(RequestError, match="a hub model needs its revision as the 40 hex digits of a commit, got"):
            load("some/model", allow_network=True, revision=revision)
    with pytest.raises(ReadError, match="is not there"):
        load("./some/model/folder")


def test_a_cut_off_checkpoint_is_refused_by_name(sd):
    data = (sd / UNET).read_bytes()
    (sd / UNET).write_bytes(data[: len(data) // 2])
    with pytest.raises(ReadError, match=r"unet/diffusion_pytorch_model.safetensors describes .* copy it again"):
        load(sd)


def test_a_pickle_with_the_suffix_of_safetensors_is_refused(sd):
    torch.save({"a": torch.zeros(3)}, sd / UNET)
    with pytest.raises(ReadError, match="safetensors"):
        load(sd)


def test_a_weight_that_the_class_needs_is_missing(sd):
    state = load_file(sd / UNET)
    del state["conv_in.weight"]
    save_file(state, sd / UNET, {"format": "pt"})
    with pytest.raises(ReadError, match=r"the weights .*unet do not fit UNet2DConditionModel: .*conv_in.weight"):
        load(sd)


@pytest.mark.parametrize("part", ["unet", "text_encoder"])
def test_weights_of_another_shape_do_not_fit(sd, part):
    file = next((sd / part).glob("*.safetensors"))
    state = load_file(file)
    key = sorted(state)[0]
    state[key] = torch.zeros(3, 5)
    save_file(state, file, {"format": "pt"})
    with pytest.raises(ReadError, match=f"the weights .*{part} do not fit"):
        load(sd)


def test_a_broken_tokenizer_is_named(sd):
    for one in (sd / "tokenizer").glob("*.json"):
        one.write_text("{", "utf-8")
    with pytest.raises(ReadError, match=r"the tokenizer .*tokenizer cannot be read as CLIPTokenizer"):
        load(sd)


def test_a_config_that_asks_for_a_giant_is_an_error_of_ours(sd):
    """The weights are small, the configuration lies."""
    config = sd / "unet" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text("utf-8")) | {"block_out_channels": [1 << 12, 1 << 12]}), "utf-8")
    with pytest.raises(ReadError, match="do not fit UNet2DConditionModel"):
        load(sd)


def test_too_little_memory_is_refused_before_loading(sd, monkeypatch):
    monkeypatch.setattr(memory, "free_bytes", lambda device: 1 << 20)
    with pytest.raises(
        RequestError,
        match=r"the weights of sd need 1.3 MiB as float32 on cpu, free are 1.0 MiB: dtype='bfloat16' halves it; or take",
    ):
        load(sd)
    assert load(sd, dtype="bfloat16").dtype == "bfloat16"


def test_memory_wanted_on_a_device_falls_with_offload(sd):
    card = load(sd).card
    sizes = [memory.wanted_bytes(card, "float32", one) for one in ("none", "model", "sequential")]
    assert sizes[0] == card.memory["float32"] > sizes[1] > sizes[2] == 0
    monkey = memory._mend("cuda", "bfloat16", "none"), memory._mend("cuda", "bfloat16", "model")
    assert monkey == (
        "offload='model' keeps less on the device; or take a smaller model or picture",
        "offload='sequential' keeps less on the device; or take a smaller model or picture",
    )
    assert 0 < memory.free_bytes("cpu") < 1 << 45


@OUT_OF_MEMORY
def test_running_out_of_memory_in_a_call_names_the_mend(pretrained, error):
    loaded = pretrained("sd")
    with (
        pytest.raises(
            RequestError, match="a call of StableDiffusionPipeline ran out of memory on cpu: dtype='bfloat16' halves it"
        ),
        loaded.running(loaded.pipe, None),
    ):
        raise error


@OUT_OF_MEMORY
def test_running_out_of_memory_while_loading_is_no_fault_of_the_file(sd, error, monkeypatch):
    def fail(*given, **more):
        raise error

    monkeypatch.setattr("diffusers.UNet2DConditionModel.from_pretrained", fail)
    with pytest.raises(RequestError, match="loading sd ran out of memory on cpu: dtype='bfloat16' halves it; or take a smaller"):
        load(sd)


def test_other_errors_of_a_call_pass_as_they_are(pretrained):
    loaded = pretrained("sd")
    with pytest.raises(RuntimeError, match="shapes differ"), loaded.running(loaded.pipe, None):
        raise RuntimeError("shapes differ")


def test_the_parts_of_a_sibling_are_the_same_objects(pretrained):
    loaded = pretrained("sd")
    other = loaded.serving("inpaint")
    assert type(other).__name__ == "StableDiffusionInpaintPipeline"
    assert other.unet is loaded.pipe.unet
    assert loaded.serving("text_to_image") is loaded.pipe


def test_unreadable_weights_are_named(sd, monkeypatch):
    with pytest.raises(ReadError, match=r"cannot read the weights .*: No such file"):
        file_sha256(sd / "none.safetensors")
    (sd / UNET).write_bytes(struct.pack("<Q", 1 << 40))
    with pytest.raises(ReadError, match="the header of a safetensors file has at most"):
        load(sd)


def test_a_hub_that_fails_is_an_error_of_ours(monkeypatch):
    def fail(*given, **more):
        raise OSError("no route to host")

    monkeypatch.setattr("huggingface_hub.HfApi.hf_hub_download", fail)
    with pytest.raises(ReadError, match=r"the hub did not give some/model at a{40}: no route to host"):
        load("some/model", allow_network=True, revision="a" * 40)


def test_the_store_of_a_host_keeps_folders_and_shares_them(sd):
    store = ModelStore({}, "cpu")
    first = store.get(str(sd))
    assert first.card.pipeline == "StableDiffusionPipeline"
    assert store.get(str(sd)) is first
    assert store.loaded == (str(sd),)
    tight = ModelStore({}, "cpu", limit=first.card.memory["float32"])
    tight.get(str(sd))
    tight.get(str(tiny.folder("flux")))
    assert tight.loaded == (str(tiny.folder("flux")),)
    with pytest.raises(NetworkNotAllowed, match="there is no folder some/model here"):
        store.get("some/model")
    with pytest.raises(UnknownName, match="no model named 'little'"):
        store.get("little")
    made = spec(str(sd))
    assert (made.bytes, made.licence, made.source) == (first.card.memory["float32"], "cc0-1.0", str(sd))


def test_a_generator_gets_a_folder_from_its_context(sd):
    context = dhsdk.Host()._context(Request("thing", None), None, None)
    assert context.model(str(sd)) is context.model(str(sd))


def test_a_folder_saved_for_image_to_image_serves_all_three(tmp_path):
    folder = tiny.edited("sd", tmp_path / "sd", _class_name="StableDiffusionImg2ImgPipeline")
    loaded = load(folder)
    assert type(loaded.pipe).__name__ == "StableDiffusionImg2ImgPipeline"
    assert text_to_image(loaded, "a chair", steps=1).shape == (32, 32, 3)


@pytest.mark.parametrize("device", ["gpu", "cuda:99"])
def test_a_device_that_is_not_there(device):
    with pytest.raises(RequestError, match=f"the device '{device}' cannot be used here: .*; 'cpu' always can"):
        load(tiny.folder("sd"), device=device)


@pytest.mark.parametrize("package", ["torch", "diffusers", "transformers"])
def test_what_is_not_installed_is_told_as_the_pip_line(package, monkeypatch):
    folder = tiny.folder("sd")
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtra, match=r"a pretrained model needs an optional dependency: pip install 'dhsdk\[diffusion\]'"):
        load(folder)


def test_the_hub_needs_its_client(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(MissingExtra, match="a model of the hub needs an optional dependency: pip install"):
        load("some/model", allow_network=True, revision="a" * 40)
