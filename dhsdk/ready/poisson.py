"""A closed surface around the points of a scan. Source: Kazhdan and Hoppe 2013, screened Poisson reconstruction (by Open3D)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from dhsdk.errors import MissingExtra
from dhsdk.ready.mend import mended
from dhsdk.ready.surface import Surface, spread

DEPTH = 9
"""Levels of the octree: details of a 512th of the size."""
POINTS = 200_000


def rebuilt(surface: Surface) -> Surface:
    """A closed surface through a surface with holes; none of its triangles is one that was there.

    Raises MissingExtra: Open3D is not installed.
    """
    try:
        import open3d
    except (ImportError, OSError) as error:
        raise MissingExtra.of("closing a scan by Poisson reconstruction", "geometry") from error
    points, face = spread(surface.points, surface.faces, POINTS)
    a, b, c = (surface.points[surface.faces[face, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    normals = across / np.maximum(np.linalg.norm(across, axis=1, keepdims=True), 1e-300)
    cloud = open3d.geometry.PointCloud(open3d.utility.Vector3dVector(points))
    cloud.normals = open3d.utility.Vector3dVector(normals)
    # one thread: several add numbers up in any order
    made, _ = open3d.geometry.TriangleMesh.create_from_point_cloud_poisson(cloud, depth=DEPTH, n_threads=1)
    whole = mended(np.asarray(made.vertices), np.asarray(made.triangles, np.int64), close=1.0)
    whole.mended.clear()
    whole.mended.update(surface.mended)
    whole.mended["surfaces rebuilt around their points"] += 1
    return replace(whole, origin=np.full(len(whole.faces), -1), turned=np.zeros(len(whole.faces), bool))
