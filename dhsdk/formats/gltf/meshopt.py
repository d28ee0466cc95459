"""EXT_meshopt_compression: vertex and index streams in a few bits for each byte, exactly.

Written and read: modes ATTRIBUTES and INDICES without filters.
Source: Khronos glTF extension EXT_meshopt_compression, appendix A (bitstream).
"""

from __future__ import annotations

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.formats.gltf.given import Json, whole
from dhsdk.formats.gltf.packer import ELEMENT_ARRAY_BUFFER, Packer
from dhsdk.jit import kernel

MESHOPT = "EXT_meshopt_compression"
MEND = "decode it: gltf-transform copy in.glb out.glb"
ATTRIBUTES, INDICES = 0xA0, 0xD1
TAIL = 32


def compress(packer: Packer) -> int:
    """Replaces views of a finished packer by compressed ones where that makes them smaller.

    Returns the length of the second buffer, without data, that the compressed views name as theirs; 0 when there are none.
    """
    data = b"".join(piece if isinstance(piece, bytes) else np.ascontiguousarray(piece).tobytes() for piece in packer.chunks)
    arrays: dict[int, np.ndarray] = {}
    at = 0
    for piece in packer.chunks:
        if isinstance(piece, np.ndarray):
            arrays[at] = piece
        at += piece.nbytes if isinstance(piece, np.ndarray) else len(piece)
    packer.chunks, packer.length = [], 0
    unpacked = 0
    for view in packer.views:
        offset, size = view["byteOffset"], view["byteLength"]
        array = arrays.get(offset)
        indices = view.get("target") == ELEMENT_ARRAY_BUFFER
        stream = _packed(array, indices) if array is not None and array.nbytes == size else None
        if array is None or stream is None or len(stream) >= size:
            view["byteOffset"] = packer.append(data[offset : offset + size])
            continue
        rows = array.size if indices else len(array)
        own = {"buffer": 0, "byteOffset": packer.append(stream), "byteLength": len(stream), "byteStride": size // rows}
        own |= {"mode": "INDICES" if indices else "ATTRIBUTES", "count": rows}
        view |= {"buffer": 1, "byteOffset": unpacked, "extensions": {MESHOPT: own}}
        unpacked += size + -size % 4
    return unpacked


def unpack(own: Json, data: memoryview, size: int) -> memoryview:
    """The bytes of a compressed view; size: its byteLength. Raises ReadError."""
    stride = whole(own.get("byteStride"), "byteStride of a compressed view", 1, 257)
    count = whole(own.get("count"), "count of a compressed view", 0, (1 << 31) // stride)
    mode, filtered = own.get("mode"), own.get("filter", "NONE")
    if mode not in ("ATTRIBUTES", "INDICES") or filtered != "NONE":
        raise ReadError(
            f"a compressed view must have the mode ATTRIBUTES or INDICES without a filter, got {mode} {filtered}: {MEND}"
        )
    if count * stride != size or (mode == "INDICES" and stride not in (2, 4)) or (mode == "ATTRIBUTES" and stride % 4):
        raise ReadError(f"a compressed view must have count x byteStride bytes, got {count} x {stride} for {size}")
    stream = np.frombuffer(data, np.uint8)
    if mode == "INDICES":
        found = np.zeros(count, np.uint32)
        good = len(stream) > 0 and stream[0] == INDICES and count + 5 <= len(stream) and _indices_in(stream, found)
        out = found.astype(np.uint16 if stride == 2 else np.uint32).view(np.uint8)
    else:
        out = np.zeros((count, stride), np.uint8)
        good = len(stream) > max(stride, TAIL) and stream[0] == ATTRIBUTES and _rows_in(stream, out, _block(stride))
    if not good:
        raise ReadError(f"a compressed view must hold a whole meshopt stream (0xa0 or 0xd1), got damaged data: {MEND}")
    return out.reshape(-1).data


def _packed(array: np.ndarray, indices: bool) -> bytes | None:
    """The stream of an array, or None where the format takes none of its kind."""
    if indices:
        if array.dtype.itemsize not in (2, 4):
            return None
        out = np.empty(array.size * 5 + 5, np.uint8)
        return out[: _indices_out(array.reshape(-1).astype(np.uint32), out)].tobytes()
    stride = array.nbytes // len(array) if len(array) else 0
    if not stride or stride % 4 or stride > 256:
        return None
    rows = np.ascontiguousarray(array).view(np.uint8).reshape(len(array), stride)
    out = np.empty(rows.size * 2 + 2 * TAIL + 64 * stride + 1, np.uint8)
    return out[: _rows_out(rows, out, _block(stride))].tobytes()


def _block(stride: int) -> int:
    """Rows that are coded together."""
    return min((8192 // stride) & ~15, 256)


@kernel()
def _indices_out(indices, out):  # type: ignore[no-untyped-def]
    out[0] = 0xD1
    at, current = 1, 0
    last = np.zeros(2, np.int64)
    for index in indices:
        if abs(np.int64(index) - last[current]) >= 30:
            current ^= 1
        step = np.int64(index) - last[current]
        last[current] = np.int64(index)
        rest = ((step << 1) ^ (step >> 63)) << 1 | current
        while rest > 127:
            out[at] = (rest & 127) | 128
            rest >>= 7
            at += 1
        out[at] = rest
        at += 1
    for _ in range(4):
        out[at] = 0
        at += 1
    return at


@kernel()
def _indices_in(stream, out):  # type: ignore[no-untyped-def]
    at, end = 1, len(stream) - 4
    last = np.zeros(2, np.int64)
    for n in range(len(out)):
        value, shift = np.int64(0), 0
        while True:
            if at >= end or shift > 35:
                return False
            byte = np.int64(stream[at])
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        current = value & 1
        value >>= 1
        index = (last[current] + ((value >> 1) ^ -(value & 1))) & 0xFFFFFFFF
        last[current] = index
        out[n] = index
    return True


@kernel()
def _group_out(deltas, start, out, at):  # type: ignore[no-untyped-def]
    """Writes 16 deltas in the shortest of the four ways; (which, the next place)."""
    small = middle = 0
    zero = True
    for i in range(16):
        d = deltas[start + i]
        zero = zero and d == 0
        small += 1 if d >= 3 else 0
        middle += 1 if d >= 15 else 0
    if zero:
        return 0, at
    best, bits = 16, 8
    if 8 + middle < best:
        best, bits = 8 + middle, 4
    if 4 + small < best:
        bits = 2
    if bits == 8:
        for i in range(16):
            out[at + i] = deltas[start + i]
        return 3, at + 16
    most, per = (1 << bits) - 1, 8 // bits
    for i in range(0, 16, per):
        byte = 0
        for j in range(per):
            byte = byte << bits | min(deltas[start + i + j], most)
        out[at] = byte
        at += 1
    for i in range(16):
        if deltas[start + i] >= most:
            out[at] = deltas[start + i]
            at += 1
    return (1 if bits == 2 else 2), at


@kernel()
def _rows_out(rows, out, block):  # type: ignore[no-untyped-def]
    out[0] = 0xA0
    at = 1
    count, stride = rows.shape
    deltas = np.zeros(256, np.int64)
    for start in range(0, count, block):
        many = min(block, count - start)
        groups = (many + 15) // 16
        for k in range(stride):
            before = np.int64(rows[max(start - 1, 0), k])
            deltas[:] = 0
            for i in range(many):
                here = np.int64(rows[start + i, k])
                step = ((here - before + 128) & 255) - 128
                deltas[i] = ((step << 1) ^ (step >> 8)) & 255
                before = here
            head = at
            at += (groups + 3) // 4
            for i in range(head, at):
                out[i] = 0
            for group in range(groups):
                which, at = _group_out(deltas, group * 16, out, at)
                out[head + group // 4] |= which << (group % 4 * 2)
    for _ in range(32 - stride):
        out[at] = 0
        at += 1
    for k in range(stride):
        out[at] = rows[0, k]
        at += 1
    return at


@kernel()
def _group_in(stream, at, end, which, deltas, start):  # type: ignore[no-untyped-def]
    """Reads 16 deltas; the next place, or -1 where the stream ends before."""
    if which == 0:
        for i in range(16):
            deltas[start + i] = 0
        return at
    if which == 3:
        if at + 16 > end:
            return -1
        for i in range(16):
            deltas[start + i] = stream[at + i]
        return at + 16
    bits = 2 if which == 1 else 4
    most, per = (1 << bits) - 1, 8 // bits
    extra = at + 16 // per
    if extra > end:
        return -1
    for i in range(16):
        value = np.int64(stream[at + i // per]) >> (8 - bits - i % per * bits) & most
        if value == most:
            if extra >= end:
                return -1
            value = np.int64(stream[extra])
            extra += 1
        deltas[start + i] = value
    return extra


@kernel()
def _rows_in(stream, out, block):  # type: ignore[no-untyped-def]
    count, stride = out.shape
    end = len(stream) - max(stride, 32)
    last = np.zeros(stride, np.int64)
    for k in range(stride):
        last[k] = stream[len(stream) - stride + k]
    at = 1
    deltas = np.zeros(256, np.int64)
    for start in range(0, count, block):
        many = min(block, count - start)
        groups = (many + 15) // 16
        for k in range(stride):
            head = at
            at += (groups + 3) // 4
            if at > end:
                return False
            for group in range(groups):
                at = _group_in(stream, at, end, stream[head + group // 4] >> (group % 4 * 2) & 3, deltas, group * 16)
                if at < 0:
                    return False
            for i in range(many):
                last[k] = (last[k] + ((deltas[i] >> 1) ^ -(deltas[i] & 1))) & 255
                out[start + i, k] = last[k]
    return at == end
