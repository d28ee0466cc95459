"""The table of marching cubes, derived rather than typed: which edges of a cube each of the 256 cases joins into triangles.

A Shap-E folder carries this table among its weights, so a tiny one needs it too. On a face with two diagonal corners inside, the
inside corners are kept apart; every cube does so, hence neighbours agree and surfaces are closed.
"""

import itertools

import numpy as np

CORNERS = [(x, y, z) for z in (0, 1) for y in (0, 1) for x in (0, 1)]
"""Corner i lies at (i & 1, i >> 1 & 1, i >> 2 & 1)."""
EDGES = [
    *(((0, y, z), (1, y, z)) for z in (0, 1) for y in (0, 1)),
    *(((x, 0, z), (x, 1, z)) for z in (0, 1) for x in (0, 1)),
    *(((x, y, 0), (x, y, 1)) for y in (0, 1) for x in (0, 1)),
]
"""The order in which diffusers' mesh decoder numbers the twelve edges: along x, y, z; the first free axis runs fastest."""


def marching_cubes_table() -> tuple[np.ndarray, np.ndarray]:
    """(256, 5, 3) int64 edges of each triangle and (256, 5) bool whether it exists, by the bits of the corners inside.

    Triangles turn counter-clockwise seen from outside.
    """
    cases, masks = np.zeros((256, 5, 3), np.int64), np.zeros((256, 5), bool)
    for bits in range(256):
        triangles = [(loop[0], b, c) for loop in _loops(bits) for b, c in itertools.pairwise(loop[1:])]
        cases[bits, : len(triangles)] = np.array(triangles, np.int64).reshape(-1, 3)
        masks[bits, : len(triangles)] = True
    return cases, masks


def _loops(bits: int) -> list[list[int]]:
    """Closed walks over crossed edges: each face sends the walk from the edge where it comes in to the one where it goes out."""
    inside = {corner for at, corner in enumerate(CORNERS) if bits >> at & 1}
    follow: dict[int, int] = {}
    for axis, side in itertools.product(range(3), (0, 1)):
        ring = _face(axis, side)
        for at in range(4):
            before, corner = ring[at - 1], ring[at]
            if corner in inside and before not in inside:  # a run of inside corners begins: the walk cuts it off
                end = at
                while ring[(end + 1) % 4] in inside:
                    end += 1
                follow[_edge(ring[end % 4], ring[(end + 1) % 4])] = _edge(before, corner)
    loops = []
    while follow:
        loop = [next(iter(follow))]
        while (step := follow.pop(loop[-1])) != loop[0]:
            loop.append(step)
        loops.append(loop)
    return loops


def _face(axis: int, side: int) -> list[tuple[int, int, int]]:
    """Its four corners, counter-clockwise seen from outside the cube."""
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    ring = []
    for first, second in square if side else square[::-1]:
        corner = [0, 0, 0]
        corner[axis], corner[(axis + 1) % 3], corner[(axis + 2) % 3] = side, first, second
        ring.append(tuple(corner))
    return ring


def _edge(one: tuple, other: tuple) -> int:
    return EDGES.index((min(one, other), max(one, other)))
