"""Hypothesis strategies for valid scenes: every type of dhsdk.scene, with values that a lossless format can carry.

`scenes()` draws a whole scene; `scenes(parts=...)` leaves subjects out, for formats that carry less (see PARTS).
Choices of structure are drawn by hypothesis, so that they shrink; array contents come from one drawn seed.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

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

PARTS = frozenset(
    (
        *("materials", "textures", "extensions", "morphs", "skin", "animations", "variants", "cameras", "lights", "instances"),
        *("lods", "colliders", "sockets", "mechanism", "humanoid", "sounds", "cues", "extras", "environment"),
        *("lines", "attributes"),
    )
)
"""What a scene may hold beside nodes and meshes."""

BONES = {
    "hips": None, "spine": "hips", "head": "spine",
    "leftUpperArm": "spine", "leftLowerArm": "leftUpperArm", "leftHand": "leftLowerArm",
    "rightUpperArm": "spine", "rightLowerArm": "rightUpperArm", "rightHand": "rightLowerArm",
    "leftUpperLeg": "hips", "leftLowerLeg": "leftUpperLeg", "leftFoot": "leftLowerLeg",
    "rightUpperLeg": "hips", "rightLowerLeg": "rightUpperLeg", "rightFoot": "rightLowerLeg",
}  # fmt: skip
"""The bones that VRM 1.0 requires, each with its parent bone."""

unit = st.integers(0, 64).map(lambda n: n / 64)
positive = st.integers(1, 256).map(lambda n: n / 64)
signed = st.integers(-256, 256).map(lambda n: n / 64)
vectors = st.tuples(signed, signed, signed)
scales = st.tuples(positive, positive, positive)
rgb = st.tuples(unit, unit, unit)
words = st.text("abcdeXYZ 0189_-é椅", min_size=1, max_size=8)


def _unit_rotation(parts: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    length = sum(part * part for part in parts) ** 0.5
    return tuple(part / length for part in parts) if length > 1e-3 else (0.0, 0.0, 0.0, 1.0)  # type: ignore[return-value]


rotations = st.one_of(st.just((0.0, 0.0, 0.0, 1.0)), st.tuples(signed, signed, signed, signed).map(_unit_rotation))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | signed | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
extras_values = st.dictionaries(words, json_values, max_size=3)
seeds = st.integers(0, 2**32 - 1)
axes = st.sampled_from([(1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.6, 0.0, 0.8)])


@st.composite
def images(draw: Any, colour: str = "srgb") -> Image:
    """A small 8-bit picture, RGB or RGBA."""
    height, width, channels = (*draw(st.sampled_from([(4, 4), (2, 8), (1, 1)])), draw(st.sampled_from([3, 4])))
    pixels = np.random.default_rng(draw(seeds)).integers(0, 256, (height, width, channels), np.uint8)
    return Image(pixels, colour=colour, name=draw(words))


@st.composite
def textures(draw: Any, colour: str = "srgb", sets: int = 1) -> Texture:
    wraps = st.sampled_from(["repeat", "mirror", "clamp"])
    filters = ["nearest", "linear"]
    mips = [*filters, *(f"{one}_mip_{other}" for one in filters for other in filters)]
    return Texture(
        draw(images(colour)),
        texcoord=draw(st.integers(0, sets - 1)),
        wrap=(draw(wraps), draw(wraps)),
        mag=draw(st.sampled_from([None, *filters])),
        min=draw(st.sampled_from([None, *mips])),
        offset=draw(st.sampled_from([(0.0, 0.0), (0.25, -1.5)])),
        rotation=draw(st.sampled_from([0.0, 0.75])),
        scale=draw(st.sampled_from([(1.0, 1.0), (2.0, 0.5)])),
    )


@st.composite
def materials(draw: Any, parts: frozenset[str] = PARTS, sets: int = 1) -> Material:
    """A material; textures only where `parts` has them and the primitive has UV sets."""
    textured = "textures" in parts and sets > 0

    def texture(colour: str = "data") -> Texture | None:
        return draw(textures(colour, sets)) if textured and draw(st.integers(0, 4)) == 0 else None

    extended: dict[str, Any] = {}
    if "extensions" in parts:
        makers: dict[str, Callable[[], Any]] = {
            "clearcoat": lambda: Clearcoat(draw(unit), texture(), draw(unit), texture(), texture(), 1.0),
            "sheen": lambda: Sheen(draw(rgb), texture("srgb"), draw(unit), texture()),
            "transmission": lambda: Transmission(draw(unit), texture()),
            "volume": lambda: Volume(draw(unit), texture(), draw(st.none() | positive), draw(rgb)),
            "specular": lambda: Specular(draw(unit), texture(), draw(rgb), texture("srgb")),
            "iridescence": lambda: Iridescence(draw(unit), texture(), 1.0 + draw(unit), 100.0, 400.0 + draw(positive), texture()),
            "anisotropy": lambda: Anisotropy(draw(unit), draw(signed), texture()),
        }
        chosen = draw(st.sets(st.sampled_from(sorted(makers)), max_size=3))
        extended = {name: makers[name]() for name in sorted(chosen)}
        extended["unlit"] = draw(st.integers(0, 7)) == 0
        extended["ior"] = draw(st.sampled_from([1.5, 1.0, 1.75]))
        extended["emissive_strength"] = draw(st.sampled_from([1.0, 4.0]))
        extended["dispersion"] = draw(st.sampled_from([0.0, 0.5])) if "volume" in extended else 0.0
    mode = draw(st.sampled_from(["OPAQUE", "MASK", "BLEND"]))
    normal, occlusion = texture(), texture()
    return Material(
        name=draw(words),
        base_color=(*draw(rgb), draw(unit)),
        base_color_texture=texture("srgb"),
        metallic=draw(unit),
        roughness=draw(unit),
        metallic_roughness_texture=texture(),
        normal_texture=normal,
        normal_scale=draw(positive) if normal else 1.0,
        occlusion_texture=occlusion,
        occlusion_strength=draw(unit) if occlusion else 1.0,
        emissive=draw(rgb),
        emissive_texture=texture("srgb"),
        alpha_mode=mode,
        alpha_cutoff=draw(unit) if mode == "MASK" else 0.5,
        double_sided=draw(st.booleans()),
        extras=draw(extras_values) if "extras" in parts else {},
        **extended,
    )


def _units(rng: np.random.Generator, count: int, width: int = 3) -> np.ndarray:
    rows = rng.normal(size=(count, width))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@dataclass
class _Shape:
    """What all primitives of one mesh share."""

    parts: frozenset[str]
    joints: int = 0
    morphs: int = 0
    variants: tuple[str, ...] = ()
    palette: list[Material] = field(default_factory=list)


@st.composite
def primitives(draw: Any, shape: _Shape) -> Primitive:
    rng = np.random.default_rng(draw(seeds))
    parts = shape.parts
    mode = draw(st.sampled_from(["triangles", "triangles", "lines", "points"])) if "lines" in parts else "triangles"
    corners = {"triangles": 3, "lines": 2, "points": 1}[mode]
    count = draw(st.integers(corners, 12))
    faces = np.stack([rng.permutation(count)[:corners] for _ in range(draw(st.integers(1, 8)))])
    sets = draw(st.integers(0, 2)) if mode == "triangles" else 0
    normals = mode == "triangles" and draw(st.booleans())
    tangents = normals and sets > 0 and draw(st.booleans())
    bound: dict[str, Any] = {}
    if shape.joints:
        weights = rng.random((count, 4)) + 0.01
        bound["joints"] = rng.integers(0, shape.joints, (count, 4))
        bound["weights"] = weights / weights.sum(axis=1, keepdims=True)
    if "attributes" in parts and draw(st.integers(0, 3)) == 0:
        bound["attributes"] = {"_WEAR": rng.random((count, 1)).astype(np.float32)}
    if "materials" in parts and draw(st.integers(0, 3)):
        known = [material for material in shape.palette if _uv_sets(material) <= sets]
        fresh = materials(parts, sets)
        bound["material"] = draw(st.sampled_from(known) | fresh if known else fresh)
        shape.palette.append(bound["material"])
        if shape.variants:
            chosen = draw(st.sets(st.sampled_from(shape.variants)))
            bound["variants"] = tuple((name, draw(materials(parts, sets))) for name in sorted(chosen))
    return Primitive(
        positions=rng.uniform(-1, 1, (count, 3)).astype(np.float32),
        faces=faces,
        normals=_units(rng, count) if normals else None,
        tangents=np.hstack([_units(rng, count), rng.choice([-1.0, 1.0], (count, 1))]) if tangents else None,
        uvs=tuple(rng.random((count, 2)).astype(np.float32) for _ in range(sets)),
        colors=rng.random((count, 4)) if draw(st.integers(0, 3)) == 0 else None,
        morphs=tuple(
            Morph(
                rng.normal(scale=0.1, size=(count, 3)),
                rng.normal(scale=0.1, size=(count, 3)) if normals else None,
                rng.normal(scale=0.1, size=(count, 3)) if tangents else None,
            )
            for _ in range(shape.morphs)
        ),
        mode=mode,
        extras=draw(extras_values) if "extras" in parts and draw(st.booleans()) else {},
        **bound,
    )


def _uv_sets(material: Material) -> int:
    """How many UV sets a primitive needs to wear this material."""
    parts = [material, *(getattr(material, name) for name in EXTENSIONS)]
    found = [getattr(part, name) for part in parts if part is not None for name in part.__dataclass_fields__]
    return max((one.texcoord + 1 for one in found if isinstance(one, Texture)), default=0)


EXTENSIONS = ("clearcoat", "sheen", "transmission", "volume", "specular", "iridescence", "anisotropy")


@st.composite
def meshes(draw: Any, parts: frozenset[str] = PARTS, joints: int = 0, variants: tuple[str, ...] = (), morphs: int = -1) -> Mesh:
    """A mesh of one or two primitives; with `joints` > 0 its vertices are bound to that many joints."""
    names = ("smile", "blink", "oh")
    many = morphs if morphs >= 0 else draw(st.integers(0, 3)) if "morphs" in parts and draw(st.booleans()) else 0
    shape = _Shape(parts, joints, many, variants)
    return Mesh(
        tuple(draw(primitives(shape)) for _ in range(draw(st.integers(1, 2)))),
        name=draw(words),
        morph_names=names[:many],
        weights=tuple(draw(unit) for _ in range(many)) if many and draw(st.booleans()) else (),
        extras=draw(extras_values) if "extras" in parts else {},
    )


@st.composite
def cameras(draw: Any) -> Camera:
    near, name = draw(positive), draw(words)
    if draw(st.booleans()):
        aspect, far = draw(st.none() | positive), draw(st.none() | positive.map(lambda d: near + d))
        return Camera("perspective", yfov=draw(positive) / 2, aspect=aspect, near=near, far=far, name=name)
    return Camera("orthographic", xmag=draw(positive), ymag=draw(positive), near=near, far=near + draw(positive), name=name)


@st.composite
def lights(draw: Any) -> Light:
    kind = draw(st.sampled_from(["directional", "point", "spot"]))
    cone = {"inner": draw(unit) / 2, "outer": 0.5 + draw(unit)} if kind == "spot" else {}
    reach = None if kind == "directional" else draw(st.none() | positive)
    return Light(kind, draw(rgb), draw(positive), reach, name=draw(words), **cone)


@st.composite
def colliders(draw: Any) -> Collider:
    kind = draw(st.sampled_from(["box", "sphere", "capsule", "cylinder", "hull", "mesh"]))
    place = {"translation": draw(vectors), "rotation": draw(rotations)}
    if kind in ("hull", "mesh"):
        points = np.random.default_rng(draw(seeds)).normal(size=(4, 3)).astype(np.float32)
        return Collider(kind, positions=points, faces=[[0, 2, 1], [0, 1, 3], [1, 2, 3], [0, 3, 2]], **place)
    sizes = tuple(draw(positive) for _ in range({"box": 3, "sphere": 1}.get(kind, 2)))
    if kind == "capsule":
        sizes = (sizes[0], 2 * sizes[0] + sizes[1])
    return Collider(kind, sizes, **place)


@st.composite
def nodes(draw: Any, parts: frozenset[str], variants: tuple[str, ...]) -> list[Node]:
    """A forest of plain nodes; some share a mesh."""
    keys = draw(st.lists(words, min_size=1, max_size=6, unique=True))
    known: list[Mesh] = []
    made: list[Node] = []
    for i, key in enumerate(keys):
        mesh = None
        if draw(st.integers(0, 3)):
            fresh = meshes(parts, variants=variants)
            mesh = draw(st.sampled_from(known) | fresh if known else fresh)
            known.append(mesh)
        held = {
            "camera": cameras() if "cameras" in parts else None,
            "light": lights() if "lights" in parts else None,
            "instances": instances() if "instances" in parts and mesh else None,
        }
        made.append(
            Node(
                key,
                mesh,
                parent=draw(st.sampled_from([None, *keys[:i]])),
                translation=draw(vectors),
                rotation=draw(rotations),
                scale=draw(st.just((1.0, 1.0, 1.0)) | scales),
                weights=tuple(draw(unit) for _ in mesh.morph_names) if mesh and draw(st.booleans()) else (),
                lods=tuple(draw(st.lists(meshes(parts, morphs=0), max_size=2))) if "lods" in parts and mesh else (),
                colliders=tuple(draw(st.lists(colliders(), max_size=2))) if "colliders" in parts else (),
                extras=draw(extras_values) if "extras" in parts else {},
                **{name: draw(maker) for name, maker in held.items() if maker is not None and draw(st.integers(0, 3)) == 0},
            )
        )
    return made


@st.composite
def instances(draw: Any) -> Instances:
    rng, count = np.random.default_rng(draw(seeds)), draw(st.integers(1, 5))
    return Instances(
        rng.normal(size=(count, 3)).astype(np.float32),
        _units(rng, count, 4) if draw(st.booleans()) else None,
        rng.uniform(0.5, 2, (count, 3)).astype(np.float32) if draw(st.booleans()) else None,
    )


@st.composite
def persons(draw: Any, parts: frozenset[str]) -> tuple[list[Node], Humanoid | None]:
    """Bones, a skinned face with morphs at the root, and the humanoid over them."""
    bones = [
        Node(f"bone {name}", parent=parent and f"bone {parent}", translation=draw(vectors)) for name, parent in BONES.items()
    ]
    bones += [Node("hair 1", parent="bone head"), Node("hair 2", parent="hair 1", translation=(0.0, -0.125, 0.0))]
    keys = tuple(bone.key for bone in bones)
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(keys), 1, 1))
    inverse[:, :3, 3] = np.random.default_rng(draw(seeds)).normal(size=(len(keys), 3))
    skin = Skin(keys, inverse, skeleton=draw(st.sampled_from([None, keys[0]])), name="skin")
    face = draw(meshes(parts, joints=len(keys), morphs=2 if "morphs" in parts else 0))
    made = [*bones, Node("face", face, skin=skin)]
    if draw(st.booleans()):
        made.append(Node("body", draw(meshes(parts, joints=len(keys), morphs=0)), skin=skin))
    if "humanoid" not in parts:
        return made, None
    names = face.morph_names
    expressions = tuple(
        Expression(name, tuple(("face", morph, draw(unit)) for morph in names), draw(st.booleans()), "block", "none", "blend")
        for name in draw(st.sets(st.sampled_from(["happy", "aa", "blink"]), max_size=3).map(sorted))
        if names
    )
    springs = (
        Spring("hair", ("hair 1", "hair 2"), draw(unit), draw(unit), draw(unit), (0.0, -1.0, 0.0), draw(unit),
               (SpringCollider("bone head", draw(positive), draw(vectors), draw(st.none() | vectors)),),
               draw(st.sampled_from([None, "bone hips"]))),
    ) if draw(st.booleans()) else ()  # fmt: skip
    return made, Humanoid(
        {name: f"bone {name}" for name in BONES},
        expressions,
        draw(st.none() | st.builds(LookAt, st.sampled_from(["bone", "expression"]), vectors)),
        springs,
        {"name": draw(words), "authors": ["dhsdk"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
    )


@st.composite
def clips(draw: Any, name: str, targets: Iterable[tuple[Node, str]]) -> Animation:
    channels = []
    for node, path in targets:
        rng = np.random.default_rng(draw(seeds))
        count = draw(st.integers(1, 4))
        times = np.cumsum(rng.uniform(0.1, 1.0, count)).astype(np.float32) - np.float32(0.1)
        how = draw(st.sampled_from(["LINEAR", "STEP", "CUBICSPLINE"]))
        width = len(node.mesh.morph_names) if path == "weights" and node.mesh else {"rotation": 4}.get(path, 3)
        values = rng.uniform(0.25, 1.0, (count, width))
        if path == "rotation":
            values = _units(rng, count, 4)
        if how == "CUBICSPLINE":
            tangent = rng.normal(scale=0.1, size=(2, count, width))
            values = np.stack([tangent[0], values, tangent[1]], axis=1)
        channels.append(Channel(node.key, path, times, values, how))
    return Animation(name, tuple(channels), draw(extras_values))


@st.composite
def mechanisms(draw: Any, keys: list[str]) -> dict[str, Any]:
    """Bodies, joints, couplings, a loop and solids over these node keys."""
    node = st.sampled_from(keys)
    kinds = st.sampled_from(["fixed", "revolute", "continuous", "prismatic", "cylindrical", "ball", "planar", "free"])
    joints = []
    for i in range(draw(st.integers(0, 3))):
        low, high = sorted((draw(signed), draw(signed)))
        limits = draw(st.sampled_from([(None, None), (low, high)]))
        joints.append(
            Joint(f"joint {i}", draw(kinds), draw(st.none() | node), draw(node), draw(vectors), draw(rotations), draw(axes),
                  *limits, draw(signed), draw(st.none() | positive), draw(st.none() | positive), draw(unit), draw(unit))
        )  # fmt: skip
    inertia = st.none() | st.tuples(positive, positive, positive, signed, signed, signed)
    frames = (draw(vectors), draw(rotations), draw(vectors), draw(rotations))
    return {
        "joints": tuple(joints),
        "couplings": (Coupling("joint 0", "joint 1", (draw(signed), draw(signed))),) if len(joints) > 1 else (),
        "bodies": tuple(
            Body(key, draw(positive), draw(vectors), draw(inertia), draw(st.booleans()), draw(unit), draw(unit))
            for key in sorted(draw(st.sets(node, max_size=2)))
        ),
        "solids": tuple(
            Solid(key, {"op": "box", "size": list(draw(scales))}, 1000.0 + draw(unit))
            for key in sorted(draw(st.sets(node, max_size=2)))
        ),
        "loops": (Loop("loop", draw(st.sampled_from(["weld", "point", "axis"])), draw(node), draw(node), *frames),)
        if draw(st.booleans())
        else (),
    }


@st.composite
def timed(draw: Any, parts: frozenset[str], keys: list[str]) -> dict[str, Any]:
    """Sounds (16-bit samples) and cues over these node keys."""
    somewhere = st.none() | st.sampled_from(keys)
    held: dict[str, Any] = {}
    if "sounds" in parts and draw(st.integers(0, 3)) == 0:
        samples = np.random.default_rng(draw(seeds)).integers(-32768, 32768, (50, draw(st.integers(1, 2)))) / 32768
        audio = Audio(samples.astype(np.float32), draw(st.sampled_from([8000, 44100])))
        held["sounds"] = (Sound("voice", audio, draw(somewhere), draw(unit), draw(unit), draw(st.booleans())),)
    if "cues" in parts and draw(st.integers(0, 3)) == 0:
        cue = st.builds(
            lambda start, length, text, kind, node: Cue(start, start + length, text, kind, node),
            unit, unit, words, st.sampled_from(["caption", "word", "viseme"]), somewhere,
        )  # fmt: skip
        held["cues"] = tuple(draw(st.lists(cue, max_size=3)))
    return held


@st.composite
def scenes(draw: Any, parts: frozenset[str] = PARTS) -> Scene:
    """A valid scene that holds some of `parts` (names of PARTS)."""
    variants = ("red", "blue")[: draw(st.integers(0, 2))] if "variants" in parts and "materials" in parts else ()
    made = draw(nodes(parts, variants))
    humanoid = None
    if "skin" in parts and draw(st.integers(0, 3)) == 0:
        rig, humanoid = draw(persons(parts))
        taken = {node.key for node in made}
        made += rig if taken.isdisjoint(node.key for node in rig) else []
        humanoid = humanoid if len(made) > len(taken) else None
    keys = [node.key for node in made]
    held: dict[str, Any] = draw(timed(parts, keys))
    if "animations" in parts and draw(st.booleans()):
        able = [(node, path) for node in made for path in ("translation", "rotation", "scale") if node.skin is None]
        able += [(node, "weights") for node in made if node.mesh and node.mesh.morph_names]
        chosen = [draw(st.lists(st.sampled_from(able), min_size=1, max_size=3, unique_by=_target)) for _ in range(2)]
        held["animations"] = tuple(draw(clips(f"clip {i}", targets)) for i, targets in enumerate(chosen))
    if "sockets" in parts:
        kinds, size = st.sampled_from(["seat", "support", "mount"]), st.none() | st.tuples(positive, positive)
        held["sockets"] = tuple(
            Socket(key, draw(st.sampled_from(keys)), draw(vectors), draw(rotations), draw(kinds), draw(size))
            for key in draw(st.lists(words, max_size=2, unique=True))
        )
    if "environment" in parts and draw(st.integers(0, 3)) == 0:
        pixels = np.random.default_rng(draw(seeds)).random((4, 8, 3)).astype(np.float32)
        image = draw(st.sampled_from([None, Image(pixels, colour="linear", name="sky")]))
        held["environment"] = Environment(image, draw(positive), draw(signed))
    if "mechanism" in parts and draw(st.integers(0, 2)) == 0:
        held |= draw(mechanisms(keys))
    extras = draw(extras_values) if "extras" in parts else {}
    return Scene(tuple(made), variants=variants, humanoid=humanoid, name=draw(words), extras=extras, **held)


def _target(pair: tuple[Node, str]) -> tuple[str, str]:
    return pair[0].key, pair[1]
