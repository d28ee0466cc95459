"""A surface of anybody's triangles made sound: welded, without doubles, two faces at an edge, one way round, holes closed.

Nothing here moves a point by more than NUDGE of the diagonal; what was done is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from dhsdk.ready.close import filled
from dhsdk.ready.sew import mates, oriented
from dhsdk.ready.splice import spliced
from dhsdk.ready.surface import Surface, areas, edges, kept

WELD = 2e-6
"""Points this near become one, share of the diagonal."""
SEAM = 2e-5
"""Border points this near become one."""
NUDGE = 6e-6
"""How far sheets that touch are moved apart."""
LEAST_OPEN, LEAST_CLOSED = 1e-4, 1e-7
"""Volume over area to the power 1.5 from which a piece with openings, and one without, encloses something; a ball has 0.094."""


def mended(points: np.ndarray, faces: np.ndarray, close: float = 0.25) -> Surface:
    """The sound surface of triangles (F, 3) over points (P, 3).

    close: holes are filled whose filling is at most this share of their piece's area; larger openings stay. Pieces that enclose a
    volume are turned outwards (cavities inwards), others keep the way most of their area had.
    """
    done: Counter[str] = Counter()
    low, high = points.min(axis=0), points.max(axis=0)
    size = max(float(np.linalg.norm(high - low)), 1e-300)
    points, faces = _welded(points.astype(np.float64), faces.astype(np.int64), WELD * size, done)
    origin = np.arange(len(faces))
    keep = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    done["triangles without area dropped"] += int((~keep).sum())
    faces, origin = faces[keep], origin[keep]
    single = _single(faces)
    done["double triangles dropped"] += len(faces) - len(single)
    faces, origin = faces[single], origin[single]
    faces = _sewn(points, faces, SEAM * size, done)
    keep = (faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])
    faces, origin = spliced(points, faces[keep], origin[keep], SEAM * size, done)
    if not len(faces):
        return Surface(points, faces, origin, np.zeros(0, bool), np.zeros(0, np.int64), done)
    surface = filled(*_sound(points, faces, origin, size, done), close)
    if done["edges of more than two triangles parted"] or done["one-sided surfaces cut"]:
        surface = replace(surface, points=_distinct(surface.points, np.unique(surface.faces), size))
    surface = _outward(_joined(surface))  # once more: what closes an opening decides what a piece encloses
    done["triangles turned round"] += int((surface.turned & (surface.origin >= 0)).sum())
    return surface


def _welded(points: np.ndarray, faces: np.ndarray, reach: float, done: Counter[str]) -> tuple[np.ndarray, np.ndarray]:
    cells = np.round(points / reach).astype(np.int64)
    cells -= cells.min(axis=0)
    spans = cells.max(axis=0) + 1
    keys = (cells[:, 0] * spans[1] + cells[:, 1]) * spans[2] + cells[:, 2]
    _, first, place = np.unique(keys, return_index=True, return_inverse=True)
    done["vertices welded"] += len(points) - len(first)
    used = np.unique(place[faces])
    index = np.full(len(first), -1)
    index[used] = np.arange(len(used))
    return points[first[used]], index[place[faces]]


def _single(faces: np.ndarray) -> np.ndarray:
    """Numbers of the faces without those that have the same corners the same way round as an earlier one."""
    turn = np.argmin(faces, axis=1)
    rows = np.arange(len(faces))[:, None]
    canonical = faces[rows, (turn[:, None] + np.arange(3)) % 3]
    _, first = np.unique(canonical, axis=0, return_index=True)
    return np.sort(first)


def _sewn(points: np.ndarray, faces: np.ndarray, reach: float, done: Counter[str]) -> np.ndarray:
    """The faces with border points of about one place made one."""
    order, starts = edges(faces, len(points))
    lonely = order[starts[:-1][np.diff(starts) == 1]]
    if not len(lonely):
        return faces
    rim = np.unique(np.concatenate([faces[lonely // 3, lonely % 3], faces[lonely // 3, (lonely + 1) % 3]]))
    near = cKDTree(points[rim]).query_pairs(reach, output_type="ndarray")
    if not len(near):
        return faces
    graph = coo_matrix((np.ones(len(near)), (near[:, 0], near[:, 1])), (len(rim), len(rim)))
    count, label = connected_components(graph, False)
    done["border vertices sewn"] += len(rim) - count
    first = np.full(count, len(points))
    np.minimum.at(first, label, rim)
    place = np.arange(len(points))
    place[rim] = first[label]
    return place[faces]


def _sound(
    points: np.ndarray, faces: np.ndarray, origin: np.ndarray, size: float, done: Counter[str]
) -> tuple[Surface, np.ndarray]:
    """The surface, one way round, with a point for each fan of its faces, and which of them are one point (V,)."""
    order, starts = edges(faces, len(points))
    crowded = int((np.diff(starts) > 2).sum())
    mate = mates(faces, points, order, starts)
    turned, piece, cuts = oriented(faces, mate)
    done["edges of more than two triangles parted"] += crowded
    done["one-sided surfaces cut"] += cuts
    surface = Surface(points, np.where(turned[:, None], faces[:, ::-1], faces), origin, turned, piece, done)
    surface = _without_pillows(surface)
    surface, spot = _parted(surface, size)
    return _split(_outward(surface), spot, size)


def _volumes(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """Signed volume of each piece about its own middle, openings closed towards it, and its area."""
    corners = surface.points[surface.faces]
    count = int(surface.piece.max()) + 1
    tally = np.maximum(np.bincount(surface.piece, minlength=count), 1)
    middle = (
        np.stack([np.bincount(surface.piece, corners[:, :, k].mean(axis=1), count) for k in range(3)], axis=1) / tally[:, None]
    )
    a, b, c = (corners[:, k] - middle[surface.piece] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
    volume = np.einsum("ij,ij->i", a, np.cross(b, c)) / 6
    return np.bincount(surface.piece, volume, count), np.bincount(surface.piece, area, count)


def _without_pillows(surface: Surface) -> Surface:
    """Sheets drawn from both sides (closed, with no volume) keep one of them."""
    volume, area = _volumes(surface)
    keys = np.sort(surface.faces, axis=1)
    _, which, times = np.unique(keys, axis=0, return_inverse=True, return_counts=True)
    doubled = times[which.reshape(-1)] == 2
    both = np.bincount(surface.piece, doubled, len(volume)) == np.bincount(surface.piece, minlength=len(volume))
    pillow = both & (np.abs(volume) < 1e-9 * area**1.5 + 1e-300)
    if not pillow.any():
        return surface
    first = np.zeros(len(keys), bool)
    first[np.unique(which.reshape(-1), return_index=True)[1]] = True
    gone = pillow[surface.piece] & ~first
    surface.mended["sheets drawn from both sides made single"] += int(pillow.sum())
    return kept(surface, ~gone)


def _parted(surface: Surface, size: float) -> tuple[Surface, np.ndarray]:
    """One point for each fan of faces, and which of them are one point (V,).

    Where fans of one point share an edge, none are: they are moved apart, into their own solid."""
    points, faces = surface.points, surface.faces
    order, starts = edges(faces, len(points))
    mate = mates(faces, points, order, starts)
    h = np.flatnonzero(mate > np.arange(len(mate)))
    m = mate[h]
    after, after_m = 3 * (h // 3) + (h + 1) % 3, 3 * (m // 3) + (m + 1) % 3
    # consistent faces run along their common edge in opposite ways; those of a cut do not, and are not joined
    ok = (faces.ravel()[h] == faces.ravel()[after_m]) & (faces.ravel()[after] == faces.ravel()[m])
    rows, columns = np.concatenate([h[ok], after[ok]]), np.concatenate([after_m[ok], m[ok]])
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), (3 * len(faces), 3 * len(faces)))
    count, fan = connected_components(graph, False)
    home = np.empty(count, np.int64)
    home[fan] = faces.ravel()
    made, touched = points[home], np.zeros(len(points), bool)
    at = np.concatenate([order[starts[:-1][np.diff(starts) > 2]], h[~ok]])
    if len(at):
        touched[faces[at // 3, at % 3]] = touched[faces[at // 3, (at + 1) % 3]] = True
        made = made + _inward(points, faces, fan, count) * (NUDGE * size * touched[home] * _rank(home))[:, None]
    first = np.full(len(points), count)
    np.minimum.at(first, home, np.arange(count))
    spot = np.where(touched[home], np.arange(count), first[home])
    return replace(surface, points=made, faces=fan.reshape(-1, 3).astype(np.int64)), spot


def _split(surface: Surface, spot: np.ndarray, size: float) -> tuple[Surface, np.ndarray]:
    """The surface with edges that are not sound, because both their ends are one point of one fan, cut in the middle.

    Where more than two faces meet there is a new point for each pair of them; where two run the same way, one for each. The new
    points are moved apart like the others.
    """
    while True:
        points, faces = surface.points, surface.faces
        h, m, alone = _unsound(points, spot[faces])
        _, first = np.unique(np.stack([h // 3, m // 3], axis=1).ravel(), return_index=True)
        fresh = np.zeros(2 * len(h), bool)
        fresh[first] = True
        now = fresh.reshape(-1, 2).all(axis=1)  # each face is cut once in a round
        h, m, alone = h[now], m[now], alone[now]
        if not len(h):
            return surface, spot
        middle = (points[faces[h // 3, h % 3]] + points[faces[h // 3, (h + 1) % 3]]) / 2
        far = (NUDGE * size * (1.0 + np.arange(len(h)) % 7))[:, None]
        one, other = faces[h // 3], faces[m // 3]
        single = alone[:, None]
        ahead = middle + far * np.where(single, _inwards(points, one, one), _inwards(points, one, other))
        made = len(points) + np.arange(len(h))
        halves, extra = faces.copy(), []
        for side, new in ((h, made), (m, np.where(alone, made + len(h), made))):
            f, k = side // 3, side % 3
            second = faces[f].copy()
            second[np.arange(len(f)), k] = new
            halves[f, (k + 1) % 3] = new
            extra.append(second)
        index = np.concatenate([np.arange(len(faces)), h // 3, m // 3])
        spot = np.concatenate([spot, made, made + len(h)])
        surface = replace(
            surface,
            points=np.concatenate([points, ahead, middle + far * _inwards(points, other, other)]),
            faces=np.concatenate([halves, *extra]),
            origin=surface.origin[index],
            turned=surface.turned[index],
            piece=surface.piece[index],
        )


def _unsound(points: np.ndarray, faces: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(half-edges, mates, whether both run the same way) of edges of more than two faces, and of two that run the same way."""
    order, starts = edges(faces, len(points))
    mate, count = mates(faces, points, order, starts), np.diff(starts)
    many = order[np.repeat(count > 2, count) & (mate[order] > order)]
    two = starts[:-1][count == 2]
    h, m = order[two], order[two + 1]
    same = faces[h // 3, h % 3] == faces[m // 3, m % 3]
    alone = np.repeat([False, True], [len(many), int(same.sum())])
    return np.concatenate([many, h[same]]), np.concatenate([mate[many], m[same]]), alone


def _distinct(points: np.ndarray, used: np.ndarray, size: float) -> np.ndarray:
    """The points (P, 3), those `used` moved where two would be one in single precision."""
    points = points.copy()
    step = max(NUDGE * size, 4.0 * float(np.spacing(np.abs(points).max().astype(np.float32))))
    while True:
        place = np.unique(points[used].astype(np.float32), axis=0, return_inverse=True)[1].reshape(-1)
        again = _rank(place) - 1.0
        if not again.any():
            return points
        points[used] += step * again[:, None] * np.array([0.48, 0.6, 0.64])


def _inwards(points: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(N, 3) unit vectors against the mean normal of pairs of faces."""
    total = np.zeros((len(one), 3))
    for part in (one, other):
        corners = points[part]
        across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        total -= across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    return _directed(total)


def _rank(home: np.ndarray) -> np.ndarray:
    """1, 2, 3 ... for the copies of each point: no two move equally far."""
    order = np.argsort(home, kind="stable")
    starts = np.flatnonzero(np.diff(home[order], prepend=-1))
    rank = np.empty(len(home))
    rank[order] = 1 + np.arange(len(home)) - np.repeat(starts, np.diff(np.append(starts, len(home))))
    return np.minimum(rank, 8)


def _inward(points: np.ndarray, faces: np.ndarray, fan: np.ndarray, count: int) -> np.ndarray:
    corners = points[faces]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    across /= np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    mean = np.stack([np.bincount(fan, np.repeat(across[:, k], 3), count) for k in range(3)], axis=1)
    return _directed(-mean)


def _directed(ways: np.ndarray) -> np.ndarray:
    """Unit vectors; where there is no way (normals that cancel out), any that differs from those beside it."""
    length = np.linalg.norm(ways, axis=1, keepdims=True)
    turn = 2.4 * np.arange(len(ways))[:, None]
    other = np.concatenate([np.cos(turn), np.sin(turn), np.cos(1.7 * turn)], axis=1)
    return np.where(length > 1e-6, ways / np.maximum(length, 1e-300), other)


def _outward(surface: Surface) -> Surface:
    """The surface with the pieces that enclose a volume turned outwards, cavities inwards, others the way most of them came."""
    volume, area = _volumes(surface)
    closed = _closed(surface, len(volume))
    solid = np.abs(volume) > np.where(closed, LEAST_CLOSED, LEAST_OPEN) * area**1.5
    came = np.where(surface.turned, -1.0, 1.0) * (surface.origin >= 0) * areas(surface)
    flip = np.where(solid, volume < 0, np.bincount(surface.piece, came, len(volume)) < 0)
    whole = np.where(closed, volume, 0.0)
    inner = [number for number in np.flatnonzero(solid & (volume < 0))[:256] if _in_another(surface, number, volume, whole)]
    flip[inner] = False
    if not flip.any():
        return surface
    turn = flip[surface.piece]
    return replace(surface, faces=np.where(turn[:, None], surface.faces[:, ::-1], surface.faces), turned=surface.turned ^ turn)


def _joined(surface: Surface) -> Surface:
    """The surface with the faces that hang together by edges as its pieces."""
    order, starts = edges(surface.faces, len(surface.points))
    inner = order[np.delete(np.arange(len(order)), starts[:-1])]
    before = order[np.repeat(starts[:-1], np.diff(starts) - 1)]
    graph = coo_matrix((np.ones(len(inner), np.int8), (inner // 3, before // 3)), (len(surface.faces), len(surface.faces)))
    return replace(surface, piece=connected_components(graph, False)[1].astype(np.int64))


def _closed(surface: Surface, count: int) -> np.ndarray:
    """(count,) whether each piece has no border."""
    order, starts = edges(surface.faces, len(surface.points))
    lonely = order[starts[:-1][np.diff(starts) == 1]] // 3
    return np.bincount(surface.piece[lonely], minlength=count) == 0


def _in_another(surface: Surface, number: int, volume: np.ndarray, whole: np.ndarray) -> bool:
    """Whether a piece that faces inwards is a cavity: within a closed one that faces outwards. whole: volumes of closed ones."""
    own = surface.points[surface.faces[surface.piece == number]].reshape(-1, 3)
    low, high, at = own.min(axis=0), own.max(axis=0), own[0]
    for other in np.argsort(-whole)[:16]:
        if whole[other] <= abs(volume[number]):
            return False
        corners = surface.points[surface.faces[surface.piece == other]]
        if (corners.min(axis=(0, 1)) < low).all() and (corners.max(axis=(0, 1)) > high).all() and _holds(corners, at):
            return True
    return False


def _holds(corners: np.ndarray, at: np.ndarray) -> bool:
    """Whether the triangles (F, 3, 3) wind around a point. Source: van Oosterom and Strackee 1983 (solid angles)."""
    a, b, c = (corners[:, k] - at for k in range(3))
    la, lb, lc = (np.linalg.norm(one, axis=1) for one in (a, b, c))
    over = np.einsum("ij,ij->i", a, np.cross(b, c))
    under = la * lb * lc + (a * b).sum(1) * lc + (b * c).sum(1) * la + (c * a).sum(1) * lb
    return bool(np.arctan2(over, under).sum() > np.pi)
