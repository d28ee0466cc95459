"""Broken files: endless, repeatable mutations of a valid one. Used by the tests and by benchmarks/formats_fuzz.py.

`mutants(data, seed, count)` looks at the bytes to choose what to break: JSON inside GLB and glTF is changed as JSON, so that the
file still parses and the reader's own checks are met; chunks of PNG and RIFF files are dropped, doubled and cut; lines of text
formats are changed as words; everything is also changed as plain bytes.
"""

from __future__ import annotations

import copy
import json
import random
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

NUMBERS: tuple[Any, ...] = (
    *(0, 1, -1, 2, 3, 4, 7, 255, 256, 65535, 65536, 2**31 - 1, 2**31, 2**32 - 1, 2_000_000_000, 2**53, 2**63, 10**30, -(2**31)),
    *(0.5, -0.5, 1e-30, 1e30, 1e308, 5126, 5125, 5121, 34962),
)
VALUES: tuple[Any, ...] = (
    *NUMBERS,
    None,
    True,
    False,
    "",
    "x",
    "..",
    "../x",
    "/etc/passwd",
    "http://x/y",
    "data:,",
    "A" * 300,
    [],
    {},
    [0],
    [[]],
    {"a": 1},
)
INTERESTING = (0, 1, 0x7F, 0x80, 0xFF)

Break = Callable[[bytes, random.Random], bytes]


def mutants(data: bytes, seed: int, count: int) -> Iterator[bytes]:
    """`count` broken versions of a valid file; the same for the same seed."""
    rng = random.Random(seed)
    ways = ways_for(data)
    for _ in range(count):
        yield rng.choice(ways)(data, rng)


def ways_for(data: bytes) -> list[Break]:
    """The mutations that fit a file, chosen by its first bytes; those that know its structure weigh more."""
    if data[:4] == b"glTF":
        return [change_glb_json] * 6 + [any_bytes, head_bytes, cut, double, glb_lengths]
    if data.lstrip()[:1] in (b"{", b"["):
        return [change_json] * 6 + [any_bytes, cut, double]
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return [png_chunks] * 3 + [any_bytes, head_bytes, cut, double]
    if data[:4] == b"RIFF":
        return [riff_sizes] * 2 + [any_bytes, head_bytes, cut, double]
    if data[:2] == b"#?":
        return [head_words] * 3 + [any_bytes, head_bytes, cut, double]
    if b"\0" not in data[:512] and data[:512].isascii():
        return [words] * 3 + [lines] * 2 + [any_bytes, cut, double]
    return [any_bytes, head_bytes, head_bytes, cut, double]


def any_bytes(data: bytes, rng: random.Random, within: int | None = None) -> bytes:
    """Some bytes or bits changed anywhere."""
    out = bytearray(data)
    limit = min(len(out), within or len(out))
    for _ in range(rng.choice((1, 1, 2, 4, 16)) if limit else 0):
        at = rng.randrange(limit)
        out[at] = rng.choice((out[at] ^ 1 << rng.randrange(8), rng.choice(INTERESTING), rng.randrange(256)))
    return bytes(out)


def head_bytes(data: bytes, rng: random.Random) -> bytes:
    """Bytes of the head changed, where lengths and counts stand; sometimes a whole 32-bit word."""
    if rng.random() < 0.5 or len(data) < 8:
        return any_bytes(data, rng, 200)
    at = rng.randrange(0, min(len(data) - 4, 196))
    word = struct.pack(
        rng.choice("<>") + "I", rng.choice((0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, rng.getrandbits(32), len(data)))
    )
    return data[:at] + word + data[at + 4 :]


def cut(data: bytes, rng: random.Random) -> bytes:
    """The end missing, or a piece from the middle."""
    at = rng.randrange(len(data) + 1)
    if rng.random() < 0.6:
        return data[:at]
    return data[:at] + data[min(len(data), at + rng.choice((1, 2, 4, 16, 100))) :]


def double(data: bytes, rng: random.Random) -> bytes:
    """A piece twice, or rubbish in between."""
    at = rng.randrange(len(data) + 1)
    size = rng.choice((1, 4, 16, 256))
    piece = data[at : at + size] if rng.random() < 0.6 else rng.randbytes(size)
    return data[:at] + piece + data[at:]


def words(data: bytes, rng: random.Random) -> bytes:
    """A number or word of a text format replaced."""
    found = list(re.finditer(rb"[^\s/]+", data))
    if not found:
        return any_bytes(data, rng)
    one = rng.choice(found)
    new = rng.choice(
        (
            b"",
            b"-1",
            b"0",
            b"nan",
            b"inf",
            b"1e999",
            b"2000000000",
            b"99999999999999999999",
            b"x" * 100,
            b"\xff\xfe",
            b"1/2/3/4",
            b"//",
        )
    )
    return data[: one.start()] + new + data[one.end() :]


def head_words(data: bytes, rng: random.Random) -> bytes:
    """A word of the text before binary pixels replaced."""
    at = data.index(b"\n\n") + 30 if b"\n\n" in data else len(data)
    return words(data[:at], rng) + data[at:]


def bombs(suffix: str) -> list[bytes]:
    """Small files that promise, or unpack to, far more than they hold."""
    import zlib

    def png(side: int, rows: bytes) -> bytes:
        parts = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
        chunks = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts)
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)

    deep = b'{"asset":{"version":"2.0"},"extras":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    nodes = [{"children": [i + 1]} for i in range(50_000)] + [{}]
    chain = json.dumps({"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": nodes}).encode()
    huge = b'{"asset":{"version":"2.0"},"accessors":[{"componentType":5126,"count":2000000000,"type":"MAT4"}],' + (
        b'"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"nodes":[{"mesh":0}],"scenes":[{"nodes":[0]}]}'
    )

    def glb(text: bytes) -> bytes:
        text += b" " * (-len(text) % 4)
        return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text), len(text), b"JSON") + text

    ply = b"ply\nformat ascii 1.0\nelement vertex 1\nproperty list uint float x\nend_header\n"
    return {
        ".glb": [glb(deep), glb(chain), glb(huge)],
        ".gltf": [deep, chain, huge],
        ".png": [png(60_000, b""), png(11_000, b""), png(64, b"\0" * 50_000_000), png(2**31 - 1, b"")],
        ".obj": [b"v 0 0 0\nf 1 2 2000000000\n", b"v 0 0 0\n" * 3 + b"f" + b" 1" * 200_000, b"vt 0.5\nv 0 0 0\nf 1/1 1/1 1/1\n"],
        ".ply": [ply + b"4294967295 0\n", ply.replace(b"vertex 1", b"vertex 999999999999")],
        ".stl": [b"\0" * 80 + b"\xff" * 54, b"solid\n" + b"vertex 1e999 0 0\n" * 9],
        ".hdr": [
            b"#?RADIANCE\n\n-Y 8192 +X 8192\n" + b"\2\2\x20\0" + b"\xff\0" * 400_000,
            b"#?RADIANCE\n\n-Y 9999999 +X 9999999\n",
        ],
        ".wav": [b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\x7f"],
        ".dhsdk.json": [b"[" * 200_000, b'{"generator":"box","plan":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001],
    }.get(suffix, [])


def lines(data: bytes, rng: random.Random) -> bytes:
    """A line dropped, doubled or moved."""
    rows = data.split(b"\n")
    at = rng.randrange(len(rows))
    row = rows.pop(at)
    for _ in range(rng.choice((0, 1, 2))):
        rows.insert(rng.randrange(len(rows) + 1), row)
    return b"\n".join(rows)


def png_chunks(data: bytes, rng: random.Random) -> bytes:
    """Chunks of a PNG dropped, doubled, swapped or changed, with a checksum that fits, so that the decoder goes on."""
    import zlib

    chunks, at = [], 8
    while at + 12 <= len(data):
        size = struct.unpack_from(">I", data, at)[0]
        chunks.append((data[at + 4 : at + 8], data[at + 8 : at + 8 + size]))
        at += 12 + size
    if not chunks:
        return any_bytes(data, rng)
    i = rng.randrange(len(chunks))
    kind, body = chunks[i]
    what = rng.randrange(4)
    if what == 0:
        del chunks[i]
    elif what == 1:
        chunks.insert(rng.randrange(len(chunks) + 1), chunks[i])
    else:
        chunks[i] = (kind, any_bytes(body, rng) if what == 2 or len(body) < 8 else head_bytes(body, rng))
    packed = (struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks)
    return data[:8] + b"".join(packed)


def riff_sizes(data: bytes, rng: random.Random) -> bytes:
    """A size, rate or channel count in the head of a RIFF file replaced."""
    at = rng.choice((4, 16, 20, 22, 24, 28, 32, 34, 40))
    word = struct.pack("<I", rng.choice((0, 1, 2, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, rng.getrandbits(32))))
    width = rng.choice((2, 4))
    return data[:at] + word[:width] + data[at + width :]


def change_json(data: bytes, rng: random.Random) -> bytes:
    """JSON with one to three values swapped for others, removed, moved, doubled or nested."""
    try:
        root = json.loads(data)
    except ValueError:
        return any_bytes(data, rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        _change(root, rng)
    text = json.dumps(root)
    if rng.random() < 0.05:
        text = text.replace("0", rng.choice(("NaN", "Infinity", "1e999", "-0", "00", "\\ud800")), 1)
    if rng.random() < 0.02:
        text = '{"deep":' + "[" * 100_000 + "]" * 100_000 + "," + text[1:]
    if rng.random() < 0.02 and text.startswith("{"):
        text = '{"asset":{},' + text[1:]
    return text.encode("utf-8", "surrogatepass")


def _change(root: Any, rng: random.Random) -> None:
    places = list(_places(root))
    if not places:
        return
    owner, key = rng.choice(places)
    what = rng.randrange(10)
    old = owner[key]
    if what < 4:
        owner[key] = (
            rng.choice(NUMBERS) if type(old) in (int, float) and rng.random() < 0.7 else copy.deepcopy(rng.choice(VALUES))
        )
    elif what == 4:
        del owner[key]
    elif what == 5 and type(old) in (int, float):
        owner[key] = rng.choice((old + 1, old - 1, -old, old * 2, old * 1000, float(old) + 0.5, str(old)))
    elif what == 6:
        other, place = rng.choice(places)
        owner[key] = copy.deepcopy(other[place]) if place in other or (isinstance(other, list) and place < len(other)) else None
    elif what == 7 and isinstance(owner, list):
        owner.append(copy.deepcopy(old))
    elif what == 8 and isinstance(owner, dict):
        owner[rng.choice(("extensions", "extras", "sparse", "matrix", "children", "weights", "uri", "x"))] = copy.deepcopy(
            rng.choice(VALUES)
        )
    else:
        owner[key] = [copy.deepcopy(old)] if rng.random() < 0.5 else {"a": old}


def _places(root: Any) -> Iterator[tuple[Any, Any]]:
    todo = [root]
    while todo:
        owner = todo.pop()
        for key, value in list(owner.items() if isinstance(owner, dict) else enumerate(owner)):
            yield owner, key
            if isinstance(value, dict | list):
                todo.append(value)


def change_glb_json(data: bytes, rng: random.Random) -> bytes:
    """A GLB whose JSON is changed and whose lengths fit again."""
    size = struct.unpack_from("<I", data, 12)[0]
    text = change_json(data[20 : 20 + size], rng)
    text += b" " * (-len(text) % 4)
    rest = data[20 + size :]
    if rng.random() < 0.1:
        rest = any_bytes(rest, rng)
    return struct.pack("<4sIII4s", b"glTF", 2, 20 + len(text) + len(rest), len(text), b"JSON") + text + rest


def glb_lengths(data: bytes, rng: random.Random) -> bytes:
    """A GLB whose magic, version, lengths or chunk kinds lie."""
    size = struct.unpack_from("<I", data, 12)[0]
    at = rng.choice((0, 4, 8, 12, 16, 20 + size, 24 + size))
    return (
        data[:at]
        + struct.pack("<I", rng.choice((0, 1, 2, 3, 0x7FFFFFFF, 0xFFFFFFFF, len(data) + 1, rng.getrandbits(32))))
        + data[at + 4 :]
    )
