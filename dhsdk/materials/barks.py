"""Bark: +u runs up the trunk. Fissured, in plates, peeling with dark pores, ringed, or bare and grey."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from dhsdk.materials.catalogue import Variety
from dhsdk.materials.layers import Layers, Rng
from dhsdk.materials.noise import cells, fractal, grid, ramp, smooth, stretched


def bark(rng: Rng, size: int, kind: Variety) -> Layers:
    return BARKS[kind.structure](rng, size, kind)


def _fissured(rng: Rng, size: int, kind: Variety) -> Layers:
    """Ridges that part and join again up the trunk."""
    bend = fractal(rng, size, (3, 2), 4)
    wave = np.abs(np.sin(np.float32(np.pi) * (ramp(size, 9, 0) + 1.1 * bend)))
    breaks = fractal(rng, size, (16, 6), 4)
    ridge = smooth(0.05, 0.6, wave * 0.6 + 0.75 * (breaks - 0.3))
    fibre = grid(rng, size, (size // 3, size // 18))
    fine = fractal(rng, size, (size // 8, size // 20), 2)
    tone = 0.8 - 0.5 * ridge + 0.25 * (fibre - 0.5) + 0.2 * (fine - 0.5)
    height = kind.relief * (7.0 * ridge + 1.2 * fine * ridge + 0.5 * fibre)
    moss = smooth(0.72, 0.9, fractal(rng, size, (4, 3), 5)) * ridge
    return Layers(height, tone, 0.05 * fibre, ((0.4 * moss * kind.spots, kind.third or "#6f7446"),))


def _plated(rng: Rng, size: int, kind: Variety) -> Layers:
    """Pine: long scales with dark gaps, each in flakes of its own colour."""
    squeeze = stretched(fractal(rng, size, (8, 3), 3))
    _, gap, name = cells(rng, size, 8)
    _, fine, flake = cells(rng, size, 32)
    plate = smooth(0.03, 0.2, gap + 0.08 * (squeeze - 0.5))
    layer = grid(rng, size, (size // 4, size // 20))
    tone = 0.2 + 0.3 * name + 0.18 * flake + 0.2 * layer + 0.8 * (1.0 - plate)
    height = kind.relief * (7.0 * plate + 1.4 * flake * smooth(0.0, 0.1, fine) + 0.5 * layer)
    return Layers(height, tone, 0.05 * layer, ((0.3 * plate * smooth(0.7, 0.75, name), kind.third or kind.color),))


def _peeling(rng: Rng, size: int, kind: Variety) -> Layers:
    """Birch: white, with dark pores that run around it, and black scars."""
    rows = grid(rng, size, (8, size // 6))
    pores = smooth(0.8, 0.9, grid(rng, size, (14, size // 5))) * smooth(0.35, 0.6, rows)
    scar = smooth(0.8, 0.9, fractal(rng, size, (4, 9), 4)) * smooth(0.2, 0.6, grid(rng, size, (6, 5)))
    curl = smooth(0.9, 1.0, 1.0 - np.abs(2.0 * fractal(rng, size, (3, 14), 3) - 1.0))
    cloud = fractal(rng, size, (5, 5), 4)
    tone = 0.2 + 0.4 * cloud + 0.25 * curl
    height = kind.relief * (0.8 * cloud + 1.4 * curl - 0.8 * pores - 1.5 * scar)
    return Layers(height, tone, 0.1 * curl, ((np.maximum(0.85 * pores, 0.9 * scar), kind.third or "#2f2a26"),))


def _ringed(rng: Rng, size: int, kind: Variety) -> Layers:
    """Palm: the scars of old leaves, one above another."""
    bend = 0.35 * grid(rng, size, (6, 3)) + 0.1 * grid(rng, size, (14, 6))
    place = ((ramp(size, 6, 1) + bend) % np.float32(1.0)).astype(np.float32)
    ring = smooth(0.0, 0.1, place) * smooth(1.0, 0.25, place)
    fibre = grid(rng, size, (size // 3, size // 12))
    cloud = fractal(rng, size, (5, 5), 4)
    tone = 0.75 - 0.5 * ring + 0.25 * (fibre - 0.5) + 0.25 * (cloud - 0.5)
    return Layers(kind.relief * (5.0 * ring + 0.8 * fibre), tone, 0.05 * fibre)


def _bare(rng: Rng, size: int, kind: Variety) -> Layers:
    """Dead wood without bark: silver, split along its fibres, with holes."""
    fibre = fractal(rng, size, (size // 8, 4), 3)
    wave = np.abs(np.sin(np.float32(np.pi) * (ramp(size, 6, 0) + 1.2 * fractal(rng, size, (3, 1), 3))))
    split = smooth(0.1, 0.02, wave) * smooth(0.35, 0.6, fractal(rng, size, (4, 3), 3))
    away, _, name = cells(rng, size, 32)
    holes = smooth(0.93, 0.95, name) * smooth(0.3, 0.22, away)
    tone = 0.1 + 0.55 * fibre + 0.2 * fractal(rng, size, (3, 3), 4)
    height = kind.relief * (1.6 * fibre - 5.0 * split - 3.0 * holes)
    return Layers(height, tone, 0.04 * fibre, ((0.85 * np.maximum(split, holes), kind.third or kind.second),))


BARKS: Mapping[str, Callable[[Rng, int, Variety], Layers]] = {
    "": _fissured, "plated": _plated, "peeling": _peeling, "ringed": _ringed, "bare": _bare,
}  # fmt: skip
