"""PLY and STL as scanners, sculpting programs and printers write them."""

import struct

import numpy as np
import pytest
from PIL import Image as Pillow

import dhsdk
from dhsdk.errors import ReadError
from tests.formats.fuzz import mutants

HOST = dhsdk.Host(device="cpu")
XYZ = "property float x\nproperty float y\nproperty float z\n"
SQUARE = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [2, 0, 0]], float)
LIST = "property list uchar int vertex_indices\n"


def shape_of(tmp_path, data, suffix=".ply"):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return HOST.load(path).meshes[0].primitives[0]


def text(vertex="", face="", rows=("3 0 1 2",), extra=None, comment=""):
    lines = [" ".join(map(str, [*row, *(extra[k] if extra else ())])) for k, row in enumerate(SQUARE.tolist())]
    head = f"ply\nformat ascii 1.0\n{comment}element vertex 5\n{XYZ}{vertex}element face {len(rows)}\n{LIST}{face}end_header\n"
    return head + "\n".join([*lines, *rows]) + "\n"


@pytest.mark.parametrize("order", ["<", ">"])
def test_binary_faces_of_mixed_sizes_keep_their_order(tmp_path, order):
    name = "binary_little_endian" if order == "<" else "binary_big_endian"
    head = f"ply\nformat {name} 1.0\nelement vertex 5\n{XYZ}element face 3\n{LIST}property uchar flags\nend_header\n".encode()
    faces = ((0, 1, 2), (0, 1, 2, 3), (1, 4, 2))
    body = b"".join(struct.pack(f"{order}B{len(face)}iB", len(face), *face, 7) for face in faces)
    shape = shape_of(tmp_path, head + SQUARE.astype(f"{order}f4").tobytes() + body)
    at = shape.positions[shape.faces].tolist()
    assert len(at) == 4
    assert at[3] == SQUARE[[1, 4, 2]].tolist()
    assert shape.colors is None


def test_elements_before_the_faces_are_passed_over(tmp_path):
    camera = "element camera 2\nproperty list uchar short junk\nproperty double f\n"
    head = f"ply\nformat binary_little_endian 1.0\n{camera}element vertex 5\n{XYZ}element face 1\n{LIST}end_header\n".encode()
    body = struct.pack("<B1hd", 1, 5, 0.5) + struct.pack("<B3hd", 3, 5, 6, 7, 0.5)
    data = head + body + SQUARE.astype("<f4").tobytes() + struct.pack("<B3i", 3, 0, 1, 2)
    assert len(shape_of(tmp_path, data).faces) == 1


@pytest.mark.parametrize(("kind", "top"), [("uchar", 255), ("ushort", 65535), ("float", 1.0)])
def test_colours_of_vertices_of_any_type(tmp_path, kind, top):
    names = "".join(f"property {kind} {name}\n" for name in ("red", "green", "blue"))
    body = SQUARE.astype("<f4")
    rows = np.zeros(5, [("at", "<f4", 3), ("c", {"uchar": "u1", "ushort": "<u2", "float": "<f4"}[kind], 3)])
    rows["at"], rows["c"] = body, np.array([1.0, 0.5, 0.0]) * top
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex 5\n{XYZ}{names}element face 1\n{LIST}end_header\n"
    shape = shape_of(tmp_path, head.encode() + rows.tobytes() + struct.pack("<B3i", 3, 0, 1, 2))
    assert shape.colors[0].tolist() == pytest.approx([1.0, 0.214, 0.0, 1.0], abs=5e-3)


def test_colours_of_faces_and_uvs_of_corners_split_vertices(tmp_path):
    face = "property uchar red\nproperty uchar green\nproperty uchar blue\nproperty list uchar float texcoord\n"
    rows = ("3 0 1 2 255 0 0 6 0 0 1 0 1 1", "3 0 2 3 0 0 255 6 0.5 0 1 0 1 1")
    Pillow.new("RGB", (4, 4), (9, 8, 7)).save(tmp_path / "skin.png")
    scene_text = text(face=face, rows=rows, comment="comment TextureFile skin.png\n")
    shape = shape_of(tmp_path, scene_text)
    assert len(shape.positions) == 6
    assert shape.colors[0].tolist() == [1, 0, 0, 1]
    assert shape.colors[5].tolist() == [0, 0, 1, 1]
    assert shape.uvs[0].tolist() == [[0, 1], [1, 1], [1, 0], [0.5, 1], [1, 1], [1, 0]]
    assert shape.material.base_color_texture.image.pixels[0, 0].tolist() == [9, 8, 7]
    (tmp_path / "skin.png").unlink()
    shape_of(tmp_path, scene_text)
    assert HOST.load(tmp_path / "a.ply").extras["notes"] == ("picture 'skin.png' (map_kd) is not there",)


def test_uvs_and_normals_of_vertices_are_kept(tmp_path):
    names = "".join(f"property float {name}\n" for name in ("nx", "ny", "nz", "s", "t"))
    shape = shape_of(tmp_path, text(names, extra=[(0, 0, 2, 0.25, 0.75)] * 5))
    assert shape.uvs[0][0].tolist() == [0.25, 0.25]
    assert shape.normals[0].tolist() == [0, 0, 1]
    assert shape_of(tmp_path, text(names, extra=[(0, 0, 0, 0.25, 0.75)] * 5)).normals is None


def test_pictures_by_number_become_materials(tmp_path):
    for name in ("a.png", "b.png"):
        Pillow.new("RGB", (4, 4)).save(tmp_path / name)
    comment = "comment TextureFile a.png\ncomment TextureFile b.png\n"
    rows = ("3 0 1 2 6 0 0 1 0 1 1 1", "3 0 2 3 6 0 0 1 0 1 1 0")
    shape_of(tmp_path, text(face="property list uchar float texcoord\nproperty int texnumber\n", rows=rows, comment=comment))
    shapes = HOST.load(tmp_path / "a.ply").meshes[0].primitives
    assert [one.material.base_color_texture.image.name for one in shapes] == ["a.png", "b.png"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (text(rows=("3 0 1 9",)), r"a.ply must name vertices 0..4, got 0..9"),
        (text(rows=("9999 0 1 9",)), r"a list of a.ply must have 0..4,096 members, got 9,999"),
        (text(rows=("3 0 1",)), r"a.ply ends before its last element: it is truncated or damaged"),
        (text().replace("0.0 0.0 0.0", "nan 0 0"), r"the positions of a.ply must be finite, got NaN or more"),
        (text().replace("0.0 0.0 0.0", "x 0 0"), r"a.ply is not a readable PLY file: its text must be numbers"),
        (text().replace("ascii", "binary_pdp"), r"a.ply must be ascii or binary PLY, got another format"),
        (
            text().replace("property float z", "property half z"),
            r"a.ply has a line in its header that is no PLY: 'prop",
        ),
        (text().replace("float z", "float w"), r"a.ply must hold vertices with x, y and z"),
        (text(rows=("2 0 1",)), r"a.ply must hold triangles, got none: points alone must be meshed first"),
    ],
)
def test_broken_ply_is_refused(tmp_path, data, message):
    with pytest.raises(ReadError, match=message):
        shape_of(tmp_path, data)


def stl(notes, header=b"solid but binary"):
    rows = b"".join(struct.pack("<12fH", *[0.0] * 3, *(SQUARE[[0, 1, 2]] + k).ravel(), note) for k, note in enumerate(notes))
    return header.ljust(80, b"\0") + struct.pack("<I", len(notes)) + rows


def test_stl_that_begins_like_text_may_be_binary(tmp_path):
    shape = shape_of(tmp_path, stl([0, 0]), ".stl")
    assert len(shape.faces) == 2
    assert shape.colors is None


def test_stl_in_text_with_any_letters_and_spaces(tmp_path):
    corners = "".join(f" VERTEX  {k}  {k * k} 1e0\r\n" for k in range(3))
    facet = f"  FACET NORMAL 0 0 1\r\n\tOUTER LOOP\r\n{corners} ENDLOOP\r\nENDFACET\r\n"
    shape = shape_of(tmp_path, "SOLID x\r\n" + facet * 3 + "ENDSOLID", ".stl")
    assert shape.positions[:3].tolist() == [[0, 0, 1], [1, 1, 1], [2, 4, 1]]
    assert len(shape.faces) == 3
    for broken in (facet.replace("1e0", "one"), facet.replace("VERTEX  0", "EDGE 0")):
        with pytest.raises(ReadError, match=r"a.stl is not a readable STL file: every vertex must have"):
            shape_of(tmp_path, "solid\n" + broken, ".stl")
    with pytest.raises(ReadError, match=r"a.stl must hold triangles, got none"):
        shape_of(tmp_path, "solid\nendsolid\n", ".stl")


def test_colours_of_stl_of_both_kinds(tmp_path):
    viscam = shape_of(tmp_path, stl([0x8000 | 31 << 10, 0]), ".stl").colors
    assert viscam[0].tolist() == [1, 0, 0, 1]
    assert viscam[3].tolist() == pytest.approx([0.6038, 0.6038, 0.6038, 1], abs=1e-3)
    magics = shape_of(tmp_path, stl([31, 0x8000], b"COLOR=\x00\xff\x00\xff"), ".stl").colors
    assert magics[0].tolist() == [1, 0, 0, 1]
    assert magics[3].tolist() == [0, 1, 0, 1]


def test_mutants_are_read_or_refused(tmp_path):
    Pillow.new("RGB", (4, 4)).save(tmp_path / "skin.png")
    face = "".join(f"property uchar {name}\n" for name in ("red", "green", "blue"))
    face += "property list uchar float texcoord\nproperty int texnumber\n"
    rows = ("3 0 1 2 255 0 0 6 0 0 1 0 1 1 0", "4 0 1 2 3 0 0 255 8 0.5 0 1 0 1 1 0 0 0")
    faces = b"".join(struct.pack(f"<B{len(f)}i", len(f), *f) for f in ((0, 1, 2), (0, 1, 2, 3), (1, 4, 2)))
    head = f"ply\nformat binary_little_endian 1.0\nelement vertex 5\n{XYZ}element face 3\n{LIST}end_header\n".encode()
    for suffix, data in (
        (".ply", text(face=face, rows=rows, comment="comment TextureFile skin.png\n").encode()),
        (".ply", head + SQUARE.astype("<f4").tobytes() + faces),
        (".stl", stl([0x8000, 0x83FF])),
        (
            ".stl",
            b"solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid\n",
        ),
    ):
        for mutant in mutants(data, 3, 250):
            try:
                shape_of(tmp_path, mutant, suffix)
            except ReadError:
                continue
