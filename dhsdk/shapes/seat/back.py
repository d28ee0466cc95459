"""Back and arms of a seat. The back is made flat (x across, y above the seat, z to the front), then leaned and wrapped."""

from __future__ import annotations

import math

import numpy as np

from dhsdk.shapes.boards import across, upward
from dhsdk.shapes.curves import bezier, rectangle, rounded
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.seat.frame import SeatFrame
from dhsdk.shapes.solids import cushion
from dhsdk.shapes.surface import Shell, Vec, join, mapped, mirrored, moved, surface, turned
from dhsdk.shapes.sweep import sweep
from dhsdk.shapes.turning import SPINDLE, finial, turned_member


class BackFrame:
    """The flat back and the way to its place: half width, heights and lean, metres."""

    def __init__(self, frame: SeatFrame) -> None:
        back = frame.params.back
        self.frame, self.back = frame, back
        self.half = frame.post_x
        self.high = back.height
        self.thick = 0.6 * frame.leg
        self.crest = 0.07 + 0.06 * frame.params.carving.ornament

    def top(self, x: np.ndarray | float) -> np.ndarray:
        """How high the back is at x, metres above the seat: it arches."""
        share = np.clip(np.asarray(x, np.float64) / self.half, -1.0, 1.0)
        return np.asarray(self.high + self.back.arch * min(0.3 * self.half, 0.2) * np.cos(share * math.pi / 2) ** 1.4)

    def place(self, points: np.ndarray) -> np.ndarray:
        """(P, 3) of the flat back -> (P, 3) leaned by the rake, wrapped around the sitter, standing on the seat."""
        x, y, z = points.T
        share = np.clip(y / self.high, 0.0, 1.3)
        lean = math.tan(self.back.rake) * y * (0.7 + 0.3 * share)
        hollow = 0.32 * self.back.wrap * self.half * (1.0 - np.clip((x / self.half) ** 2, 0.0, 1.4)) * share
        return np.stack([x, y + self.frame.height, z + self.frame.post_z - lean - hollow], axis=1)

    def at(self, x: float, y: float) -> Vec:
        """Where the point (x, y) of the flat back is."""
        px, py, pz = self.place(np.array([[x, y, 0.0]]))[0]
        return (float(px), float(py), float(pz))


def back_parts(frame: SeatFrame, rng: Stream) -> list[Part]:
    """The uprights, the crest and what fills the space between them."""
    if frame.params.back.style == "none":
        return []
    back = BackFrame(frame)
    if frame.params.back.style == "padded":
        return [Part("back", surface(_padded(back)), "cushion", (0.0, frame.height, frame.post_z), "seat")]
    parts = []
    for name, side in (("back_post_left", 1), ("back_post_right", -1)):
        parts.append(Part(name, surface(_post(back, side)), "frame", (side * back.half, frame.height, frame.post_z), "seat"))
    ys = np.linspace(-0.6, 0.6, 9) * 2 * back.half
    crest = across(ys * 0.97, back.top(ys) - back.crest, back.top(ys) + 0.012, 1.15 * back.thick, frame.bevel * 1.3)
    filled = {"slats": _slats, "spindles": _spindles, "ladder": _ladder, "splat": _splat, "solid": _solid}
    for name, shell in filled[frame.params.back.style](back, rng):
        middle = back.at(0.0, 0.0)
        parts.append(Part(name, surface(mapped(shell, back.place)), "back", middle, "seat"))
    if frame.params.back.style != "ladder":
        parts.append(Part("crest", surface(mapped(crest, back.place)), "frame", back.at(0.0, back.high), "seat"))
    return parts + _finials(back)


def _post(back: BackFrame, side: int) -> Shell:
    frame = back.frame
    low = -0.7 * frame.thick
    ys = np.linspace(low, back.high * 1.02, 6)
    wide = np.interp(ys, [low, back.high], [1.02, 0.72]) * frame.leg
    post = upward(ys, np.full(6, side * back.half), wide, 0.86 * frame.leg, frame.bevel)
    return mapped(post, back.place)


def _finials(back: BackFrame) -> list[Part]:
    ornament = back.frame.params.carving.ornament
    if ornament < 0.45:
        return []
    size = back.frame.leg * (0.35 + 0.35 * ornament)
    count = max(8, back.frame.params.detail)
    spots = [("finial_left", back.half, back.high), ("finial_right", -back.half, back.high)]
    if back.back.style in ("solid", "splat", "slats"):
        spots.append(("finial_crest", 0.0, float(back.top(0.0))))
    parts = []
    for name, x, y in spots:
        at = back.at(x, y + (0.004 if x == 0.0 else 0.0))
        grown = 1.25 if x == 0.0 else 1.0
        parts.append(Part(name, surface(moved(finial(size * grown, count), at)), "ornament", at, "crest", collide=False))
    return parts if back.back.style != "ladder" else [_on_seat(part) for part in parts]


def _on_seat(part: Part) -> Part:
    from dataclasses import replace

    return replace(part, parent="seat")


def _slats(back: BackFrame, rng: Stream) -> list[tuple[str, Shell]]:
    count, rough = back.back.count, back.frame.params.carving.irregular
    pitch = 2 * (back.half - back.frame.leg / 2) / count
    low = 0.14 * back.high
    xs = np.linspace(-1, 1, 7) * back.half
    rail = across(xs, np.full(7, low - 0.03), np.full(7, low + 0.03), 0.9 * back.thick, back.frame.bevel)
    out = [("back_rail", rail)]
    for i in range(count):
        draw = rng("back", "slat", i)
        x = (i + 0.5 - count / 2) * pitch
        ys = np.linspace(low - 0.01, float(back.top(x)) - 0.5 * back.crest, 5)
        wide = 0.62 * pitch * (1 + draw.uniform(-0.12, 0.08) * rough) * np.array([0.92, 1.0, 1.04, 1.0, 0.9])
        middle = x * np.linspace(0.94, 1.0, 5) + draw.uniform(-0.05, 0.05) * rough * pitch
        out.append((f"slat_{i + 1}", upward(ys, middle, wide, 0.5 * back.thick, back.frame.bevel * 0.7)))
    return out


def _spindles(back: BackFrame, rng: Stream) -> list[tuple[str, Shell]]:
    frame = back.frame
    count = back.back.count
    out = []
    for i in range(count):
        x = (i + 0.5 - count / 2) * 2 * (back.half - frame.leg / 2) / count
        high = float(back.top(x)) - 0.5 * back.crest + 0.4 * frame.thick
        thick = 0.3 * frame.leg * (1.0 + float(rng("back", "spindle", i).uniform(-0.08, 0.08)) * frame.params.carving.irregular)
        rod = turned_member(SPINDLE, high, thick, max(6, frame.params.detail * 2 // 3), 0.5 + 0.5 * frame.params.carving.ornament)
        out.append((f"spindle_{i + 1}", moved(rod, (x, -0.4 * frame.thick, 0.0))))
    return out


def _ladder(back: BackFrame, rng: Stream) -> list[tuple[str, Shell]]:
    count, rough = back.back.count, back.frame.params.carving.irregular
    xs = np.linspace(-1, 1, 9) * back.half
    pitch = 0.9 * back.high / count
    out = []
    for i in range(count):
        draw = rng("back", "rung", i)
        y = 0.1 * back.high + (i + 0.5) * pitch
        share = (i + 1) / count
        lift = (back.top(xs) - back.high) * share
        tilt = xs / back.half * float(draw.uniform(-0.006, 0.006)) * rough
        tall = 0.62 * pitch * (1.0 + float(draw.uniform(-0.08, 0.08)) * rough)
        board = across(xs, y - tall / 2 + 0.5 * lift + tilt, y + tall / 2 + lift + tilt, 0.62 * back.thick, back.frame.bevel)
        out.append((f"rung_{i + 1}", board))
    return out


def _splat(back: BackFrame, rng: Stream) -> list[tuple[str, Shell]]:
    ornament = back.frame.params.carving.ornament
    ys = np.linspace(-0.3 * back.frame.thick, float(back.top(0.0)) - 0.5 * back.crest, 15)
    t = np.linspace(0.0, 1.0, 15)
    vase = np.interp(t, [0, 0.12, 0.22, 0.5, 0.68, 0.8, 1.0], [0.9, 0.6, 0.42, 1.0, 0.75, 0.5, 0.95])
    wide = 0.72 * back.half * (1.0 - (0.4 + 0.6 * ornament) * (1.0 - vase))
    out = [("splat", upward(ys, np.zeros(15), wide, 0.5 * back.thick, back.frame.bevel))]
    if back.back.count > 2:
        beside = [(i, side) for i in range((back.back.count - 1) // 2) for side in (1, -1)]
        for i, side in beside:
            x = side * back.half * (0.55 + 0.36 * (i + 0.5) / ((back.back.count - 1) // 2))
            high = float(back.top(x)) - 0.5 * back.crest
            rod = turned_member(SPINDLE, high + 0.3 * back.frame.thick, 0.22 * back.frame.leg, 6, 0.6)
            out.append((f"spindle_{2 * i + (1 if side > 0 else 2)}", moved(rod, (x, -0.3 * back.frame.thick, 0.0))))
    return out


def _solid(back: BackFrame, rng: Stream) -> list[tuple[str, Shell]]:
    """Boards side by side under the crest, and a raised field in the middle."""
    count, rough = back.back.count, back.frame.params.carving.irregular
    inner = back.half - 0.3 * back.frame.leg
    pitch = 2 * inner / count
    out = []
    for i in range(count):
        draw = rng("back", "board", i)
        x = -inner + (i + 0.5) * pitch
        ys = np.linspace(-0.3 * back.frame.thick, float(back.top(x)) - 0.3 * back.crest, 6)
        wide = np.full(6, pitch - 0.004) * (1.0 + draw.uniform(-0.02, 0.0, 6) * rough)
        board = upward(
            ys, np.full(6, x), wide, 0.6 * back.thick * (1 + 0.25 * float(draw.uniform(-1, 1)) * rough), back.frame.bevel * 0.8
        )
        out.append((f"board_{i + 1}", board))
    xs = np.linspace(-0.62, 0.62, 7) * back.half
    low = np.full(7, 0.16 * back.high)
    field = across(xs, low, 0.78 * back.top(xs * 1.2), 0.95 * back.thick, back.frame.bevel * 2)
    out.append(("field", field))
    return out


def _padded(back: BackFrame) -> Shell:
    """A deep padded back in upright channels."""
    frame = back.frame
    count = min(back.back.count, 5)
    deep = 0.13 + 0.05 * frame.params.carving.bevel
    wide = 2 * (frame.width / 2 - 0.01) / count
    low = -0.6 * frame.thick
    channels = []
    for i in range(count):
        pad = cushion(rectangle(wide * 1.06, back.high - low, 0.3 * wide, 3), deep, puff=3.0, rows=6)
        pad = turned(pad, (1.0, 0.0, 0.0), math.pi / 2)
        channels.append(moved(pad, ((i + 0.5 - count / 2) * wide * 0.985, (back.high + low) / 2, -0.4 * deep + 0.001 * i)))
    body = join(*channels)

    def arched(points: np.ndarray) -> np.ndarray:
        scale = back.top(points[:, 0]) / back.high
        return points * np.stack([np.ones_like(scale), np.where(points[:, 1] > 0, scale, 1.0), np.ones_like(scale)], axis=1)

    return mapped(mapped(body, arched), back.place)


def arm_parts(frame: SeatFrame, rng: Stream) -> list[Part]:
    """Both arms: padded blocks, or a rail on a post."""
    style = frame.params.arms.style
    if style == "none":
        return []
    parts = []
    left = _padded_arm(frame) if style == "padded" else _rail_arm(frame)
    high = frame.height + frame.params.arms.height
    for name, sign in (("arm_left", 1.0), ("arm_right", -1.0)):
        grip = PartSocket(name, (sign * frame.arm_x, high, 0.3 * frame.depth), "grip", (0.07, 0.12))
        pivot = (sign * frame.arm_x, frame.height, 0.0)
        shell = left if sign > 0 else mirrored(left)
        slot = "cushion" if style == "padded" else "arms"
        parts.append(Part(name, surface(shell), slot, pivot, "seat", sockets=(grip,)))
    return parts


def _padded_arm(frame: SeatFrame) -> Shell:
    arms, thick = frame.params.arms, 0.09 + 0.55 * frame.leg
    low = frame.under + 0.01
    high = frame.height + arms.height - low
    body = cushion(rectangle(thick, 0.96 * frame.depth, 0.42 * thick, 4), high, puff=5.5, rows=8)
    roll = 1.0 + 0.16 * np.clip((body.points[:, 1] / high - 0.55) / 0.45, 0.0, 1.0)
    body = mapped(body, lambda p: p * np.stack([roll, np.ones_like(roll), np.ones_like(roll)], axis=1))
    return moved(body, (frame.width / 2 - 0.3 * thick, low, 0.01))


def _rail_arm(frame: SeatFrame) -> Shell:
    arms = frame.params.arms
    y = frame.height + arms.height
    wide, thin = 1.15 * frame.leg + 0.012, 0.5 * frame.leg + 0.006
    front = 0.42 * frame.depth
    if frame.params.back.style == "none":
        start: Vec = (frame.post_x, y, frame.post_z - 0.02)
    else:
        bx, by, bz = BackFrame(frame).at(frame.post_x, arms.height)
        start = (bx, by, bz)
    if arms.style == "curved":
        spots = [
            start,
            (frame.arm_x + 0.02, y + 0.035, 0.0),
            (frame.arm_x + 0.015, y + 0.03, front),
            (frame.arm_x, y - 0.07, front + 0.05),
        ]
        path = bezier(spots, 9)
        foot_z = 0.5 * front
    else:
        path = np.stack([np.linspace(start[k], (frame.arm_x, y + 0.006, front + 0.03)[k], 5) for k in range(3)], axis=1)
        foot_z = 0.82 * front
    scale = np.stack([np.linspace(0.72, 1.25, len(path)), np.linspace(0.9, 1.1, len(path))], axis=1)
    rail = sweep(path, rounded(wide, thin, 0.3 * thin, 1), scale=scale, side=(1.0, 0.0, 0.0), bevel=frame.bevel)
    post = turned_member(SPINDLE, 1.0, 0.42 * frame.leg, max(8, frame.params.detail), 0.4 + 0.6 * frame.params.carving.ornament)
    k = int(np.argmin(np.abs(path[:, 2] - foot_z)))
    posts = [_between(post, (0.96 * frame.arm_x, frame.height - 0.4 * frame.thick, 0.9 * foot_z), path[k])]
    if frame.params.back.style == "none":
        posts.append(_between(post, (frame.post_x, frame.height - 0.4 * frame.thick, frame.post_z), path[0] + (0.0, 0.0, 0.02)))
    return join(rail, *posts)


def _between(member: Shell, low: Vec, high: np.ndarray) -> Shell:
    """A member one metre high, set to stand on `low` and reach `high`, sheared."""

    def put(points: np.ndarray) -> np.ndarray:
        t = points[:, 1:2]
        flat = points * (1.0, 0.0, 1.0)
        return flat + np.asarray(low) * (1.0 - t) + high * t

    return mapped(member, put)
