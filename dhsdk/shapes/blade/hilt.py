"""The part of a blade or tool that is held: handle, wrapping, guard and pommel. y = 0 is the butt of the handle."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.blade.params import BladeParams
from dhsdk.shapes.curves import bezier, circle, disc, rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lathe import band, lathe
from dhsdk.shapes.loft import Look, loft
from dhsdk.shapes.slab import helix_band
from dhsdk.shapes.solids import box, stack
from dhsdk.shapes.surface import Shell, Vec, join, mapped, mirrored, moved, surface, turned
from dhsdk.shapes.sweep import sweep, tube
from dhsdk.shapes.turning import finial

HILTED = ("straight", "leaf", "curved")
CROSSWISE = ("axe", "double_axe", "hammer", "war_hammer", "pickaxe")
QUARTER = math.pi / 2.0


class BladeFrame:
    """The measures that all pieces share, metres. chunky: what stylising multiplies thicknesses by."""

    def __init__(self, params: BladeParams) -> None:
        self.params = params
        handle, head = params.handle, params.head
        stylised = params.temper.stylised
        self.chunky = 1.0 + 0.8 * stylised
        self.hilted = head.style in HILTED
        self.crosswise = head.style in CROSSWISE
        # A long haft is the first thing that a caricature shortens; a grip must still take a hand.
        self.length = handle.length * (1.0 - 0.32 * stylised * min(max(handle.length - 0.2, 0.0) / 0.3, 1.0))
        self.radius = 0.5 * handle.thickness * (1.0 + (0.4 if self.hilted else 0.6) * stylised)
        self.count = params.detail
        self.bevel = 0.0008 + 0.0035 * params.temper.bevel + 0.002 * stylised
        self.head_length = head.length * (1.0 - 0.25 * stylised if self.hilted else 1.0 + 0.4 * stylised)
        self.head_width = head.width * (1.0 + (0.9 if self.hilted else 0.3) * stylised)
        self.guard = params.guard.thickness * self.chunky if params.guard.style != "none" else 0.0

    def radii(self, y: np.ndarray) -> np.ndarray:
        """(N, 2) half sizes of the handle in x and z at heights y (N,)."""
        handle = self.params.handle
        t = np.clip(np.asarray(y, np.float64) / self.length, 0.0, 1.0)
        if self.hilted:
            grown = 0.86 + handle.swell * (0.3 * np.sin(math.pi * np.clip(t, 0, 1)) ** 1.5 - 0.12 * (1 - t))
        else:
            knob = 0.5 if self.params.pommel.style == "none" else 0.12
            reach = min(0.07 * self.length, 0.05)
            grown = 0.9 + handle.swell * (knob * np.exp(-((t * self.length / reach) ** 2)) + 0.08 * np.sin(2 * math.pi * t))
        return self.radius * np.stack([grown, grown * (1.0 - handle.oval)], axis=1)

    def swept(self, points: np.ndarray) -> np.ndarray:
        """Points of the handle moved along its sweep: it stays straight in the head and turns forward at the butt."""
        t = np.clip(points[:, 1] / self.length, 0.0, 1.0)
        shift = 0.12 * self.params.handle.curve * self.length * ((1.0 - t) ** 3 - 0.55 * np.sin(math.pi * t) * (1.0 - t))
        return points + np.stack([shift, np.zeros_like(t), np.zeros_like(t)], axis=1)

    def at(self, y: float) -> Vec:
        """The middle of the handle at a height."""
        x, y, z = self.swept(np.array([[0.0, y, 0.0]]))[0]
        return float(x), float(y), float(z)

    @property
    def hands(self) -> tuple[float, ...]:
        """Heights where hands hold: one, or two where they have room."""
        if self.hilted:
            return (0.5 * self.length,) if self.length < 0.2 else (0.74 * self.length, 0.27 * self.length)
        return (min(0.28 * self.length, 0.3),) if self.length < 0.45 else (0.16 * self.length, 0.55 * self.length)


def hilt_parts(frame: BladeFrame, rng: Stream) -> list[Part]:
    """The handle with its sockets, and what sits on it."""
    hands = tuple(
        PartSocket("hand" if i == 0 else f"hand_{i + 1}", frame.at(y), "grip", (2 * frame.radius, 0.09))
        for i, y in enumerate(frame.hands)
    )
    pivot = frame.at(frame.hands[0])
    parts = [Part("handle", surface(mapped(_handle(frame, rng), frame.swept)), "handle", pivot, sockets=hands)]
    wrap = _wrap(frame)
    if wrap is not None:
        parts.append(Part("wrap", surface(mapped(wrap, frame.swept)), "wrap", pivot, "handle", collide=False))
    top: Vec = (0.0, frame.length, 0.0)
    if frame.guard and not frame.crosswise:
        shell = _bent(_guard(frame), frame, rng)
        parts.append(Part("guard", surface(moved(shell, top)), "guard", top, "handle"))
    pommel = _pommel(frame)
    if pommel is not None:
        slot = "handle" if frame.params.pommel.style == "bar" else "pommel"
        parts.append(Part("pommel", surface(moved(pommel, frame.at(0.0))), slot, frame.at(0.0), "handle"))
    if frame.params.guard.gem:
        parts += _gems(frame)
    return parts


def _handle(frame: BladeFrame, rng: Stream) -> Shell:
    reach = 0.0 if frame.hilted or not frame.crosswise else 0.012
    top = frame.length + reach
    b = 0.18 * frame.radius
    inner = np.linspace(0.0, 1.0, 12 if frame.length > 0.3 else 7) ** 1.35 * (top - 2 * b) + b
    ys = np.concatenate([[0.0], inner, [top]])
    sizes = frame.radii(ys)
    sizes[[0, -1]] -= b
    draw = rng("handle")
    wobble = draw.uniform(-1.0, 1.0, (len(ys), 2)) * 0.09 * frame.radius * frame.params.temper.irregular
    swell = 1.0 + draw.uniform(-0.05, 0.05, len(ys)) * frame.params.temper.irregular
    wobble[[0, -1]] = wobble[[1, -2]]
    swell[[0, -1]] = swell[[1, -2]]
    ring = circle(1.0, frame.count, math.pi / frame.count)[::-1]
    rings = np.empty((len(ys), frame.count, 3))
    rings[..., 0] = ring[None, :, 0] * (sizes[:, :1] * swell[:, None]) + wobble[:, :1]
    rings[..., 1] = ys[:, None]
    rings[..., 2] = ring[None, :, 1] * (sizes[:, 1:] * swell[:, None]) + wobble[:, 1:]
    return loft(rings, Look("along", 50.0, 0.95), fan=True)


def _wrap(frame: BladeFrame) -> Shell | None:
    handle = frame.params.handle
    if handle.wrap == "none":
        return None
    span = handle.wrapped * frame.length
    start = 0.5 * (frame.length - span) if frame.hilted else min(0.05 * frame.length, frame.length - span - 0.01)
    thick = 0.14 * frame.radius * frame.chunky
    if handle.wrap == "rings":
        return _rings(frame, start, span)
    if handle.wrap == "spiral":
        turns = min(max(span / (0.95 * frame.radius), 3.0), 14.0)
        return helix_band(frame.radii, start, start + span, turns, 1.02 * span / turns, thick)
    turns = min(max(span / (3.4 * frame.radius), 2.0), 7.0)
    bands = [
        helix_band(frame.radii, start, start + span, turns, 0.36 * span / turns, way * thick, hand=hand)
        for hand, way in ((1, 1.0), (-1, 1.3))
    ]
    ends = [moved(_collar(frame, y, 0.3 * frame.radius), (0.0, y, 0.0)) for y in (start, start + span)]
    return join(*bands, *ends)


def _collar(frame: BladeFrame, y: float, high: float) -> Shell:
    rx, rz = (float(r) for r in frame.radii(np.array([y]))[0])
    grown = 1.16
    return stack(
        disc(rx * grown, frame.count, rz * grown),
        [(0.12 * rx, -0.5 * high), (0.0, -0.25 * high), (0.0, 0.25 * high), (0.12 * rx, 0.5 * high)],
    )


def _rings(frame: BladeFrame, start: float, span: float) -> Shell:
    """Three bindings of a strap: rings of uneven width."""
    pieces = []
    for share, high in ((0.06, 1.0), (0.45, 0.8), (0.94, 1.1)):
        y = start + share * span
        pieces.append(moved(_collar(frame, y, min(0.9 * frame.radius * high, 0.3 * span)), (0.0, y, 0.0)))
    return join(*pieces)


def _guard(frame: BladeFrame) -> Shell:
    """The guard about its own middle; the blade leaves it upwards."""
    guard, ornament = frame.params.guard, frame.params.temper.ornament
    h = frame.guard
    half = max(0.5 * guard.width * (1.0 + 0.15 * (frame.chunky - 1.0)), 1.4 * frame.radius)
    deep = max(1.5 * frame.radius, 0.9 * h)
    if guard.style == "disc":
        rim = min(0.3 * h, 0.08 * half)
        plate = [(rim, -0.5 * h), (0.0, -0.5 * h + rim), (0.0, 0.5 * h - rim), (rim, 0.5 * h)]
        raised = [*plate, (rim + 0.12 * half, 0.5 * h), (rim + 0.22 * half, (0.5 - 0.3 * ornament) * h)]
        return stack(disc(half, max(12, 2 * frame.count), 0.92 * half), raised)
    rise = {"cross": 0.0, "curved": 0.34, "winged": 0.16}[guard.style] * half
    root = 0.2 * frame.radius  # inside the block, and no face shared with the other arm
    path = bezier([(root, 0.0, 0.0), (0.55 * half, 0.0, 0.0), (0.8 * half, 0.15 * rise, 0.0), (half, rise, 0.0)], 6)
    flare = np.interp(np.linspace(0, 1, 6), [0, 0.55, 0.85, 1], [1.0, 0.72, 0.78, 0.85 + 0.7 * ornament])
    arm = sweep(path, rounded(deep * 0.72, h * 0.8, 0.24 * h, 1), scale=flare, side=(0.0, 0.0, 1.0), bevel=frame.bevel)
    block = box((2.1 * frame.radius + h, 1.25 * h, deep), min(0.3 * h, 2.0 * frame.bevel), along=0)
    pieces = [block, arm, mirrored(arm)]
    if guard.style == "winged":
        knob = turned(finial(0.55 * h * (0.7 + 0.5 * ornament), frame.count, 2.2), (0.0, 0.0, 1.0), -QUARTER + 0.5)
        knob = moved(knob, (half - 0.12 * h, rise - 0.1 * h, 0.0))
        langet = moved(box((0.9 * frame.radius, 2.6 * h, 0.9 * deep), 0.3 * h, taper=(0.45, 0.5)), (0.0, 0.9 * h, 0.0))
        pieces += [knob, mirrored(knob), langet]
    return join(*pieces)


def _bent(shell: Shell, frame: BladeFrame, rng: Stream) -> Shell:
    """A worn guard is knocked out of line."""
    draw = rng("guard")
    angle = 0.16 * frame.params.temper.wear * float(draw.uniform(0.4, 1.0))
    return turned(shell, (0.0, 0.2, 1.0), angle * (1.0 if draw.uniform() < 0.5 else -1.0))


def _pommel(frame: BladeFrame) -> Shell | None:
    """The pommel hanging from the origin, its top a little inside the handle."""
    pommel, ornament = frame.params.pommel, frame.params.temper.ornament
    if pommel.style == "none":
        return None
    r = max(0.5 * pommel.size * frame.chunky, 1.05 * frame.radius)
    count = max(8, frame.count)
    neck = 0.85 * frame.radius
    if pommel.style == "bar":
        return _bar(frame, max(pommel.size, 5.0 * frame.radius))
    if pommel.style == "disc":
        wheel = 0.62 * r
        boss = 0.45 * r
        rows = [
            (0.0, -0.5 * wheel),
            (boss, -0.5 * wheel),
            (0.6 * r, -0.36 * wheel),
            (r - 0.12 * r, -0.36 * wheel),
            (r, -0.2 * wheel),
        ]
        rows += [(x, -y) for x, y in rows[::-1]]
        wheel_shell = turned(lathe(rows, max(12, count)), (1.0, 0.0, 0.0), QUARTER)
        stub = lathe([(0.0, -0.4 * r), (0.8 * neck, -0.4 * r), (neck * (1.05 + 0.3 * ornament), 0.1 * r), (0.0, 0.1 * r)], count)
        tang = moved(lathe([(0, -0.14 * r), (0.14 * r, -0.1 * r), (0.2 * r, 0.0), (0.0, 0.0)], 8), (0.0, -1.78 * r, 0.0))
        return join(moved(wheel_shell, (0.0, -0.86 * r, 0.0)), stub, tang)
    profiles = {
        "ball": [(0.0, -2.0), (0.3, -1.95), (0.75, -1.66), (1.0, -1.1), (0.94, -0.7), (0.6, -0.34)],
        "spike": [(0.0, -3.4), (0.16, -3.2), (0.42, -2.0), (0.7, -1.0), (0.95, -0.72), (0.95, -0.5), (0.7, -0.34)],
        "cap": [(0.0, -0.72), (0.62, -0.7), (0.9, -0.56), (1.0, -0.34), (0.96, 0.0), (0.9, 0.3)],
    }[pommel.style]
    ring = [
        (neck / r * (1.12 + 0.25 * ornament), -0.2),
        (neck / r * (1.12 + 0.25 * ornament), 0.02),
        (neck / r * 0.9, 0.16),
        (0.0, 0.16),
    ]
    tail = [(0.0, 0.3)] if pommel.style == "cap" else ring
    shell = lathe([(x * r, y * r) for x, y in [*profiles, *tail]], count, crease=40.0)
    flat = 1.0 - 0.7 * frame.params.handle.oval if pommel.style != "spike" else 1.0
    return mapped(shell, lambda p: p * (1.0, 1.0, flat))


def _bar(frame: BladeFrame, wide: float) -> Shell:
    """A crossbar to push with, on a short neck."""
    r = 0.95 * frame.radius
    bar = tube(
        [(-wide / 2, 0.0, 0.0), (-0.2 * wide, -0.05 * r, 0.0), (0.2 * wide, -0.05 * r, 0.0), (wide / 2, 0.0, 0.0)],
        r,
        frame.count,
        scale=(0.88, 1.0, 1.0, 0.88),
    )
    collar = band(1.02 * r, 0.0, 0.3 * r, 1.1 * r, frame.count)
    return join(bar, moved(collar, (0.0, 1.1 * r, 0.0)))


def _gems(frame: BladeFrame) -> list[Part]:
    """A faceted stone on both faces of the guard, or of the pommel where there is no guard."""
    guarded = bool(frame.guard) and not frame.crosswise
    r = 0.42 * max(frame.guard, 0.8 * frame.radius)
    center = (0.0, frame.length, 0.0) if guarded else frame.at(0.0)
    deep = 0.5 * max(1.5 * frame.radius, 0.9 * frame.guard) if guarded else 0.9 * frame.radius
    if not guarded:
        center = (center[0], center[1] + 0.9 * r, center[2])
    rows = [(0.0, -0.4 * r), (r, -0.3 * r), (0.94 * r, 0.12 * r), (0.5 * r, 0.5 * r), (0.0, 0.55 * r)]
    stone = moved(turned(lathe(rows, 8, crease=20.0), (1.0, 0.0, 0.0), QUARTER), (0.0, 0.0, deep))
    both = join(stone, mirrored(stone, 2))
    return [Part("gem", surface(moved(both, center)), "gem", center, "guard" if guarded else "handle", collide=False)]
