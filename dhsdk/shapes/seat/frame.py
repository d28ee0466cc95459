"""The seat itself and the measures that legs, back and arms of a seat share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.shapes.curves import Outline, disc, rectangle, trapezoid
from dhsdk.shapes.kernel import Part, PartSocket, Stream
from dhsdk.shapes.seat.params import SeatParams
from dhsdk.shapes.solids import box, cushion, plank, plate
from dhsdk.shapes.surface import Shell, join, mapped, moved, surface


class SeatFrame:
    """Where the pieces of a seat meet, metres: made once from the parameters, read by the builders of all parts."""

    def __init__(self, params: SeatParams) -> None:
        self.params = params
        plate_ = params.seat
        self.width, self.depth, self.height, self.thick = plate_.width, plate_.depth, plate_.height, plate_.thickness
        self.leg = params.legs.thickness
        self.bevel = 0.0025 + 0.009 * params.carving.bevel
        self.back_width = self.width * (0.84 if plate_.shape == "trapezoid" else 1.0)
        self.under = self.height - self.thick
        edge = 0.62 * self.leg
        if plate_.shape == "round":
            self.post_x, self.post_z = 0.62 * self.width / 2, -0.74 * self.depth / 2
        else:
            self.post_x, self.post_z = self.back_width / 2 - edge, -self.depth / 2 + edge
        self.arm_x = self.width / 2 - edge if plate_.shape != "round" else 0.8 * self.width / 2
        half = (0.75 if plate_.shape == "round" else 0.92) * self.width, (0.75 if plate_.shape == "round" else 0.9) * self.depth
        top = self.height + plate_.cushion
        self.sockets = (PartSocket("seat", (0.0, top, 0.0), "seat", half),)

    def outline(self, inset: float = 0.0) -> Outline:
        """The outline of the seat, moved inwards by `inset`."""
        shape, w, d = self.params.seat.shape, self.width - 2 * inset, self.depth - 2 * inset
        if shape == "round":
            return disc(w / 2, 2 * self.params.detail, d / 2)
        if shape == "trapezoid":
            return trapezoid(w, 0.84 * w, d, 0.05, 2)
        return rectangle(w, d, 0.3 * min(w, d) if shape == "rounded" else 0.02, 4 if shape == "rounded" else 1)


def seat_parts(frame: SeatFrame, rng: Stream) -> list[Part]:
    """The seat, its cushion and the rails under it."""
    params = frame.params
    parts = [Part("seat", surface(_seat(frame, rng)), "seat", (0.0, frame.under, 0.0))]
    soft = params.seat.cushion
    if soft > 0.012:
        inset = frame.leg * (1.15 if params.arms.style == "padded" else 0.2)
        body = cushion(_soft_outline(frame, inset), soft, puff=3.2)
        dz = 0.02 if params.back.style != "none" else 0.0
        draw = rng("cushion")
        tilt = draw.uniform(-0.012, 0.012, 2) * params.carving.irregular
        body = mapped(body, lambda p: p + np.outer(p[:, 0] * tilt[0] + p[:, 2] * tilt[1], (0.0, 1.0, 0.0)))
        parts.append(
            Part("cushion", surface(moved(body, (0.0, frame.height - 0.006, dz))), "cushion", (0.0, frame.height, 0.0), "seat")
        )
    if params.seat.apron > 0.012 and params.legs.style not in ("plinth", "pedestal", "sled") and params.seat.shape != "round":
        parts.append(Part("apron", surface(_apron(frame)), "frame", (0.0, frame.under, 0.0), "seat"))
    return parts


def _soft_outline(frame: SeatFrame, inset: float) -> Outline:
    if frame.params.seat.shape == "round":
        return frame.outline(inset)
    w, d = frame.width - 2 * inset, frame.depth - 2 * min(inset, 0.02) - 0.04
    return rectangle(w, d, 0.16 * min(w, d), 3)


def _seat(frame: SeatFrame, rng: Stream) -> Shell:
    seat = frame.params.seat
    if seat.planks == 1 or seat.shape == "round":
        dish = 0.0 if seat.cushion > 0.012 else 0.5 * seat.dish * seat.thickness
        return moved(plate(frame.outline(), seat.thickness, frame.bevel * 1.3, dish=dish), (0.0, frame.under, 0.0))
    rough = frame.params.carving.irregular
    draw = rng("seat", "planks")
    pitch = frame.depth / seat.planks
    boards = []
    for i in range(seat.planks):
        z = -frame.depth / 2 + (i + 0.5) * pitch
        share = 0.5 - z / frame.depth
        width = frame.width + (frame.back_width - frame.width) * share + float(draw.uniform(-0.012, 0.012)) * rough
        board = plank(width, pitch - 0.006, seat.thickness, draw, bevel=frame.bevel, rough=rough)
        flat = mapped(board, lambda p: np.stack([p[:, 0], p[:, 2], -p[:, 1]], axis=1))
        sag = float(draw.uniform(-0.004, 0.002)) * rough - 0.35 * seat.dish * seat.thickness * (
            1.0 - abs(2 * (i + 0.5) / seat.planks - 1)
        )
        boards.append(moved(flat, (float(draw.uniform(-0.006, 0.006)) * rough, frame.height - seat.thickness / 2 + sag, z)))
    span = frame.depth * 0.9
    for side in (-1, 1):
        batten = box((0.05, 0.6 * seat.thickness, span), 0.004)
        boards.append(moved(batten, (side * 0.33 * frame.width, frame.under - 0.1 * seat.thickness, 0.0)))
    return join(*boards)


def _apron(frame: SeatFrame) -> Shell:
    high = min(frame.params.seat.apron, 0.4 * frame.under)
    thick = 0.4 * frame.leg
    y = frame.under - high / 2 + 0.004
    front_x, back_x = frame.width / 2 - 0.62 * frame.leg, frame.post_x
    front_z = frame.depth / 2 - 0.62 * frame.leg
    rails = []
    for half, z in ((front_x, front_z), (back_x, frame.post_z)):
        rails.append(moved(box((2 * half, high, thick), frame.bevel, along=0), (0.0, y, z)))
    for side in (-1, 1):
        rail = box((thick, high * 0.96, front_z - frame.post_z), frame.bevel, along=2)
        run = front_z - frame.post_z
        lean = side * (front_x - back_x) / run
        middle = side * (front_x + back_x) / 2
        rail = replace(rail, points=rail.points + np.outer(lean * rail.points[:, 2], (1.0, 0.0, 0.0)))
        rails.append(moved(rail, (middle, y, (front_z + frame.post_z) / 2)))
    return join(*rails)
