"""A scene with every kind of part, made by hand, for the tests of glTF."""

import numpy as np

from dhsdk.media import Audio, Image
from dhsdk.scene import (
    Animation,
    Anisotropy,
    Body,
    Camera,
    Channel,
    Clearcoat,
    Collider,
    Coupling,
    Cue,
    Environment,
    Expression,
    Humanoid,
    Instances,
    Iridescence,
    Joint,
    Light,
    LookAt,
    Loop,
    Material,
    Mesh,
    Morph,
    Node,
    Primitive,
    Scene,
    Sheen,
    Skin,
    Socket,
    Solid,
    Sound,
    Specular,
    Spring,
    SpringCollider,
    Texture,
    Transmission,
    Volume,
)


def box(size=(1.0, 1.0, 1.0), **more):
    """A box with a vertex for every corner of every side, standing on the ground."""
    sides = [(0, 1, 2), (0, 2, 1), (1, 2, 0), (1, 0, 2), (2, 0, 1), (2, 1, 0)]
    points, normals, tangents, uvs, faces = [], [], [], [], []
    for n, (axis, first, second) in enumerate(sides):
        sign = 1.0 if n % 2 == 0 else -1.0
        for u, v in ((0, 0), (1, 0), (1, 1), (0, 1)):
            point = [0.0, 0.0, 0.0]
            point[axis], point[first], point[second] = sign / 2, u - 0.5, v - 0.5
            points.append(point)
            normals.append([sign * (i == axis) for i in range(3)])
            tangents.append([float(i == first) for i in range(3)] + [-1.0])
            uvs.append([u, 1 - v])
        corners = 4 * n + np.arange(4)
        turned = np.cross(np.eye(3)[first], np.eye(3)[second])[axis] * sign < 0
        faces += [corners[[0, 2, 1]], corners[[0, 3, 2]]] if turned else [corners[[0, 1, 2]], corners[[0, 2, 3]]]
    given = {"normals": normals, "tangents": tangents, "uvs": (np.array(uvs, np.float32),)} | more
    return Primitive((np.array(points) + np.array([0, 0.5, 0])) * size, np.array(faces), **given)


def picture(colour="srgb", name="checks", channels=3):
    """A 16 x 16 chess board."""
    y, x = np.mgrid[:16, :16]
    pixels = np.full((16, 16, channels), 255, np.uint8)
    pixels[(x // 4 + y // 4) % 2 == 0, :3] = (128, 128, 255) if colour == "data" else (40, 90, 200)
    return Image(pixels, colour=colour, name=name)


def rich_material():
    """Every extension at once, with textures."""
    colour, data = picture(), picture("data", "flat")
    plain = Texture(data, wrap=("clamp", "mirror"), mag="linear", min="linear_mip_linear")
    moved = Texture(colour, offset=(0.25, 0.5), rotation=0.5, scale=(2.0, 3.0))
    return Material(
        name="lacquer",
        base_color=(0.9, 0.8, 0.7, 1.0),
        base_color_texture=moved,
        metallic=0.25,
        roughness=0.5,
        metallic_roughness_texture=plain,
        normal_texture=plain,
        normal_scale=0.5,
        occlusion_texture=plain,
        occlusion_strength=0.75,
        emissive=(0.1, 0.0, 0.0),
        emissive_texture=Texture(colour),
        emissive_strength=2.0,
        alpha_mode="MASK",
        alpha_cutoff=0.25,
        ior=1.4,
        dispersion=0.1,
        clearcoat=Clearcoat(0.5, plain, 0.25, plain, plain, 0.5),
        sheen=Sheen((0.1, 0.2, 0.3), moved, 0.5, plain),
        transmission=Transmission(0.25, plain),
        volume=Volume(0.1, plain, 2.0, (0.5, 0.6, 0.7)),
        specular=Specular(0.5, plain, (0.9, 0.9, 0.8), moved),
        iridescence=Iridescence(0.5, plain, 1.2, 200.0, 500.0, plain),
        anisotropy=Anisotropy(0.5, 0.25, plain),
        extras={"grade": "A"},
    )


def plant():
    """A skinned, morphed column of two boxes on three bones."""
    at = np.array([2.0, 0.0, 0.0])
    lower, upper = box((0.4, 1.0, 0.4)), box((0.3, 1.0, 0.3))
    both = np.concatenate([lower.positions, upper.positions + np.array([0, 1, 0])])
    share = np.clip(both[:, 1] / 2, 0, 1)
    weights = np.stack([1 - share, share, 0 * share, 0 * share], axis=1)
    bones = np.where(weights > 0, [[0, 1, 0, 0]], 0)
    swell, lean = both * (0.5, 0, 0.5), np.zeros_like(both)
    lean[:, 0] = 0.2 * share
    return Primitive(
        both + at,
        np.concatenate([lower.faces, upper.faces + len(lower.positions)]),
        normals=np.concatenate([lower.normals, upper.normals]),
        uvs=(np.concatenate([lower.uvs[0], upper.uvs[0]]),),
        joints=bones,
        weights=weights,
        morphs=(Morph(swell), Morph(lean)),
        material=Material("leaf", base_color=(0.2, 0.6, 0.2, 1.0), metallic=0.0),
    )


def skinned():
    """(nodes, clip) of the plant and its bones."""
    inverse = np.tile(np.eye(4), (2, 1, 1))
    inverse[:, 0, 3] = -2
    inverse[1, 1, 3] = -1
    skin = Skin(("stem", "crown"), inverse, "stem", "plant rig")
    mesh = Mesh((plant(),), "plant", ("swell", "lean"), (0.25, 0.0))
    nodes = (
        Node("rig", translation=(2.0, 0.0, 0.0)),
        Node("stem", parent="rig"),
        Node("crown", parent="stem", translation=(0.0, 1.0, 0.0)),
        Node("plant", mesh, skin=skin, weights=(0.5, 0.0), lods=(Mesh((plant(),), "plant low", ("swell", "lean")),)),
    )
    times = np.array([0, 0.5, 1], np.float32)
    turn = np.array([[0, 0, 0, 1], [0, 0, 0.38268343, 0.92387953], [0, 0, 0, 1]], np.float32)
    spline = np.zeros((3, 3, 3), np.float32)
    spline[:, 1] = [[2, 0, 0], [2, 0.5, 0], [2, 0, 0]]
    clip = Animation(
        "sway",
        (
            Channel("crown", "rotation", times, turn),
            Channel("plant", "weights", times, [[0, 0], [1, 0.5], [0, 0]], "STEP"),
            Channel("rig", "translation", times, spline, "CUBICSPLINE"),
        ),
        {"loop": True},
    )
    return nodes, clip


def everything():
    """One of each."""
    rig, clip = skinned()
    red, blue = Material("red", base_color=(1, 0, 0, 1), double_sided=True), Material("blue", base_color=(0, 0, 1, 1), unlit=True)
    shared = Mesh((box(material=rich_material(), variants=(("red", red), ("blue", blue))),), "box", extras={"made": "by hand"})
    low = Mesh((box(material=red),), "box low")
    hull = Collider("hull", positions=np.eye(4, 3), faces=[[0, 1, 2], [0, 3, 1], [1, 3, 2], [0, 2, 3]])
    shapes = (
        Collider("box", (1.0, 1.0, 1.0), (0.0, 0.5, 0.0)),
        Collider("capsule", (0.25, 1.0), rotation=(0.0, 0.0, 0.7071067811865476, 0.7071067811865476)),
        *(Collider("sphere", (0.5,)), Collider("cylinder", (0.5, 1.0)), hull),
    )
    stones = Instances(
        [[0, 0, 3], [1, 0, 3], [2, 0, 3]], [[0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 1]], [[1, 1, 1], [2, 2, 2], [1, 2, 1]]
    )
    tint = box(
        (0.2, 0.2, 0.2),
        colors=np.linspace(0, 1, 96).reshape(24, 4),
        attributes={"_WEAR": np.linspace(0, 1, 24)[:, None].astype(np.float32)},
    )
    sky = Image(np.linspace(0, 8, 4 * 8 * 3, dtype=np.float32).reshape(4, 8, 3), colour="linear", name="sky")
    nodes = (
        Node("table", extras={"price": 12.5}),
        Node("crate", shared, "table", (0.1, 0.2, 0.3), lods=(low,), colliders=shapes, extras={"tags": ["oak", {"dense": 1}]}),
        Node("second", shared, translation=(-2.0, 0.0, 0.0), scale=(0.5, 1.0, 0.5)),
        Node("stones", Mesh((tint,), "stone"), instances=stones),
        Node("lens", camera=Camera(yfov=0.8, aspect=1.5, far=None, name="lens"), translation=(0, 1, 6)),
        Node("plan view", camera=Camera("orthographic", xmag=2.0, ymag=3.0, far=50.0)),
        Node("lamp", light=Light("spot", (1, 0.9, 0.8), 50.0, 10.0, 0.1, 0.5, "lamp"), translation=(0, 3, 0)),
        Node("sun", light=Light("directional", intensity=3.0)),
        *rig,
    )  # fmt: skip
    return Scene(
        nodes,
        animations=(clip,),
        environment=Environment(sky, 0.5, 1.0),
        sockets=(Socket("top", "crate", (0.0, 1.0, 0.0), kind="support", size=(1.0, 1.0)),),
        variants=("red", "blue"),
        solids=(Solid("crate", {"op": "box", "size": [1, 1, 1]}, 700.0),),
        bodies=(Body("crate", 12.0, (0.0, 0.5, 0.0), (1.0, 1.0, 1.0, 0.0, 0.0, 0.0)),),
        joints=(Joint("hinge", "revolute", None, "crate", lower=-1.0, upper=1.0), Joint("slide", "prismatic", "table", "second")),
        couplings=(Coupling("hinge", "slide", (0.0, 0.5)),),
        loops=(Loop("ring", "weld", "table", "second"),),
        humanoid=Humanoid(
            {"hips": "stem", "spine": "crown"},
            (Expression("happy", (("plant", "swell", 1.0),)),),
            LookAt("expression"),
            (Spring("tuft", ("stem", "crown"), colliders=(SpringCollider("rig", 0.1, tail=(0.0, 1.0, 0.0)),)),),
            {"name": "plant", "authors": ["dhsdk"]},
        ),
        sounds=(Sound("hum", Audio(np.linspace(-1, 1, 100, dtype=np.float32), 8000), "lamp", 0.5, 0.25, True),),
        cues=(Cue(0.0, 1.0, "crate", "caption", "crate"),),
        name="everything",
        extras={"dhsdk": {"generator": "hand", "seed": 7, "plan": {"legs": [1, 2]}}, "mood": "calm"},
    )
