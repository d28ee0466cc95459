"""A lamp put together: base, stem, and at the end of each arm a light with its shade."""

from __future__ import annotations

import math

from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.lamp import heads as heads
from dhsdk.shapes.lamp import lights as lights
from dhsdk.shapes.lamp.params import LampParams
from dhsdk.shapes.lamp.stems import base_shell, stem_shell
from dhsdk.shapes.lathe import lathe, torus
from dhsdk.shapes.surface import Shell, Vec, join, moved, surface, turned
from dhsdk.shapes.turning import finial


class Spot:
    """Where one light goes: its place, whether it hangs, its share of the full size, and the suffix of its names."""

    def __init__(self, params: LampParams, at: Vec, *, hung: bool, size: float, suffix: str, parent: str | None) -> None:
        self.params, self.at, self.hung, self.size, self.suffix, self.parent = params, at, hung, size, suffix, parent

        self.lean = params.shade.tilt * (-1.0 if hung else 0.35)

    def placed(self, shell: Shell) -> Shell:
        """A shell made about the origin, tilted and put in its place."""
        return moved(turned(shell, (1.0, 0.0, 0.0), self.lean), self.at)

    def point(self, y: float, x: float = 0.0, z: float = 0.0) -> Vec:
        """A point of the light, by default on its axis, `y` above its origin."""
        c, s = math.cos(self.lean), math.sin(self.lean)
        return (self.at[0] + x, self.at[1] + y * c - z * s, self.at[2] + y * s + z * c)

    def part(self, name: str, shell: Shell, slot: str, parent: str | None = None, sockets: tuple[PartSocket, ...] = ()) -> Part:
        """A part of this light."""
        face = surface(self.placed(shell))
        return Part(name + self.suffix, face, slot, self.at, parent or self.parent, sockets=sockets, collide=slot != "flame")


def _handle(params: LampParams, floor: float) -> Part:
    """The ring beside a dish that a candle is carried by."""
    grip = PartSocket("handle", (0.0, 0.5 * params.base.height, -1.3 * params.base.radius), "handle", (0.04, 0.04))
    return Part("handle", surface(_finger_ring(params)), "base", (0.0, floor, 0.0), "base", sockets=(grip,))


def lamp_parts(params: LampParams, rng: Stream) -> list[Part]:
    """All parts of a lamp: base and stem, then each light."""
    parts: list[Part] = []
    if {params.base.style, params.stem.style, params.shade.style, params.light} == {"none"}:
        params = params.model_copy(
            update={"base": params.base.model_copy(update={"style": "disc"})}
        )  # the least of a lamp: its foot
    hanging = params.stem.style == "cord" or params.base.style == "ceiling"
    alone = params.stem.style == "none"
    floor = 0.0
    has_base = params.base.style not in ("none", "ceiling") and not hanging
    if has_base:
        dish = alone and params.light == "candle" and params.shade.style == "none"
        shell = base_shell(params, dish=dish)
        floor = float(shell.points[:, 1].max()) - 0.004 if not dish else 0.07 * params.base.radius - 0.001
        slot = {"square": "metal", "tripod": "legs"}.get(params.base.style, "base")
        parts.append(Part("base", surface(shell), slot))
        if params.ring and dish:
            parts.append(_handle(params, floor))
    root = parts[0].name if parts else None
    spots: list[Vec] = [(0.0, floor, 0.0)]
    if not alone or hanging:
        stem, ends = stem_shell(params) if not alone else stem_shell(_corded(params))
        parts.append(
            Part(
                "stem",
                surface(moved(stem, (0.0, floor, 0.0))),
                "cord"
                if hanging and (alone or params.stem.style == "cord")
                else "metal"
                if params.stem.style == "post"
                else "stem",
                (0.0, floor, 0.0),
                root,
            )
        )
        spots = [(x, y + floor, z) for x, y, z in ends]
        root = root or "stem"
        if hanging and params.base.style != "none":
            top = float(stem.points[:, 1].max())
            rose = moved(base_shell(_ceiling(params), dish=False), (0.0, top - 0.5 * params.base.height, 0.0))
            mount = (PartSocket("ceiling", (0.0, top + 0.5 * params.base.height, 0.0), "mount", (0.1, 0.1)),)
            parts.append(Part("rose", surface(rose), "base", (0.0, top, 0.0), "stem", sockets=mount))
    candles = params.light == "candle" and params.shade.style == "none" and len(spots) > 1  # of a chandelier: they stand
    hung = (hanging and not candles) or params.stem.style == "gooseneck"
    for i, at in enumerate(spots):
        suffix = f"_{i + 1}" if len(spots) > 1 else ""
        size = 0.62 if len(spots) > 1 else 1.0
        parts += _light(Spot(params, at, hung=hung, size=size, suffix=suffix, parent=root), rng)
    return parts


def _corded(params: LampParams) -> LampParams:
    return params.model_copy(update={"stem": params.stem.model_copy(update={"style": "cord"})})


def _ceiling(params: LampParams) -> LampParams:
    return params.model_copy(update={"base": params.base.model_copy(update={"style": "ceiling"})})


def _finger_ring(params: LampParams) -> Shell:
    r = 0.3 * params.base.radius
    loop = turned(torus(r, 0.0, 0.2 * r, max(10, params.detail), 6), (0.0, 0.0, 1.0), math.pi / 2)
    return moved(loop, (0.0, params.base.height + 0.4 * r, -(params.base.radius + 0.86 * r)))


def _light(spot: Spot, rng: Stream) -> list[Part]:
    if spot.params.shade.style == "lantern":
        return _lantern(spot, rng)
    parts = _burning(spot, rng, 0.0, spot.hung)
    return parts + _shade(spot)


def _burning(spot: Spot, rng: Stream, y: float, hung: bool, fit: float = 1e9) -> list[Part]:
    """The bulb or candle at height y of the spot; at most `fit` metres in radius."""
    params, suffix = spot.params, spot.suffix
    count = params.detail
    if params.light == "none":
        return []
    way = -1.0 if hung else 1.0
    if params.light == "candle" and not hung:
        return _candle(spot, rng, y, fit)
    r = min(0.03 * params.light_size * (spot.size**0.5), fit, 0.8 * _bulb_room(params) * spot.size)
    lift = y + way * 1.45 * r
    centre = spot.point(lift + way * 1.8 * r)
    socket = PartSocket(f"light{suffix}", centre, "light", (2 * r, 2 * r))
    holder = moved(lights.bulb_holder(r, count, down=hung), (0.0, lift, 0.0))
    bulb = moved(lights.bulb(r, count, down=hung), (0.0, lift, 0.0))
    return [spot.part("holder", holder, "metal"), spot.part("bulb", bulb, "bulb", f"holder{suffix}", sockets=(socket,))]


def _bulb_room(params: LampParams) -> float:
    shade = params.shade
    return 1.0 if shade.style == "none" else min(shade.radius * (0.5 + 0.5 * shade.top), 0.32 * shade.height)


def _candle(spot: Spot, rng: Stream, y: float, fit: float) -> list[Part]:
    params, suffix = spot.params, spot.suffix
    draw = rng("candle", spot.suffix)
    r = min(0.021 * params.light_size, 0.9 * fit)
    if params.stem.style == "none" and params.shade.style == "none":
        r = min(1.35 * r, 0.5 * params.base.radius if params.base.style != "none" else r * 1.35)
    tall = r * (5.2 + 1.6 * float(draw.uniform(-1, 1)) * params.rustic) if fit > 1.0 else min(4.2 * r, 2.2 * fit)
    parts = []
    lift = y
    if params.stem.style != "none" and params.shade.style != "lantern":
        lift = y + 0.6 * r
        parts.append(spot.part("holder", moved(lights.drip_pan(r, params.detail), (0.0, lift, 0.0)), "metal"))
        lift += 0.02 * r
    up = (0.0, lift, 0.0)
    wax = lights.candle(r, tall, max(8, params.detail // 2), draw, params.rustic)
    parts.append(spot.part("candle", moved(wax, up), "candle"))
    parts.append(
        spot.part("wick", moved(lights.wick(r, tall - float(draw.uniform(0.15, 0.25)) * r), up), "cord", f"candle{suffix}")
    )
    socket = PartSocket(f"light{suffix}", spot.point(lift + tall + 0.9 * r), "light", (r, r))
    parts.append(
        spot.part("flame", moved(lights.flame(r, tall - 0.1 * r, draw), up), "flame", f"candle{suffix}", sockets=(socket,))
    )
    return parts


def _shade(spot: Spot) -> list[Part]:
    params, shade = spot.params, spot.params.shade
    if shade.style == "none":
        return []
    r, h, count = shade.radius * spot.size, shade.height * spot.size, max(8, params.detail)
    if shade.style == "globe":
        ball = heads.globe(r, h, count)
        collar = lathe(
            [(0.0, -0.06 * h), (0.34 * r, -0.06 * h), (0.42 * r, 0.02 * h), (0.38 * r, 0.09 * h), (0.0, 0.09 * h)], count
        )
        if spot.hung:
            ball, collar = (turned(one, (1.0, 0.0, 0.0), math.pi) for one in (ball, collar))
        return [spot.part("globe", ball, "glass"), spot.part("collar", collar, "metal")]
    if shade.style in ("dome", "bell"):
        body = heads.closed_shade(shade.style, r, h, shade.top, count)
        if spot.hung:
            cap = finial(0.18 * r, max(8, count // 2), 1.6)
            return [
                spot.part("shade", moved(body, (0.0, -h + 0.02 * h, 0.0)), "shade"),
                spot.part("cap", moved(cap, (0.0, -0.03 * h, 0.0)), "metal"),
            ]
        return [spot.part("shade", body, "shade"), *_top_knob(spot, h, 0.1 * r)]
    low = -h if spot.hung else -0.1 * h
    body = heads.open_shade(shade.style, r, h, shade.top, count)
    top = low + 0.94 * h
    reach = r * (shade.top + 0.06 * (1.0 - shade.top)) - 0.006
    start = 0.0 if not spot.hung else low + 0.5 * h
    wire = heads.harp(reach, start, top, min(0.5 * reach, 0.05))
    return [
        spot.part("shade", moved(body, (0.0, low, 0.0)), "shade"),
        spot.part("harp", wire, "metal"),
        *([] if spot.hung else _top_knob(spot, top, 0.07 * r)),
    ]


def _top_knob(spot: Spot, y: float, size: float) -> list[Part]:
    if not spot.params.finial:
        return []
    knob = moved(finial(max(size, 0.004), max(8, spot.params.detail // 2)), (0.0, y - 0.1 * size, 0.0))
    return [spot.part("finial", knob, "metal")]


def _lantern(spot: Spot, rng: Stream) -> list[Part]:
    params, shade = spot.params, spot.params.shade
    draw = rng("lantern", spot.suffix)
    frame = heads.LanternFrame(shade.radius * spot.size, shade.height * spot.size, shade.top, shade.sides)
    drop = -(frame.high + frame.roof) if spot.hung else 0.0
    down = (0.0, drop, 0.0)
    cage = heads.lantern_cage(frame, draw, params.rustic)
    if shade.radius > 0.13:
        cage = join(cage, *(heads.lantern_bars(frame, i) for i in range(frame.sides)))
    name = f"cage{spot.suffix}"
    parts = [spot.part("cage", moved(cage, down), "metal")]
    front = frame.sides - 1
    for i in range(frame.sides):
        pane = spot.placed(moved(heads.lantern_pane(frame, i), down))
        x, y, z = frame.corner(i, (frame.low + frame.high) / 2)
        pivot = spot.point(y + drop, x, z)
        if i == front:
            hinge = ((0.0, math.cos(spot.lean), math.sin(spot.lean)), -2.0, 0.0)
            parts.append(Part(f"door{spot.suffix}", surface(pane), "glass", pivot, name, hinge))
        else:
            parts.append(Part(f"pane_{i + 1}{spot.suffix}", surface(pane), "glass", pivot, name))
    inner = 0.34 * frame.upper
    parts += _burning(spot, rng, drop + frame.low + 0.015 * frame.height, False, fit=inner)
    top = drop + frame.high + frame.roof
    if params.finial:
        knob = finial(0.17 * frame.upper, max(8, params.detail // 2), 2.2)
        parts.append(spot.part("finial", moved(knob, (0.0, top - 0.04 * frame.roof, 0.0)), "metal", name))
        top += 0.3 * frame.upper
    if params.ring:
        r = 0.42 * frame.upper
        loop = turned(torus(r, 0.0, 0.13 * r, max(10, params.detail), 6), (1.0, 0.0, 0.0), math.pi / 2 + 0.12)
        grip = PartSocket(f"handle{spot.suffix}", spot.point(top + 1.6 * r), "handle", (2 * r, 0.02))
        parts.append(spot.part("ring", moved(loop, (0.0, top + 0.78 * r, 0.0)), "metal", name, sockets=(grip,)))
    return parts
