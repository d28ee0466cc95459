"""OBJ and its MTL: what programs write, and what people's folders do to it."""

import numpy as np
import pytest
from PIL import Image as Pillow

import dhsdk
from dhsdk.errors import ReadError
from dhsdk.formats._mtl import Library
from dhsdk.formats._obj import mesh_of
from dhsdk.formats.beside import nearby
from tests.formats.fuzz import mutants

HOST = dhsdk.Host(device="cpu")
SQUARE = "v 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nvn 0 0 1\n"
FACE = "f 1/1/1 2/2/1 3/3/1 4/4/1\n"


def picture(path, colour=(200, 100, 50), size=(8, 4)):
    path.parent.mkdir(exist_ok=True)
    Pillow.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(path)


def read(tmp_path, obj, mtl=""):
    (tmp_path / "a.obj").write_text(obj)
    if mtl:
        (tmp_path / "a.mtl").write_text(mtl)
    return HOST.load(tmp_path / "a.obj")


def material(tmp_path, mtl):
    scene = read(tmp_path, f"mtllib a.mtl\n{SQUARE}usemtl m\n{FACE}", f"newmtl m\n{mtl}")
    return scene.meshes[0].primitives[0].material, scene.extras.get("notes", ())


def test_pbr_keys_become_pbr(tmp_path):
    found, notes = material(tmp_path, "Kd 0.25 0.5 1\nPr 0.3\nPm 0.75\nKe 2 1 0\nd 0.5\nKs 1 1 1\nNi 1.45\nillum 2\n")
    assert found.base_color == (0.25, 0.5, 1.0, 0.5)
    assert (found.roughness, found.metallic, found.alpha_mode) == (0.3, 0.75, "BLEND")
    assert (found.emissive, found.emissive_strength) == ((1.0, 0.5, 0.0), 2.0)
    assert notes == ()


def test_transparency_is_one_minus_opacity_and_what_is_invisible_is_shown_and_told(tmp_path):
    assert material(tmp_path, "Tr 0.25\n")[0].base_color[3] == 0.75
    found, notes = material(tmp_path, "Tr 1\n")
    assert found.base_color[3] == 1.0
    assert notes == ("material 'm' is written as invisible (d 0 or Tr 1): shown",)


def test_shine_becomes_roughness(tmp_path):
    assert material(tmp_path, "Ns 250\n")[0].roughness == pytest.approx(0.5)
    assert material(tmp_path, "Ns 0\n")[0].roughness == 1.0


def test_pictures_are_read_with_their_options_and_spaces(tmp_path):
    picture(tmp_path / "my wood.png")
    found, notes = material(tmp_path, "Kd 0 0 0\nmap_Kd -s 2 3 1 -o 0.25 0.5 -clamp on my wood.png\n")
    texture = found.base_color_texture
    assert texture.image.pixels[0, 0].tolist() == [200, 100, 50]
    assert texture.image.encoded == (tmp_path / "my wood.png").read_bytes()
    assert found.base_color == (1.0, 1.0, 1.0, 1.0)
    assert (texture.scale, texture.offset, texture.wrap) == ((2.0, 3.0), (0.25, -2.5), ("clamp", "clamp"))
    assert notes == ()


@pytest.mark.parametrize("name", ["C:\\work\\Textures\\WOOD.TGA", "../../textures/wood.tga", "/home/me/textures/wood.tga"])
def test_a_path_of_another_machine_is_found_beside_the_file(tmp_path, name):
    picture(tmp_path / "textures" / "wood.tga")
    assert material(tmp_path, f"map_Kd {name}\n")[0].base_color_texture.image.pixels[0, 0].tolist() == [200, 100, 50]


def test_pictures_outside_the_folder_are_not_opened(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    picture(tmp_path / "secret.png")
    (home / "link.png").symlink_to(tmp_path / "secret.png")
    for name in ("../secret.png", str(tmp_path / "secret.png"), "link.png"):
        found, notes = material(home, f"map_Kd {name}\n")
        assert found.base_color_texture is None
        assert notes[0].startswith("picture '")
        assert notes[0].endswith("' (map_kd) is not there")


def test_missing_and_broken_pictures_are_told_and_the_rest_serves(tmp_path):
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nxxxx")
    found, notes = material(tmp_path, "Pr 0.2\nmap_Kd gone.png\nmap_Pm broken.png\nmap_Ke\n")
    assert found.roughness == 0.2
    assert found.base_color_texture is None
    assert [note.split(":")[0] for note in notes] == [
        "picture 'gone.png' (map_kd) is not there",
        "map_ke names no picture",
        "picture 'broken.png' left out",
    ]


def test_roughness_and_metal_share_a_picture(tmp_path):
    Pillow.new("L", (8, 8), 51).save(tmp_path / "r.png")
    Pillow.new("L", (4, 4), 204).save(tmp_path / "m.png")
    found, _ = material(tmp_path, "map_Pr r.png\nmap_Pm m.png\n")
    assert found.metallic_roughness_texture.image.pixels[3, 3].tolist() == [255, 51, 204]
    assert (found.roughness, found.metallic) == (1.0, 1.0)
    assert material(tmp_path, "Pm 1\nmap_Pr r.png\n")[0].metallic_roughness_texture.image.pixels[0, 0].tolist() == [255, 51, 255]


def test_bumps_are_normals_or_heights(tmp_path):
    picture(tmp_path / "n.png", (128, 140, 250))
    assert material(tmp_path, "map_Bump -bm 1 n.png\n")[0].normal_texture.image.pixels[0, 0].tolist() == [128, 140, 250]
    slope = np.tile(np.minimum(np.arange(64), 63 - np.arange(64)).astype(np.uint8) * 4, (64, 1))
    Pillow.fromarray(slope).save(tmp_path / "h.png")
    made = material(tmp_path, "bump h.png\n")[0].normal_texture.image.pixels.astype(int)
    assert (made[:, 5:25, 0] < 126).all()  # heights rise to the right: normals lean to the left
    assert (made[:, 40:60, 0] > 129).all()
    assert (abs(made[..., 1] - 128) <= 1).all()


def test_opacity_of_a_picture_becomes_a_mask_or_a_blend(tmp_path):
    holes = np.zeros((16, 16, 4), np.uint8)
    holes[4:12, 4:12] = 255
    Pillow.fromarray(holes).save(tmp_path / "leaf.png")
    found, _ = material(tmp_path, "map_Kd leaf.png\nmap_d leaf.png\n")
    assert (found.alpha_mode, found.base_color_texture.image.pixels[0, 0, 3]) == ("MASK", 0)
    Pillow.new("L", (16, 16), 128).save(tmp_path / "veil.png")
    found, _ = material(tmp_path, "Kd 1 0 0\nmap_d veil.png\n")
    assert (found.alpha_mode, found.base_color[:3]) == ("BLEND", (1.0, 0.0, 0.0))
    assert found.base_color_texture.image.pixels[0, 0].tolist() == [255, 255, 255, 128]


def test_a_material_file_of_another_name_serves(tmp_path):
    scene = read(tmp_path, f"mtllib old name.mtl\n{SQUARE}usemtl m\n{FACE}", "newmtl m\nPr 0.1\n")
    assert scene.meshes[0].primitives[0].material.roughness == 0.1
    assert scene.extras["notes"] == ("material file 'old name.mtl' is not there: a.mtl serves",)


def test_unknown_materials_are_grey_and_told(tmp_path):
    scene = read(tmp_path, f"mtllib gone.mtl\n{SQUARE}usemtl m\n{FACE}usemtl n\n{FACE}")
    assert [one.material.base_color[0] for one in scene.meshes[0].primitives] == [0.6, 0.6]
    assert scene.extras["notes"][:2] == ("material file 'gone.mtl' is not there", "material 'm' is not defined: grey serves")
    (tmp_path / "b").mkdir()
    scene = read(tmp_path / "b", f"mtllib a.mtl\n{SQUARE}{FACE}usemtl n\n{FACE}", "newmtl n\nmap_Disp h.png\n")
    assert scene.extras["notes"] == ("triangles have no material: grey serves", "material 'n': map_disp not kept")


def test_corners_of_any_form_polygons_of_any_size_and_numbers_that_count_back(tmp_path):
    text = (
        SQUARE + "f 1 2 3\nf 1/1 2/2 3/3\nf 1//1 2//1 3//1\nf -4/-4/-1 -3/-3/-1 \\\n-2/-2/-1 -1/-1/-1 # four\nf 1/ 2/ 3/\nf 1 2\n"
    )
    shapes = read(tmp_path, text).meshes[0].primitives
    assert sum(len(one.faces) for one in shapes) == 6
    assert {(bool(one.uvs), one.normals is not None) for one in shapes} == {
        (True, True),
        (True, False),
        (False, True),
        (False, False),
    }


def test_polygons_that_are_not_convex_are_cut_within(tmp_path):
    star = [
        (np.cos(a) * r, np.sin(a) * r) for a, r in zip(np.linspace(0, 2 * np.pi, 10, endpoint=False), [1, 0.3] * 5, strict=True)
    ]
    for turn in (1, -1):
        text = "".join(f"v {x} {y} 0\n" for x, y in star[::turn]) + "f 1 2 3 4 5 6 7 8 9 10\n"
        shape = read(tmp_path, text).meshes[0].primitives[0]
        a, b, c = (shape.positions[shape.faces[:, k]].astype(float) for k in range(3))
        areas = np.cross(b - a, c - a)[:, 2] / 2
        x, y = np.array(star).T
        assert (areas * turn >= 0).all()
        assert abs(areas).sum() == pytest.approx(abs((x * np.roll(y, -1) - y * np.roll(x, -1)).sum() / 2))
    arrow = read(tmp_path, "v 0 0 0\nv 1 1 0\nv 0 0.2 0\nv -1 1 0\nf 2 3 4 1\n").meshes[0].primitives[0]
    a, b, c = (arrow.positions[arrow.faces[:, k]].astype(float) for k in range(3))
    assert len(set(np.sign(np.cross(b - a, c - a)[:, 2]))) == 1


def test_colours_after_the_coordinates_are_kept(tmp_path):
    scene = read(tmp_path, "v 0 0 0 1 0 0\nv 1 0 0 0 1 0\nv 0 1 0 0.5 0.5 0.5\nf 1 2 3\n")
    assert scene.meshes[0].primitives[0].colors[2].tolist() == pytest.approx([0.2140, 0.2140, 0.2140, 1.0], abs=1e-3)
    mixed = read(tmp_path, "v 0 0 0 1 0 0\nv 1 0 0\nv 0 1 0 0.5 0.5 0.5\nf 1 2 3\n")
    assert mixed.meshes[0].primitives[0].colors is None


def test_uvs_that_are_not_there_are_told(tmp_path):
    scene = read(tmp_path, SQUARE + "f 1/9 2/2 3/3\n")
    assert not scene.meshes[0].primitives[0].uvs
    assert scene.extras["notes"] == ("UVs that are not there are named 1 times: left out",)
    scene = read(tmp_path, "vt nan 0\n" + SQUARE + FACE)
    assert not scene.meshes[0].primitives[0].uvs
    assert scene.extras["notes"] == ("UVs that are not finite: all left out",)
    assert read(tmp_path, SQUARE + "f 1 2 3\nl 1 2\np 1\n").extras["notes"] == ("lines, points are not read: only polygons are",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("v 0 0 0\nf 1 1 4\n", r"a.obj must name points 1..1, got 4"),
        ("v 0 0 0\nf 1 0 1\n", r"a.obj must name points 1..1, got 0"),
        ("v 0 0 0\nf 1/1/1/1 1 1\n", r"a corner in a.obj must be written a, a/b, a/b/c or a//c, got b'1/1/1/1'"),
        ("v 0 0 0\nf 1 1/1 1\n", r"a.obj is not a readable OBJ file: corners of a face must be whole numbers, written alike"),
        ("v 0 0\nf 1 1 1\n", r"a point of a.obj must have three coordinates, got 2"),
        ("v 0 0 x\nf 1 1 1\n", r"a.obj is not a readable OBJ file: "),
        ("v 0 0 0\nf" + " 1" * 5000 + "\n", r"a polygon of a.obj must have at most 4,096 corners, got 5,000"),
        ("".join(f"usemtl {k}\n" for k in range(5000)), r"a.obj must have at most 4,096 materials, got more"),
    ],
)
def test_broken_text_is_refused(tmp_path, text, message):
    with pytest.raises(ReadError, match=message):
        read(tmp_path, text)


def test_material_files_have_limits(tmp_path, monkeypatch):
    monkeypatch.setattr("dhsdk.formats._mtl.MAX_BYTES", 30)
    assert material(tmp_path, "Pr 0.1\n" * 9)[1][0] == "material file 'a.mtl' has more than 30 bytes: left out"
    monkeypatch.setattr("dhsdk.formats._mtl.MAX_BYTES", 10**6)
    monkeypatch.setattr("dhsdk.formats._mtl.MAX_MATERIALS", 2)
    library = Library(tmp_path)
    (tmp_path / "many.mtl").write_text("newmtl a\nnewmtl b\nnewmtl c\n")
    library.add("many.mtl", "")
    assert library.notes == ["material files define more than 2 materials: the rest is left out"]


def test_pictures_have_limits(tmp_path, monkeypatch):
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png")
    monkeypatch.setattr("dhsdk.formats._mtl.MAX_PIXELS", 20)
    _, notes = material(tmp_path, "map_Kd a.png\nmap_Ke b.png\n")
    assert notes == ("picture 'b.png' left out: the pictures of a file must have at most 20 pixels together, got more",)
    monkeypatch.setattr("dhsdk.formats._mtl.MAX_PICTURE", 20)
    _, notes = material(tmp_path, "map_Kd a.png\n")
    assert notes[0].startswith("picture 'a.png' left out: a picture must have at most 20 bytes, got")


def test_names_that_no_file_can_have_are_not_there(tmp_path):
    for name in ("", "..", "a\0b", "x" * 5000, "/" * 99, "a:b"):
        assert nearby(tmp_path, name) is None


def test_mutants_of_materials_are_read_or_refused(tmp_path):
    picture(tmp_path / "c.png")
    text = "newmtl m\nKd 0.25 0.5 1\nPr 0.3\nKe 2 1 0\nd 0.5\nmap_Kd -s 2 2 2 -o 0 0 c.png\nmap_Bump -bm 2 c.png\nmap_d c.png\n"
    (tmp_path / "a.obj").write_text(f"mtllib a.mtl\n{SQUARE}usemtl m\n{FACE}")
    for mutant in mutants(text.encode(), 7, 150):
        (tmp_path / "a.mtl").write_bytes(mutant)
        assert HOST.load(tmp_path / "a.obj").meshes[0].triangles == 2
    whole = (tmp_path / "a.obj").read_bytes()
    for mutant in mutants(whole, 8, 300):
        (tmp_path / "a.obj").write_bytes(mutant)
        try:
            HOST.load(tmp_path / "a.obj")
        except ReadError:
            continue


def test_many_lines_are_read_in_their_order():
    from pathlib import Path

    rows = "".join(f"v {k} {k % 7} 0\n" for k in range(3000)) + "".join(f"f {k} {k + 1} {k + 2}\n" for k in range(1, 2999))
    mesh, _ = mesh_of(rows.encode(), Path("a.obj"))
    shape = mesh.primitives[0]
    assert np.array_equal(shape.positions[shape.faces[:, 0], 0], np.arange(2998))
