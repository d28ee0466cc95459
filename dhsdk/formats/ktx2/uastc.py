"""UASTC LDR 4x4 blocks: encoding in five of the format's modes, and decoding of these.

Opaque blocks take mode 0 (16 weights, 192 end point levels) or 18 (32 weights, 32 levels), others mode 10, 12 (weights for all
four channels) or 11 (alpha with weights of its own), one colour takes mode 8. The end points start at the extremes along the
principal axis and are refined by least squares. The hints by which a reader makes ETC1, ETC2 or BC1 of a block are filled in.
Source: Binomial, UASTC LDR 4x4 Texture Specification; Khronos Data Format Specification 1.3, chapter 23 (ASTC end points).
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from dhsdk.errors import ReadError
from dhsdk.jit import kernel

MODES = np.array(
    [
        [0, 0x1, 4, 3, 4, 6, 1],
        [18, 0x9, 4, 3, 5, 5, 0],
        [10, 0x2, 3, 4, 4, 4, 1],
        [12, 0x6, 3, 4, 3, 6, 1],
        [11, 0x0, 2, 4, 2, 4, 1],
    ]
)
"""Rows of: mode, code, bits of the code, channels, bits of a weight, bits of an end point, whether it has a trit besides."""
ETC1 = np.array([8, 17, 29, 42, 60, 80, 106, 183])
WEIGHTS = np.zeros((6, 32), np.int64)
WEIGHTS[2, :4] = 0, 21, 43, 64
WEIGHTS[3, :8] = 0, 9, 18, 27, 37, 46, 55, 64
WEIGHTS[4, :16] = 0, 4, 8, 12, 17, 21, 25, 29, 35, 39, 43, 47, 52, 56, 60, 64
WEIGHTS[5, :32] = [*range(0, 32, 2), *range(34, 66, 2)]


def _level(bits: int, index: int) -> int:
    """The 8-bit value of an encoded end point of `bits` bits and, for 4 and 6, a trit above them."""
    low = index & ((1 << bits) - 1)
    if bits == 5:
        return low << 3 | low >> 2
    high = low >> 1
    spread = {4: high << 6 | high, 6: high << 4 | high >> 4}[bits]
    mixed = (index >> bits) * {4: 22, 6: 5}[bits] + spread
    mixed ^= 0x1FF * (low & 1)
    return (0x80 * (low & 1)) | mixed >> 2


VALUES = np.zeros((7, 192), np.int64)
NEAREST = np.zeros((7, 256), np.int64)
for _bits, _count in ((4, 48), (5, 32), (6, 192)):
    VALUES[_bits, :_count] = [_level(_bits, index) for index in range(_count)]
    NEAREST[_bits] = np.abs(np.arange(256)[:, None] - VALUES[_bits, :_count]).argmin(axis=1)


def encoded(pixels: np.ndarray) -> bytes:
    """The blocks of a picture (H, W, 3 or 4) uint8, row by row, 16 bytes each; its edge is repeated to whole blocks."""
    height, width, channels = pixels.shape
    whole = np.pad(pixels, ((0, -height % 4), (0, -width % 4), (0, 0)), mode="edge")
    if channels == 3:
        whole = np.concatenate([whole, np.full((*whole.shape[:2], 1), 255, np.uint8)], axis=2)
    rows, columns = whole.shape[0] // 4, whole.shape[1] // 4
    out = np.zeros((rows, columns, 16), np.uint8)
    cuts = np.linspace(0, rows, min(rows, 16) + 1).astype(int)

    def work(low: int, high: int) -> None:
        _encode(whole, out, low, high, MODES, WEIGHTS, VALUES, NEAREST, ETC1)

    with ThreadPoolExecutor(min(os.cpu_count() or 1, 8)) as pool:
        list(pool.map(work, cuts[:-1], cuts[1:]))
    return out.tobytes()


def decoded(blocks: np.ndarray) -> np.ndarray:
    """The picture (rows * 4, columns * 4, 4) uint8 of blocks (rows, columns, 16). Raises ReadError for modes never written."""
    rows, columns, _ = blocks.shape
    out = np.zeros((rows * 4, columns * 4, 4), np.uint8)
    if not _decode(blocks, out, MODES, WEIGHTS, VALUES):
        raise ReadError("a UASTC block must have one of the modes 0, 8, 10, 11, 12 and 18 to be read here, got another one")
    return out


@kernel()
def _put(out, at, value, count):  # type: ignore[no-untyped-def]
    for i in range(count):
        if value >> i & 1:
            out[(at + i) >> 3] |= 1 << ((at + i) & 7)
    return at + count


@kernel()
def _take(block, at, count):  # type: ignore[no-untyped-def]
    value = 0
    for i in range(count):
        value |= (int(block[(at + i) >> 3]) >> ((at + i) & 7) & 1) << i
    return value


@kernel()
def _extremes(texels, first, last, ends):  # type: ignore[no-untyped-def]
    """The ends of the texels along their principal axis."""
    mean, axis, turned = np.zeros(4), np.zeros(4), np.zeros(4)
    for c in range(first, last):
        mean[c] = texels[:, c].mean()
        axis[c] = texels[:, c].max() - texels[:, c].min()
    for c in range(first + 1, last):  # opposite slopes
        if ((texels[:, c] - mean[c]) * (texels[:, first] - mean[first])).sum() < 0.0:
            axis[c] = -axis[c]
    for _ in range(6):
        turned[:] = 0.0
        for i in range(16):
            along = 0.0
            for c in range(first, last):
                along += (texels[i, c] - mean[c]) * axis[c]
            for c in range(first, last):
                turned[c] += (texels[i, c] - mean[c]) * along
        length = np.sqrt((turned**2).sum())
        if length < 1e-9:
            break
        axis[:] = turned / length
    length = np.sqrt((axis**2).sum())
    low = high = 0.0
    for i in range(16):
        along = 0.0
        for c in range(first, last):
            along += (texels[i, c] - mean[c]) * axis[c] / max(length, 1e-9)
        low, high = min(low, along), max(high, along)
    for c in range(first, last):
        ends[0, c] = mean[c] + low * axis[c] / max(length, 1e-9)
        ends[1, c] = mean[c] + high * axis[c] / max(length, 1e-9)


@kernel()
def _chosen(texels, first, last, ends, values, nearest, weights, count, points, picks):  # type: ignore[no-untyped-def]
    """Rounds the ends, picks a weight for every texel; the squared error."""
    low, high = np.zeros(4), np.zeros(4)
    square = 0.0
    for c in range(first, last):
        for end in range(2):
            points[end, c] = nearest[min(255, max(0, int(ends[end, c] + 0.5)))]
        low[c], high[c] = values[points[0, c]], values[points[1, c]]
        square += (high[c] - low[c]) ** 2
    total = 0.0
    for i in range(16):
        along = 0.0
        for c in range(first, last):
            along += (texels[i, c] - low[c]) * (high[c] - low[c])
        share = along / square if square > 0.0 else 0.0
        guess = min(count - 1, max(0, int(share * (count - 1) + 0.5)))
        best = 1e30
        for pick in range(max(0, guess - 1), min(count, guess + 2)):
            error = 0.0
            for c in range(first, last):
                shown = low[c] + (high[c] - low[c]) * weights[pick] / 64.0
                error += (texels[i, c] - shown) ** 2
            if error < best:
                best = error
                picks[i] = pick
        total += best
    return total


@kernel()
def _refined(texels, first, last, weights, picks, ends):  # type: ignore[no-untyped-def]
    """The ends that fit the picked weights best, by least squares; False where all weights are one."""
    aa = ab = bb = 0.0
    for i in range(16):
        w = weights[picks[i]] / 64.0
        aa += (1.0 - w) ** 2
        ab += w * (1.0 - w)
        bb += w * w
    det = aa * bb - ab * ab
    if det < 1e-9:
        return False
    for c in range(first, last):
        a = b = 0.0
        for i in range(16):
            w = weights[picks[i]] / 64.0
            a += (1.0 - w) * texels[i, c]
            b += w * texels[i, c]
        ends[0, c] = (a * bb - b * ab) / det
        ends[1, c] = (b * aa - a * ab) / det
    return True


@kernel()
def _fitted(texels, first, last, values, nearest, weights, count, points, picks):  # type: ignore[no-untyped-def]
    """The best end points and weights found for these channels; the squared error."""
    ends = np.zeros((2, 4))
    trial, tried = np.zeros((2, 4), np.int64), np.zeros(16, np.int64)
    _extremes(texels, first, last, ends)
    best = 1e30
    for _ in range(3):
        error = _chosen(texels, first, last, ends, values, nearest, weights, count, trial, tried)
        if error >= best:
            break
        best = error
        picks[:] = tried
        points[:, first:last] = trial[:, first:last]
        if not _refined(texels, first, last, weights, tried, ends):
            break
    if picks[0] >= count // 2:  # the first weight has one bit less: it must lie in the lower half
        for c in range(first, last):
            points[0, c], points[1, c] = points[1, c], points[0, c]
        for i in range(16):
            picks[i] = count - 1 - picks[i]
    return best


@kernel()
def _hints(texels, out, at, mode, alpha, etc1):  # type: ignore[no-untyped-def]
    """What a reader needs to make BC1, ETC1 and ETC2 of a block without a search."""
    at = _put(out, at, 0, 2 if mode == 0 or mode == 18 else 1)  # BC1: encode from the texels
    at = _put(out, at, 0, 1)  # ETC1: the left and the right half
    mean, near = np.zeros((2, 3)), True
    tables = np.zeros(2, np.int64)
    for half in range(2):
        reach = 0.0
        for i in range(16):
            if (i & 3) >> 1 == half:
                mean[half] += texels[i, :3] / 8.0
        for i in range(16):
            if (i & 3) >> 1 == half:
                reach = max(reach, np.abs((texels[i, :3] - mean[half]).mean()))
        tables[half] = np.argmin(np.abs(etc1 - reach))
    for c in range(3):
        step = np.round(mean[1, c] * 31 / 255) - np.round(mean[0, c] * 31 / 255)
        near = near and -4 <= step <= 3
    at = _put(out, at, 1 if near else 0, 1)
    at = _put(out, at, tables[0], 3)
    at = _put(out, at, tables[1], 3)
    if mode == 0 or mode == 18:
        at = _put(out, at, 13, 5)  # no bias
    if alpha:
        spread = texels[:, 3].max() - texels[:, 3].min()
        at = _put(out, at, 11, 4)
        at = _put(out, at, min(15, max(1, int(np.ceil(spread / 19.0)))), 4)
    return at


@kernel()
def _solid(texels, out):  # type: ignore[no-untyped-def]
    at = _put(out, 0, 0x17, 5)
    for c in range(4):
        at = _put(out, at, int(texels[0, c]), 8)
    at = _put(out, at, 1, 1)
    at = _put(out, at, 0, 3)
    at = _put(out, at, 2, 2)
    for c in range(3):
        at = _put(out, at, int(texels[0, c] * 31 / 255 + 0.5), 5)


@kernel()
def _points(out, at, points, channels, bits, trit):  # type: ignore[no-untyped-def]
    """End points: the trits of five at a time as one number, then the bits of all."""
    many = channels * 2
    if trit:
        for start in range(0, many, 5):
            count = min(5, many - start)
            value = 0
            for i in range(count - 1, -1, -1):
                value = value * 3 + (points[(start + i) & 1, (start + i) >> 1] >> bits)
            at = _put(out, at, value, 8 if count == 5 else (2 if count == 1 else 5))
    for i in range(many):
        at = _put(out, at, points[i & 1, i >> 1] & ((1 << bits) - 1), bits)
    return at


@kernel()
def _block(texels, out, modes, weights, values, nearest, etc1):  # type: ignore[no-untyped-def]
    """One block: the mode with the least error."""
    same, opaque = True, True
    for i in range(16):
        opaque = opaque and texels[i, 3] == 255.0
        for c in range(4):
            same = same and texels[i, c] == texels[0, c]
    if same:
        _solid(texels, out)
        return
    best, row = 1e30, 0
    points, trial = np.zeros((2, 4), np.int64), np.zeros((2, 4), np.int64)
    picks, tried = np.zeros((2, 16), np.int64), np.zeros((2, 16), np.int64)
    for k in range(0, 2) if opaque else range(2, 5):
        wide, bits = modes[k, 4], modes[k, 5]
        split = 3 if modes[k, 0] == 11 else modes[k, 3]
        error = _fitted(texels, 0, split, values[bits], nearest[bits], weights[wide], 1 << wide, trial, tried[0])
        if split < modes[k, 3]:
            error += _fitted(texels, split, 4, values[bits], nearest[bits], weights[wide], 1 << wide, trial, tried[1])
        if error < best:
            best, row = error, k
            points[:] = trial
            picks[:] = tried
    mode, wide = modes[row, 0], modes[row, 4]
    at = _put(out, 0, modes[row, 1], modes[row, 2])
    at = _hints(texels, out, at, mode, modes[row, 3] == 4, etc1)
    planes = 1
    if mode == 11:
        at = _put(out, at, 3, 2)  # alpha has the second weights
        planes = 2
    at = _points(out, at, points, modes[row, 3], modes[row, 5], modes[row, 6])
    for i in range(16):
        for plane in range(planes):
            at = _put(out, at, picks[plane, i], wide - 1 if i == 0 else wide)


@kernel()
def _encode(pixels, out, low, high, modes, weights, values, nearest, etc1):  # type: ignore[no-untyped-def]
    texels = np.zeros((16, 4))
    for y in range(low, high):
        for x in range(out.shape[1]):
            for i in range(16):
                for c in range(4):
                    texels[i, c] = pixels[y * 4 + (i >> 2), x * 4 + (i & 3), c]
            _block(texels, out[y, x], modes, weights, values, nearest, etc1)


@kernel()
def _unpacked(block, at, row, modes, weights, values, texels):  # type: ignore[no-untyped-def]
    """The texels of a block that is not of one colour; at: where its end points begin."""
    channels, wide, bits = modes[row, 3], modes[row, 4], modes[row, 5]
    many = channels * 2
    points = np.zeros(many, np.int64)
    if modes[row, 6]:
        for start in range(0, many, 5):
            count = min(5, many - start)
            size = 8 if count == 5 else (2 if count == 1 else 5)
            value = _take(block, at, size)
            at += size
            for i in range(count):
                points[start + i] = value % 3 << bits
                value //= 3
    for i in range(many):
        points[i] |= _take(block, at, bits)
        at += bits
    split = 3 if modes[row, 0] == 11 else channels
    for i in range(16):
        texels[i, 3] = 255
        for plane in range(1 if split == channels else 2):
            size = wide - 1 if i == 0 else wide
            w = weights[wide, _take(block, at, size)]
            at += size
            for c in range(0 if plane == 0 else split, split if plane == 0 else channels):
                low, high = values[bits, points[c * 2]] * 257, values[bits, points[c * 2 + 1]] * 257
                texels[i, c] = (low * (64 - w) + high * w + 32) >> 14
    return at


@kernel()
def _decode(blocks, out, modes, weights, values):  # type: ignore[no-untyped-def]
    texels = np.zeros((16, 4), np.int64)
    for y in range(blocks.shape[0]):
        for x in range(blocks.shape[1]):
            block = blocks[y, x]
            if block[0] & 31 == 0x17:
                for c in range(4):
                    texels[:, c] = _take(block, 5 + 8 * c, 8)
            else:
                row = -1
                for k in range(modes.shape[0]):
                    if block[0] & ((1 << modes[k, 2]) - 1) == modes[k, 1]:
                        row = k
                if row < 0:
                    return False
                hints = 15 if modes[row, 3] == 3 else 17
                at = modes[row, 2] + hints + (2 if modes[row, 0] == 11 else 0)
                _unpacked(block, at, row, modes, weights, values, texels)
            for i in range(16):
                for c in range(4):
                    out[y * 4 + (i >> 2), x * 4 + (i & 3), c] = texels[i, c]
    return True
