"""What sits on the hull of a rocket: portholes, the hatch, painted fields, thrusters."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.kernel import Part, PartSocket
from dhsdk.shapes.lathe import lathe, ring
from dhsdk.shapes.rocket.hull import Hull, bell
from dhsdk.shapes.solids import box
from dhsdk.shapes.surface import Shell, Vec, join, moved, surface, turned

QUARTER = math.pi / 2.0


def fitting_parts(hull: Hull) -> list[Part]:
    """Portholes, hatch, livery and thrusters."""
    return [*_portholes(hull), *_hatch(hull), *_livery(hull), *_thrusters(hull)]


def _top_part(hull: Hull, y: float) -> str:
    """The part of the hull at a height."""
    if hull.stages == 1:
        return "hull"
    return f"stage_{max(1, sum(1 for joint in hull.joints[:-1] if joint <= y))}"


def _places(hull: Hull) -> list[tuple[float, float]]:
    """(height, angle) of the portholes: one above the other on a cigar, around the upper hull otherwise."""
    count = hull.params.panes
    if hull.style == "cigar":
        return [(hull.nose_base * (0.9 - 0.21 * k), 0.0) for k in range(count)][: 3 if hull.params.hatch.has_hatch else 5] + [
            (hull.nose_base * 0.79, way * 0.9) for way in (1.0, -1.0)
        ][: max(0, count - 3) if hull.params.hatch.has_hatch else 0]
    y = hull.nose_base * (0.72 if hull.style == "capsule" else 0.94)
    step = 0.75
    return [(y, ((k + 1) // 2) * step * (1 if k % 2 else -1) + (0.5 * step if count % 2 == 0 else 0.0)) for k in range(count)]


def _portholes(hull: Hull) -> list[Part]:
    parts = []
    for k, (y, angle) in enumerate(_places(hull)):
        r = 0.5 * hull.params.body.porthole * 2 * hull.radius * (1.0 + 0.2 * hull.params.build.stylised)
        r = min(r, 0.62 * float(hull.at(y)))
        sink = 0.6 * r * r / float(hull.at(y)) + 0.05 * r
        proud = (0.12 + 0.2 * hull.params.build.ornament) * r
        count = max(10, hull.count * 3 // 4)
        section = (
            np.array(
                [
                    (1.08, -sink / r),
                    (1.08, 0.55 * proud / r),
                    (0.98, proud / r),
                    (0.86, proud / r),
                    (0.76, 0.3 * proud / r),
                    (0.76, -sink / r),
                ]
            )
            * r
        )
        rim = turned(ring(section, count), (1.0, 0.0, 0.0), QUARTER)
        glass = [(0.0, -sink), (0.8 * r, -sink), (0.8 * r, 0.05 * r), (0.5 * r, 0.16 * r), (0.0, 0.2 * r)]
        pane = turned(lathe(glass, count, crease=60.0), (1.0, 0.0, 0.0), QUARTER)
        if hull.params.build.ornament > 0.3:
            head = turned(lathe([(0.0, -0.05 * r), (0.055 * r, -0.02 * r), (0.0, 0.05 * r)], 5), (1.0, 0.0, 0.0), QUARTER)
            spots = [(math.cos(a) * 0.92 * r, math.sin(a) * 0.92 * r, proud) for a in np.arange(6) * math.pi / 3]
            rim = join(rim, *(moved(head, spot) for spot in spots))
        place = hull.point(y, angle)
        parts.append(Part(f"porthole_{k + 1}", surface(hull.on(rim, y, angle)), "rim", place, _top_part(hull, y), collide=False))
        parts.append(Part(f"pane_{k + 1}", surface(hull.on(pane, y, angle)), "glass", place, f"porthole_{k + 1}", collide=False))
    return parts


def _hatch(hull: Hull) -> list[Part]:
    """A door that lies on the hull and turns about its side; behind it a dark opening in a frame."""
    hatch = hull.params.hatch
    if not hatch.has_hatch:
        return []
    share = {"cigar": 0.2, "capsule": 0.32, "cylinder": 0.93}[hull.style]
    tall = min(0.2 * hull.nose_base, 0.9 * hull.radius) if hull.style != "capsule" else 0.42 * hull.nose_base
    middle = share * hull.nose_base if hull.style != "cylinder" else hull.nose_base - 0.8 * tall
    low, high = middle - 0.5 * tall, middle + 0.5 * tall
    half = min(0.32 * tall / float(hull.at(middle)), 0.6)
    thick = 0.035 * hull.radius
    corner = 0.3 * tall
    edge = 0.16 * half
    frame = hull.door(low - 0.07 * tall, high + 0.07 * tall, half + edge, thick, 1.25 * corner)
    opening = hull.door(low, high, 0.96 * half, 0.25 * thick, corner, lift=0.9 * thick, tint=0.2)
    leaf = hull.door(low, high, half, 1.2 * thick, corner, lift=1.3 * thick)
    raised = hull.door(low + 0.13 * tall, high - 0.13 * tall, 0.7 * half, 0.5 * thick, 0.8 * corner, lift=2.3 * thick)
    door, wheel = join(leaf, raised), _wheel(hull, middle, tall, 2.8 * thick)
    pivot: Vec = hull.point(middle, -half, 1.2 * thick)
    lower, upper = (np.array(hull.point(y, -half, 1.2 * thick)) for y in (low, high))
    way = (upper - lower) / float(np.linalg.norm(upper - lower))
    axis = (float(-way[0]), float(-way[1]), float(-way[2]))
    name = _top_part(hull, middle)
    knuckles = [
        moved(turned(_knuckle(tall), (1.0, 0.0, 0.0), -hull.slope(y)), hull.point(y, -half, 1.3 * thick))
        for y in (low + 0.25 * tall, high - 0.25 * tall)
    ]
    inside = PartSocket("inside", hull.point(middle, 0.0), "mount")
    return [
        Part("hatch_frame", surface(join(frame, opening, *knuckles)), "trim", pivot, name, sockets=(inside,), collide=False),
        Part("hatch", surface(turned(door, axis, hatch.open, pivot)), "nose", pivot, name, (axis, -hatch.open, 1.9 - hatch.open)),
        Part("hatch_handle", surface(turned(wheel, axis, hatch.open, pivot)), "rim", pivot, "hatch", collide=False),
    ]


def _knuckle(tall: float) -> Shell:
    r = 0.03 * tall
    h = 0.09 * tall
    return lathe([(0.0, -h), (0.8 * r, -h), (r, -0.8 * h), (r, 0.8 * h), (0.8 * r, h), (0.0, h)], 6)


def _wheel(hull: Hull, y: float, tall: float, lift: float) -> Shell:
    """The hand wheel of the hatch: a ring on a hub with two spokes."""
    r = 0.13 * tall
    section = np.array([(1.0 + 0.16 * math.cos(a), 0.16 * math.sin(a)) for a in np.arange(5) * 0.4 * math.pi]) * r
    wheel = turned(ring(section, max(8, hull.count // 2)), (1.0, 0.0, 0.0), QUARTER)
    spokes = [turned(box((2.0 * r, 0.2 * r, 0.16 * r), 0.03 * r), (0.0, 0.0, 1.0), a) for a in (0.6, 0.6 + QUARTER)]
    hub = turned(
        lathe([(0.0, -0.8 * r), (0.34 * r, -0.8 * r), (0.34 * r, 0.12 * r), (0.2 * r, 0.26 * r), (0.0, 0.26 * r)], 8),
        (1.0, 0.0, 0.0),
        QUARTER,
    )
    return hull.on(moved(join(wheel, *spokes, hub), (0.0, 0.0, 0.45 * r)), y, 0.0, lift)


def _livery(hull: Hull) -> list[Part]:
    """Painted fields as thin plates: checks in rows, or stripes down the sides."""
    kind = hull.params.body.livery
    if kind == "none" or hull.style == "capsule":
        return []
    # More than what finished() varies the sizes of parts by, so that no field sinks into the hull.
    thin = 0.014 * hull.radius
    pieces: list[Shell] = []
    if kind == "checks":
        fields = [(0.04 * hull.nose_base, 0.97 * hull.nose_base, 4)]
        if hull.style == "cylinder":
            fields = [
                (high - 0.3 * (high - low), high - 0.04 * (high - low), 2)
                for low, high in zip(hull.joints[:-1], hull.joints[1:], strict=True)
            ][:2]
        for low, high, rows in fields:
            edges = np.linspace(low, high, rows + 1)
            apart = 0.004 * (high - low) / rows  # fields that touch at their corners would share an edge
            for row in range(rows):
                for k in range(4):
                    start = (k + 0.5 * (row % 2)) * QUARTER
                    field = (hull.corner(start), hull.corner(start + 0.5 * QUARTER))
                    pieces.append(hull.clad(float(edges[row]) + apart, float(edges[row + 1]) - apart, *field, thin))
    else:
        for angle in (0.5 * math.pi, 1.5 * math.pi) if hull.params.boosters == 0 else (0.3, math.pi + 0.3):
            for low, high in zip(hull.joints[:-1], hull.joints[1:], strict=True):
                step = 0.16 * (high - low)
                pieces.append(hull.clad(low + step, high - 0.5 * step, hull.corner(angle), hull.corner(angle) + hull.facet, thin))
    return [
        Part(
            "livery",
            surface(hull.dented(join(*pieces))),
            "trim" if hull.style == "cylinder" else "nose",
            (0.0, 0.0, 0.0),
            _top_part(hull, 0.0),
            collide=False,
        )
    ]


def _thrusters(hull: Hull) -> list[Part]:
    """Pairs of small bells around the foot of a capsule."""
    if hull.style != "capsule":
        return []
    parts = []
    y = 0.24 * hull.nose_base
    r = 0.055 * hull.radius * (0.5 + hull.params.build.bell) * hull.chunky
    for k in range(hull.params.engines):
        angle = (k + 0.5) * 2 * math.pi / hull.params.engines
        pad = box((5.2 * r, 3.0 * r, 0.8 * r), 0.3 * r, along=0)
        pair = [
            moved(turned(bell(r, hull.count // 2), (1.0, 0.0, 0.0), -QUARTER), (side * 1.3 * r, 0.0, 0.25 * r))
            for side in (1, -1)
        ]
        shell = hull.on(join(pad, *pair), y, angle)
        parts.append(
            Part(f"thruster_{k + 1}", surface(shell), "engine", hull.point(y, angle), "hull" if hull.stages == 1 else "stage_1")
        )
    return parts
