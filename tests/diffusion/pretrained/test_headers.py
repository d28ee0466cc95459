"""Headers of safetensors files: the good are read as the reference reader does, the bad are refused before anything loads."""

import json
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from dhsdk.diffusion.pretrained.headers import LARGEST_HEADER, read_header
from dhsdk.errors import ReadError
from tests.effort import examples


def written(path, header, data=b"", length=None):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + data)
    return path


def entry(begin=0, end=4, shape=(1,), dtype="F32"):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}


def test_a_good_file_is_read_as_it_was_written(tmp_path):
    save_file({"b": np.zeros((2, 3), np.float16), "a": np.zeros(5, np.int64)}, tmp_path / "x.safetensors", {"format": "pt"})
    header = read_header(tmp_path / "x.safetensors")
    assert header.tensors == {"a": ("I64", (5,)), "b": ("F16", (2, 3))}
    assert header.bytes == 2 * 3 * 2 + 5 * 8


@pytest.mark.parametrize(
    ("header", "data", "message"),
    [
        (b"[]", b"", "is broken: it does not begin with {"),
        (b"{", b"", "is broken: Expecting property name"),
        (b"{\xff}", b"", "is broken: 'utf-8' codec"),
        (b'{"a":' * 90_000, b"", "is broken: it is nested too deeply"),
        (b'{"a":%s,"a":%s}' % ((json.dumps(entry()).encode(),) * 2), b"0000", "the name 'a' occurs twice"),
        ({"a": entry(dtype="F31")}, b"0000", "'a' has the unknown type 'F31'"),
        ({"a": entry(dtype=["F32"])}, b"0000", "has the unknown type"),
        ({"a": 3}, b"", "'a' needs dtype, shape and data_offsets"),
        ({"a": entry() | {"code": "x"}}, b"0000", "'a' needs dtype, shape and data_offsets"),
        ({"a": entry(shape=(-1,))}, b"0000", "shape and offsets of 'a' must be whole numbers from 0"),
        ({"a": entry(shape=(1.0,))}, b"0000", "must be whole numbers from 0"),
        ({"a": entry(shape=(True,))}, b"0000", "must be whole numbers from 0"),
        ({"a": entry(shape=(1 << 60,))}, b"0000", "must be whole numbers from 0"),
        ({"a": entry(shape=(2,))}, b"0000", r"'a' of shape \[2\] and type F32 cannot lie between 0 and 4"),
        ({"a": entry(4, 0)}, b"0000", "cannot lie between 4 and 0"),
        ({"a": entry(), "b": entry()}, b"0000", "follow one another, in .* 'b' begins at 0 instead of 4"),
        ({"a": entry(2, 6)}, b"000000", "tensors of a safetensors file follow one another, in .* 'a' begins at 2 instead of 0"),
        ({"a": entry(4, 8)}, b"00000000", "begins at 4 instead of 0"),
        ({"a": entry()}, b"000", "the header of .* describes 4 bytes of weights, the file holds 3; copy it again"),
        ({"a": entry()}, b"00000", "describes 4 bytes of weights, the file holds 5"),
    ],
)
def test_a_header_that_contradicts_itself_is_refused(tmp_path, header, data, message):
    path = written(tmp_path / "bad.safetensors", header, data)
    with pytest.raises(ReadError, match=message) as caught:
        read_header(path)
    assert "bad.safetensors" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_lengths_that_cannot_be_are_refused(tmp_path):
    (tmp_path / "short.safetensors").write_bytes(b"abc")
    with pytest.raises(ReadError, match=r"a safetensors file begins with the length of its header, .*short.* has 3 bytes"):
        read_header(tmp_path / "short.safetensors")
    with pytest.raises(ReadError, match=rf"the header of a safetensors file has at most {LARGEST_HEADER} bytes, .* claims"):
        read_header(written(tmp_path / "huge.safetensors", {}, length=1 << 62))
    with pytest.raises(ReadError, match=r"huge.safetensors is cut off in its header, which claims 99 bytes; copy it again"):
        read_header(written(tmp_path / "huge.safetensors", {}, length=99))
    with pytest.raises(ReadError, match=r"cannot read the weights .*none.safetensors: No such file"):
        read_header(tmp_path / "none.safetensors")


def accepted_by_reference(path):
    """The reader of the safetensors package takes the header."""
    try:
        with safe_open(path, "numpy") as file:
            return set(file.keys())
    except (SafetensorError, OSError):
        return None


@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 400), to=st.integers(0, 255), cut=st.integers(0, 200))
def test_a_changed_or_cut_file_is_an_error_of_ours_or_a_sound_header(tmp_path, at, to, cut):
    """Whatever is accepted, the reference reader accepts with the same names: nothing slips by that it would stumble on."""
    good = tmp_path / "good.safetensors"
    save_file({"one": np.arange(6, dtype=np.float32).reshape(2, 3), "two": np.zeros((4,), np.float16)}, good)
    data = bytearray(good.read_bytes())
    if at < len(data):
        data[at] = to
    changed = tmp_path / "changed.safetensors"
    changed.write_bytes(bytes(data[: len(data) - cut if cut < 100 else None]))
    try:
        header = read_header(changed)
    except ReadError:
        return
    assert accepted_by_reference(changed) == set(header.tensors)


TOKENS = st.sampled_from(
    ['"a"', '"dtype"', '"F32"', '"shape"', '"data_offsets"', "[", "]", "{", "}", ":", ",", "0", "4", "1e9", "null"]
)


@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tokens=st.lists(TOKENS, max_size=40))
def test_headers_of_random_tokens_never_end_in_another_error(tmp_path, tokens):
    path = written(tmp_path / "random.safetensors", ("{" + "".join(tokens)).encode(), b"0000")
    try:
        header = read_header(path)
    except ReadError:
        return
    assert accepted_by_reference(path) == set(header.tensors)
