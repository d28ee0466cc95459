"""LoRA: every dialect of names is merged to the numbers worked out by hand, and nothing else of the model moves."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from dhsdk.diffusion.pretrained import load, text_to_image
from dhsdk.diffusion.pretrained.lora import read_lora
from dhsdk.errors import ParamError, ReadError, RequestError
from tests.diffusion import tiny

QUERY = "down_blocks.1.attentions.0.transformer_blocks.0.attn1.to_q"
OUT = "mid_block.attentions.0.transformer_blocks.0.attn2.to_out.0"
TEXT = "encoder.layers.1.self_attn.v_proj"
RANK = 3


def matrices(module, seed):
    """down (RANK, in) and up (out, RANK), both random."""
    draw = torch.Generator().manual_seed(seed)
    out, ins = module.weight.shape[0], module.weight[0].numel()
    return torch.randn(RANK, ins, generator=draw), torch.randn(out, RANK, generator=draw)


def flat(name):
    return name.replace(".", "_")


def kohya(stem, down, up):
    return {f"{stem}.lora_down.weight": down, f"{stem}.lora_up.weight": up, f"{stem}.alpha": torch.tensor(1.5)}


def peft(stem, down, up):
    return {f"{stem}.lora_A.weight": down, f"{stem}.lora_B.weight": up}


DIALECTS = {
    # name: (tensors of one module, what becomes of a module's name in the UNet and in the text encoder, alpha)
    "diffusers": (peft, "unet.{}", "text_encoder.{}", RANK),
    "diffusers with the level text_model": (peft, "unet.{}", "text_encoder.text_model.{}", RANK),
    "older diffusers": (
        lambda stem, down, up: {f"{stem}.lora.down.weight": down, f"{stem}.lora.up.weight": up},
        "unet.{}", "text_encoder.{}", RANK,
    ),
    "kohya": (kohya, "lora_unet_{}", "lora_te_text_model_{}", 1.5),
    "kohya of two text encoders": (kohya, "lora_unet_{}", "lora_te1_text_model_{}", 1.5),
}  # fmt: skip


@pytest.fixture(scope="module")
def plain():
    return load(tiny.folder("sd"))


def modules(loaded):
    return {
        name: loaded.pipe.components[part].get_submodule(path)
        for name, part, path in (("query", "unet", QUERY), ("out", "unet", OUT), ("text", "text_encoder", TEXT))
    }


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("weight", [1.0, -0.5])
def test_every_dialect_is_merged_to_the_numbers_worked_out_by_hand(dialect, weight, plain, tmp_path):
    tensors_of, in_unet, in_text, alpha = DIALECTS[dialect]
    before, made, expected = modules(plain), {}, {}
    for seed, (name, path) in enumerate({"query": QUERY, "out": OUT, "text": TEXT}.items()):
        down, up = matrices(before[name], seed)
        form = in_text if name == "text" else in_unet
        made |= tensors_of(form.format(flat(path) if "_{}" in form else path), down, up)
        expected[name] = before[name].weight + weight * alpha / RANK * up @ down
    save_file(made, tmp_path / "mine.safetensors")
    loaded = load(tiny.folder("sd"), loras=[(tmp_path / "mine.safetensors", weight)])
    for name, module in modules(loaded).items():
        assert torch.allclose(module.weight, expected[name], atol=1e-5), name
        assert not torch.allclose(module.weight, before[name].weight, atol=0.1)
    changed = [
        name
        for part in ("unet", "text_encoder", "vae")
        for name, value in loaded.pipe.components[part].state_dict().items()
        if not torch.equal(value, plain.pipe.components[part].state_dict()[name])
    ]
    assert changed == [f"{QUERY}.weight", f"{OUT}.weight", f"{TEXT}.weight"]


def lora_of(loaded, tmp_path, name="pytorch_lora_weights.safetensors", metadata=None):
    """A folder with a LoRA for the query of the UNet."""
    down, up = matrices(modules(loaded)["query"], 0)
    tmp_path.mkdir(exist_ok=True)
    save_file(peft(f"unet.{QUERY}", down, up), tmp_path / name, metadata)
    return tmp_path, up @ down


def test_a_folder_changes_the_picture_and_stands_in_provenance(plain, tmp_path):
    folder, _ = lora_of(plain, tmp_path)
    told = []
    loaded = load(tiny.folder("sd"), loras=[folder], progress=lambda share, text: told.append(text))
    assert "merged pytorch_lora_weights.safetensors into 1 matrices" in told
    assert not np.array_equal(text_to_image(loaded, "a chair", steps=2), text_to_image(plain, "a chair", steps=2))
    assert set(loaded.weights) - set(plain.weights) == {"pytorch_lora_weights.safetensors x 1"}
    assert loaded.sha256 != plain.sha256


def test_two_loras_add_up_and_weight_zero_changes_nothing(plain, tmp_path):
    one, delta = lora_of(plain, tmp_path / "one")
    down, up = matrices(modules(plain)["query"], 9)
    save_file(peft(QUERY, down, up), tmp_path / "two.safetensors")  # a name without a prefix is the denoiser's
    loaded = load(tiny.folder("sd"), loras=[(one, 0.5), tmp_path / "two.safetensors"])
    expected = modules(plain)["query"].weight + 0.5 * delta + up @ down
    assert torch.allclose(modules(loaded)["query"].weight, expected, atol=1e-5)
    nothing = load(tiny.folder("sd"), loras=[(one, 0.0)])
    assert torch.equal(modules(nothing)["query"].weight, modules(plain)["query"].weight)


@pytest.mark.parametrize(
    ("config", "scale"), [({"lora_alpha": 6}, 2.0), ({"lora_alpha": 6, "use_rslora": True}, 6 / RANK**0.5), ({}, 1.0)]
)
def test_alpha_of_an_adapter_configuration(config, scale, plain, tmp_path):
    down, up = matrices(modules(plain)["query"], 0)
    save_file(peft(f"base_model.model.{QUERY}", down, up), tmp_path / "adapter_model.safetensors")
    (tmp_path / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", **config}), "utf-8")
    loaded = load(tiny.folder("sd"), loras=[tmp_path])
    assert torch.allclose(modules(loaded)["query"].weight, modules(plain)["query"].weight + scale * up @ down, atol=1e-5)


def test_alpha_of_the_metadata_that_diffusers_writes(plain, tmp_path):
    folder, delta = lora_of(plain, tmp_path, metadata={"lora_adapter_metadata": json.dumps({"unet.r": 3, "unet.lora_alpha": 12})})
    loaded = load(tiny.folder("sd"), loras=[folder])
    assert torch.allclose(modules(loaded)["query"].weight, modules(plain)["query"].weight + 4 * delta, atol=1e-4)


def test_convolutions_take_part(plain, tmp_path):
    name = "down_blocks.0.resnets.0.conv1"
    before = plain.pipe.unet.get_submodule(name).weight
    down, up = torch.randn(RANK, before.shape[1], 3, 3), torch.randn(before.shape[0], RANK, 1, 1)
    save_file(kohya(f"lora_unet_{flat(name)}", down, up), tmp_path / "conv.safetensors")
    after = load(tiny.folder("sd"), loras=[tmp_path / "conv.safetensors"]).pipe.unet.get_submodule(name)
    given = torch.randn(1, before.shape[1], 5, 5)
    both = torch.nn.functional.conv2d(torch.nn.functional.conv2d(given, down), up) * 1.5 / RANK
    conv = torch.nn.functional.conv2d
    assert torch.allclose(conv(given, after.weight), conv(given, before) + both, atol=1e-3)


def test_half_precision_is_merged_in_full(plain, tmp_path):
    folder, delta = lora_of(plain, tmp_path)
    loaded = load(tiny.folder("sd"), loras=[folder], dtype="bfloat16")
    weight = modules(loaded)["query"].weight
    assert weight.dtype == torch.bfloat16
    assert torch.equal(weight, (modules(plain)["query"].weight.bfloat16().float() + delta).bfloat16())


def test_block_names_of_the_original_model_are_translated(tmp_path):
    """Most SDXL files of kohya's trainer count input, middle and output blocks."""
    sdxl = load(tiny.folder("sdxl"))
    name = "up_blocks.0.attentions.1.transformer_blocks.0.attn2.to_out.0"
    down, up = matrices(sdxl.pipe.unet.get_submodule(name), 4)
    file = tmp_path / "sdxl.safetensors"
    save_file(kohya("lora_unet_output_blocks_1_1_transformer_blocks_0_attn2_to_out_0", down, up), file)
    loaded = load(tiny.folder("sdxl"), loras=[file])
    expected = sdxl.pipe.unet.get_submodule(name).weight + 1.5 / RANK * up @ down
    assert torch.allclose(loaded.pipe.unet.get_submodule(name).weight, expected, atol=1e-5)


def test_transformers_take_part_in_both_dialects(tmp_path):
    flux = load(tiny.folder("flux"))
    block = flux.pipe.transformer.transformer_blocks[0]
    down, up = matrices(block.attn.to_out[0], 4)
    save_file(peft("transformer.transformer_blocks.0.attn.to_out.0", down, up), tmp_path / "diffusers.safetensors")
    save_file(kohya("lora_unet_double_blocks_0_img_attn_proj", down, up), tmp_path / "kohya.safetensors")
    for file, alpha in (("diffusers", RANK), ("kohya", 1.5)):
        loaded = load(tiny.folder("flux"), loras=[tmp_path / f"{file}.safetensors"])
        changed = loaded.pipe.transformer.transformer_blocks[0].attn.to_out[0].weight
        assert torch.allclose(changed, block.attn.to_out[0].weight + alpha / RANK * up @ down, atol=1e-5), file


def test_files_that_are_no_lora_are_refused(plain, tmp_path):
    folder, _ = lora_of(plain, tmp_path / "good")
    file = tmp_path / "bad.safetensors"

    def refused(error, message, tensors=None):
        if tensors is not None:
            save_file(tensors, file)
        with pytest.raises(error, match=message):
            load(tiny.folder("sd"), loras=[file])

    down, up = matrices(modules(plain)["query"], 0)
    pair = peft(f"unet.{QUERY}", down, up)
    other = "was made for another model: "
    refused(RequestError, other + "StableDiffusionPipeline has no place for 'unet.nowhere", peft("unet.nowhere", down, up))
    refused(RequestError, other + r"\(5, 3\) by .* cannot change weights", peft(f"unet.{QUERY}", down, torch.zeros(5, 3)))
    refused(RequestError, "has no place for an empty file", {})
    refused(ReadError, "a LoRA has its matrices in pairs, .*bad.safetensors has one without the other", {next(iter(pair)): down})
    refused(
        ReadError,
        r"a LoRA has pairs of matrices and their alpha \(no DoRA, LoHa, LoKr\), .* has 'unet.x.lokr_w1'",
        pair | {"unet.x.lokr_w1": torch.zeros(3)},
    )
    refused(
        ReadError, "the weights of a LoRA must be finite numbers, .* has others", peft(f"unet.{QUERY}", down, up * float("nan"))
    )
    save_file(pair, file, {"lora_adapter_metadata": "{"})
    refused(ReadError, "the lora_adapter_metadata of .* is no JSON: Expecting")
    file.write_bytes(file.read_bytes()[:-7])
    refused(ReadError, "bad.safetensors describes .* copy it again")
    (folder / "adapter_config.json").write_text('{"use_dora": true}', "utf-8")
    with pytest.raises(ReadError, match=r"an adapter must be a plain LoRA, .*adapter_config.json asks for DoRA, another kind"):
        read_lora(folder)


def test_where_a_lora_is_looked_for(plain, tmp_path):
    folder, _ = lora_of(plain, tmp_path / "good", "style.safetensors")
    assert read_lora(folder).file == folder / "style.safetensors"
    assert read_lora((str(folder), 0.5)).weight == 0.5
    with pytest.raises(ParamError, match=r"the weight of a LoRA must be in \[-10, 10\], got 11"):
        read_lora((folder, 11.0))
    with pytest.raises(ReadError, match=r"a LoRA is a safetensors file or a folder with one, .*none is not there"):
        read_lora(tmp_path / "none")
    (tmp_path / "style.pt").touch()
    with pytest.raises(ReadError, match=r"style.pt is another file \(pickles can run code and are never opened\)"):
        read_lora(tmp_path / "style.pt")
    (folder / "other.safetensors").touch()
    with pytest.raises(ReadError, match=r"one safetensors file, .* holds other.safetensors, style.safetensors: name one of them"):
        read_lora(folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReadError, match=r"the folder of a LoRA has one safetensors file, .*empty holds none"):
        read_lora(tmp_path / "empty")
    (tmp_path / "empty" / "pytorch_lora_weights.bin").touch()
    with pytest.raises(ReadError, match=r"holds none but pytorch_lora_weights.bin"):
        read_lora(tmp_path / "empty")
