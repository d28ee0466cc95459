"""What every part must be, and ways to sample a design space."""

import numpy as np
import pydantic
from hypothesis import strategies as st

from dhsdk.params import Params, fields
from dhsdk.plugin import Context
from dhsdk.ready.native import solid
from dhsdk.shapes.kernel import Kernel, Part, Surface


def rng(seed=0):
    return Context(seed=seed).rng


def built(kernel: Kernel, values, seed=0) -> tuple[Part, ...]:
    return kernel.build(kernel.Params.parse(values), rng(seed))


def scalars(params: type[Params], here=()):
    """(path, Field) of every scalar field, nested groups opened."""
    for one in fields(params):
        if isinstance(one.type, type) and issubclass(one.type, pydantic.BaseModel):
            yield from scalars(one.type, (*here, one.name))
        else:
            yield (*here, one.name), one


def values(params: type[Params]) -> st.SearchStrategy:
    """Any combination of values inside the ranges, the ends more often than chance."""
    strategies = {}
    for one in fields(params):
        if isinstance(one.type, type) and issubclass(one.type, pydantic.BaseModel):
            strategies[one.name] = values(one.type)
        elif one.choices:
            strategies[one.name] = st.sampled_from(one.choices)
        elif one.type is bool:
            strategies[one.name] = st.booleans()
        elif one.type is int:
            strategies[one.name] = st.integers(int(one.ge), int(one.le))
        else:
            strategies[one.name] = st.sampled_from([one.ge, one.le]) | st.floats(one.ge, one.le)
    return st.fixed_dictionaries(strategies)


def with_value(values, path, value):
    out = {key: dict(one) if hasattr(one, "items") else one for key, one in values.items()}
    group = out
    for step in path[:-1]:
        group = group.setdefault(step, {})
    group[path[-1]] = value
    return out


def welded(surface: Surface) -> tuple[np.ndarray, np.ndarray]:
    """float32 points welded by position, and the faces over them."""
    points, index = np.unique(surface.positions.astype(np.float32), axis=0, return_inverse=True)
    return points, index.reshape(-1)[surface.faces]


def is_sound(surface: Surface) -> None:
    """Closed, outside out, no slivers, unit normals that agree with the winding, finite UVs with area."""
    for array in (surface.positions, surface.normals, surface.uvs, surface.colors):
        assert np.isfinite(array).all()
    points, faces = welded(surface)
    assert solid(points, faces) is not None
    corners = points[faces].astype(np.float64)
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    doubled = np.linalg.norm(cross, axis=1)
    assert doubled.min() / 2 > 1e-12 * float((np.ptp(points, axis=0).astype(np.float64) ** 2).sum())
    assert np.abs(np.linalg.norm(surface.normals, axis=1) - 1.0).max() < 1e-6
    assert ((cross / doubled[:, None])[:, None] * surface.normals[surface.faces]).sum(axis=2).min() > 0.05
    first, second = (surface.uvs[surface.faces[:, k]] - surface.uvs[surface.faces[:, 0]] for k in (1, 2))
    flat = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]) < 1e-12
    assert flat.mean() < 0.02
    assert surface.colors.min() >= 0.0
    assert surface.colors.max() <= 1.0


def are_sound(parts: tuple[Part, ...], slots) -> None:
    names = [part.name for part in parts]
    assert len(set(names)) == len(names)
    assert abs(min(part.surface.positions[:, 1].min() for part in parts)) < 1e-6
    sockets = [socket.key for part in parts for socket in part.sockets]
    assert len(set(sockets)) == len(sockets)
    every = np.concatenate([part.surface.positions for part in parts])
    low, high = every.min(axis=0) - 0.1, every.max(axis=0) + 0.1
    for part in parts:
        is_sound(part.surface)
        assert part.slot in slots
        assert part.parent is None or part.parent in names
        assert part.parent != part.name
        for place in (part.pivot, *(socket.translation for socket in part.sockets)):
            assert (np.asarray(place) >= low).all()
            assert (np.asarray(place) <= high).all()
        if part.hinge is not None:
            axis, lower, upper = part.hinge
            assert abs(np.linalg.norm(axis) - 1.0) < 1e-9
            assert lower <= upper
