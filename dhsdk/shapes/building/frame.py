"""What all pieces of a building share: its masses, their storeys, and where doors and windows are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from dhsdk.shapes.building.grid import QUARTER
from dhsdk.shapes.building.params import BuildingParams
from dhsdk.shapes.surface import Shell, moved, turned

STEP = 0.17
"""Height of a step, metres."""
SIDES = (("front", 0.0), ("left", QUARTER), ("back", 2 * QUARTER), ("right", 3 * QUARTER))
Head = Literal["straight", "arched", "slit"]


@dataclass(frozen=True)
class Opening:
    """A hole in a wall: the middle of its foot (along the wall, y), its size; head: how it ends above; door: one walks in.

    blind: the wall is not cut, what fills the hole stands on it.
    """

    x: float
    y: float
    width: float
    height: float
    head: Head = "straight"
    door: bool = False
    blind: bool = False


@dataclass
class Side:
    """A flat wall, or the whole of a round one: its name, the turn of its outer face about +Y, how far out it is, its length."""

    name: str
    turn: float
    out: float
    length: float
    holes: list[Opening] = field(default_factory=list)


@dataclass
class Mass:
    """One body of a building, metres. corners: of a round or octagonal plan, 0 is a rectangle. low, high: floor and eaves.

    levels: the floors of its storeys. made: how its walls are built.
    """

    tag: str
    at: tuple[float, float]
    width: float
    depth: float
    corners: int
    levels: list[float]
    high: float
    taper: float
    thick: float
    made: str
    sides: list[Side] = field(default_factory=list)

    @property
    def low(self) -> float:
        """The floor."""
        return self.levels[0]

    def name(self, what: str) -> str:
        """The name of a part of this mass."""
        return f"{self.tag}_{what}" if self.tag else what

    def share(self, y: float | np.ndarray) -> np.ndarray:
        """How wide it is at y, share of its foot."""
        return 1.0 - self.taper * np.clip((np.asarray(y, np.float64) - self.low) / max(self.high - self.low, 0.1), 0.0, 1.2)

    def reach(self, angle: np.ndarray | float, y: np.ndarray | float, inset: float = 0.0) -> np.ndarray:
        """From the axis to the outer face of a wall with corners, at angles about +Y from the front and at heights y."""
        half = math.pi / self.corners
        radius = 0.5 * self.width * self.share(y) - inset
        out: np.ndarray = radius * math.cos(half) / np.cos(np.mod(np.asarray(angle) + half, 2 * half) - half)
        return out

    def placed(self, shell: Shell, side: Side, hole: Opening) -> Shell:
        """A piece made at the foot of a hole, z = 0 the outer face, +z outwards, put where the hole is."""
        if self.corners:
            angle = hole.x
            out = float(self.reach(angle, hole.y + 0.5 * hole.height))
            local, turn = (0.0, hole.y, out - 0.5 * hole.width * math.tan(math.pi / self.corners) * 0.3), angle
        else:
            local, turn = (hole.x, hole.y, side.out), side.turn
        made = turned(moved(shell, local), (0.0, 1.0, 0.0), turn)
        return moved(made, (self.at[0], 0.0, self.at[1]))


class BuildingFrame:
    """The masses of a building; the first is the main one. aged() leans and swells everything."""

    def __init__(self, params: BuildingParams) -> None:
        self.params = params
        body, build = params.body, params.build
        s = build.stylised
        self.wear, self.rough, self.ornament = build.wear, build.irregular, build.ornament
        self.rise = params.door.steps * STEP if params.door.steps else 0.08
        round_ = body.plan in ("round", "octagonal")
        even = math.sqrt(body.width * body.depth)
        self.width, self.depth = (even, even) if body.plan != "rectangular" else (body.width, body.depth)
        storey = body.storey_height * (1.0 - 0.12 * s)
        levels = [self.rise + k * storey for k in range(body.storeys)]
        self.high = levels[-1] + storey
        self.storey = storey
        thick = min(params.walls.thickness, 0.12 * min(self.width, self.depth))
        corners = {"round": max(8, round(params.detail * max(self.full, 0.5))), "octagonal": 8}.get(body.plan, 0)
        made = params.walls.made
        self.pitch = min(params.roof.pitch * (1.0 + 0.25 * s), 1.32)
        self.overhang = params.roof.overhang * (1.0 + 0.5 * s)
        self.batter = 0.0 if round_ else 0.4 * body.taper  # flat walls are narrowed with all that hangs on them
        self.main = Mass(
            "", (0.0, 0.0), self.width, self.depth, corners, levels, self.high, body.taper if round_ else 0.0, thick, made
        )
        self.masses = [self.main]
        self._wings()
        self._open_main()
        extent = max(mass.high for mass in self.masses)
        self.tall = extent + 0.3 * self.width

    def crumbles(self, mass: Mass) -> bool:
        """Whether the top of a wall that bears no roof has fallen down here and there."""
        bare = self.params.roof.shape == "flat" and not self.params.beacon and not mass.tag
        return bare and self.wear > 0.7 and mass.made in ("stone", "brick", "plaster")

    def has(self, pieces: float) -> bool:
        """Whether pieces that need so many are there."""
        return self.params.pieces >= pieces

    def keeps(self, k: int, count: int, first: float, last: float) -> bool:
        """Whether the k-th of `count` pieces is there: they go one by one as `pieces` falls from `last` to `first`."""
        return self.has(first + (last - first) * (k + 0.5) / count)

    @property
    def full(self) -> float:
        """The share of courses and corners: 1 with many pieces, a quarter with none."""
        return min(1.0, 0.25 + 0.75 * self.params.pieces / 15.0)

    @property
    def front(self) -> Mass:
        """The mass that has the door."""
        return next((mass for mass in self.masses if mass.tag == "tower"), self.main)

    def aged(self, points: np.ndarray) -> np.ndarray:
        """Points of a building that leans with age and swells above with style."""
        t = points[:, 1] / max(self.tall, 1.0)
        s = self.params.build.stylised
        swell = 1.0 - self.batter * np.minimum(t, 1.0) + s * (0.1 * t * t + 0.05 * np.sin(2.6 * t) - 0.06)
        lean = 0.035 * self.wear * self.wear * points[:, 1] * (0.4 + 0.6 * t)
        return points * np.stack([swell, np.ones_like(t), swell], axis=1) + np.stack([lean, 0.0 * t, 0.35 * lean], axis=1)

    def _wings(self) -> None:
        """The bell tower and the turrets."""
        params, main = self.params, self.main
        if params.tower > 3.0 and not main.corners:
            wide = min(0.52 * self.width, 5.0)
            count = max(2, round(params.tower / 4.0))
            step = params.tower / count
            levels = [self.rise + k * step for k in range(count)]
            z = self.depth / 2 + 0.22 * wide
            made = main.made if main.made not in ("logs", "glass") else "wood"
            self.masses.append(
                Mass("tower", (0.0, z), wide, wide, 0, levels, self.rise + params.tower, 0.0, min(main.thick, 0.5), made)
            )
        spots = [(1, 1), (-1, 1), (1, -1), (-1, -1)][: params.turrets]
        radius = max(0.16 * min(self.width, self.depth), 0.9)
        for k, (x, z) in enumerate(spots):
            at = (x * 0.94 * self.width / 2, z * 0.94 * self.depth / 2)
            if main.corners:
                at = (x * 0.72 * self.width / 2, z * 0.72 * self.depth / 2)
            high = self.high + 1.2 + 0.25 * self.storey
            made = main.made if main.made in ("plaster", "stone", "brick") else "stone"
            corners = max(6, round((params.detail - 4) * self.full))
            levels = [self.rise, *[level + 0.4 for level in main.levels[1:]], self.high]
            turret = Mass(
                f"turret_{k + 1}", at, 2 * radius, 2 * radius, corners, levels, high, 0.06, min(0.3, 0.25 * radius), made
            )
            out = math.atan2(x * self.width, z * self.depth)
            slits = (
                [Opening(out, levels[-1] - 1.6, 0.24, 0.95, "slit")]
                if len(levels) > 2 and self.keeps(k, len(spots), 0, 4)
                else []
            )
            turret.sides = [Side("round", 0.0, radius, 2 * math.pi, slits)]
            self.masses.append(turret)

    def _open_main(self) -> None:
        """Doors and windows of the main mass and of the bell tower."""
        for mass in self.masses:
            if mass.tag in ("", "tower"):
                mass.sides = _sides(mass)
                for side in mass.sides:
                    side.holes = self._holes(mass, side)

    def _holes(self, mass: Mass, side: Side) -> list[Opening]:
        door = self._door(mass, side)
        found = [door] if door else []
        if mass.made == "glass":
            return found
        if mass.tag == "tower":
            return [*found, *self._belfry(mass, side)]
        guarded = self.params.roof.parapet == "battlements" and len(mass.levels) > 1
        for k, level in enumerate(mass.levels):
            if guarded and k == 0:
                continue  # no window where a ladder reaches
            places = self._places(mass, side, k)
            for j, x in enumerate(places):
                rank = j * len(mass.levels) + k  # column by column
                one = self._window(mass, side, x, level, not self.keeps(rank, len(places) * len(mass.levels), 1, 9))
                if one and not any(_meet(one, other, mass.corners) for other in found) and not self._hidden(side, one):
                    found.append(one)
        return found

    def _door(self, mass: Mass, side: Side) -> Opening | None:
        door = self.params.door
        if door.style == "none" or mass is not self.front or side.name not in ("front", "round"):
            return None
        room = side.length if not mass.corners else 0.8 * mass.width
        wide = min(door.width, 0.6 * (room - 2 * mass.thick))
        tall = min(door.height, mass.high - mass.low - 0.35)
        return Opening(0.0, mass.low, wide, tall, "arched" if door.arched else "straight", True)

    def _places(self, mass: Mass, side: Side, storey: int) -> Sequence[float]:
        """Where the windows of a storey are: along a flat wall; angles on a round one, each storey turned by some."""
        count = self.params.windows.count
        if mass.corners:
            turn = 2 * math.pi / max(count, 1)
            # Few angles only, over one another: every new one would cut the whole wall.
            start = 0.5 * turn * (storey % 2 == 0) if count > 1 else (2.0 if storey % 2 == 0 else 0.0)
            return [start + k * turn for k in range(count)]
        full = self.width if side.name in ("front", "back") else self.depth
        here = (
            count
            if side.name in ("front", "back")
            else max(min(count, 1), round(0.7 * count * full / max(self.width, self.depth)))
        )
        if 1.4 * self.width < self.depth and side.name in ("left", "right"):
            here = count
        usable = side.length - 2 * mass.thick
        return [usable * ((k + 0.5) / here - 0.5) for k in range(here)] if here else []

    def _window(self, mass: Mass, side: Side, x: float, level: float, blind: bool) -> Opening | None:
        windows = self.params.windows
        count = max(1, len(self._places(mass, side, 0)))
        room = (side.length - 2 * mass.thick) / count if not mass.corners else 0.5 * mass.width * float(mass.share(level))
        slit = windows.head == "slit"
        wide = min(windows.width, room - 0.55) * (0.55 if slit else 1.0)
        storey = (mass.high - level) if level == mass.levels[-1] else self.storey
        tall = min(windows.height, storey - 1.0)
        if wide < 0.16 or tall < 0.35:
            return None
        sill = max(0.3, min(0.95, storey - tall - 0.45))
        return Opening(x, level + sill, wide, tall, windows.head, blind=blind)

    def _belfry(self, mass: Mass, side: Side) -> list[Opening]:
        """Arched openings under the spire, and a small one below at the front."""
        wide = 0.3 * mass.width
        level = mass.levels[-1]
        tall = min(0.62 * (mass.high - level), 2.4)
        found = [Opening(0.0, mass.high - 0.5 - tall, wide, tall, "arched")]
        if side.name == "front" and len(mass.levels) > 2:
            found.append(Opening(0.0, level - 1.9, 0.6 * wide, 1.3, "arched"))
        return found

    def _hidden(self, side: Side, hole: Opening) -> bool:
        """Whether a tower or a turret stands before a hole."""
        tower = next((mass for mass in self.masses if mass.tag == "tower"), None)
        if tower and side.name == "front" and abs(hole.x) < tower.width / 2 + hole.width / 2 + 0.15:
            return True
        turrets = [mass for mass in self.masses if mass.tag.startswith("turret")]
        if not turrets or self.main.corners:
            return False
        return abs(hole.x) > side.length / 2 - 0.5 * turrets[0].width - hole.width / 2 - 0.1


def _sides(mass: Mass) -> list[Side]:
    """The walls of a mass: the side walls stand between front and back."""
    if mass.corners:
        return [Side("round", 0.0, mass.width / 2, 2 * math.pi)]
    out = []
    for name, turn in SIDES:
        across = name in ("front", "back")
        length = mass.width if across else mass.depth - 2 * mass.thick + 0.06
        out.append(Side(name, turn, (mass.depth if across else mass.width) / 2, length))
    return out


def _meet(one: Opening, other: Opening, corners: int) -> bool:
    """Whether two holes are nearer to one another than a brick wall allows."""
    apart = abs(one.x - other.x)
    if corners:
        apart = abs(math.remainder(one.x - other.x, 2 * math.pi)) * 2.0
    gap = 0.22
    beside = apart < (one.width + other.width) / 2 + gap
    return beside and one.y < other.y + other.height + gap and other.y < one.y + one.height + gap
