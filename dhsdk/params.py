"""Typed, checked parameters: one definition gives validation, CLI flags, JSON schema, captions and documentation."""

from __future__ import annotations

import hashlib
import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import pydantic

from dhsdk.errors import ParamError

if typing.TYPE_CHECKING:
    from pydantic._internal._model_construction import ModelMetaclass
else:
    ModelMetaclass = type(pydantic.BaseModel)

RESERVED = frozenset({
    "seed", "want", "plan", "set", "edits", "variants", "lock", "change", "report", "target", "device", "strict", "debug", "out",
    "allow_network", "generator", "request", "progress", "cancelled",
})  # fmt: skip
"""Field names that the command line and Request use themselves."""

FILE_SUFFIXES = frozenset({
    ".png", ".jpg", ".jpeg", ".webp", ".hdr", ".exr", ".glb", ".gltf", ".vrm", ".obj", ".stl", ".ply", ".wav", ".mp3", ".mp4",
    ".txt", ".json", ".step", ".stp", ".urdf",
})  # fmt: skip


def param(
    default: Any = ...,
    *,
    help: str,
    unit: str = "",
    ge: float | None = None,
    le: float | None = None,
    low: str = "",
    high: str = "",
) -> Any:
    """A field of a Params class. `low` and `high` are the words for both ends of its range ("squat", "tall")."""
    extra = {key: value for key, value in {"unit": unit, "low": low, "high": high}.items() if value}
    return pydantic.Field(default, description=help, ge=ge, le=le, json_schema_extra=extra)  # type: ignore[arg-type]


class _Checked(ModelMetaclass):
    def __call__(cls, *args: Any, **values: Any) -> Any:
        try:
            return super().__call__(*args, **values)
        except pydantic.ValidationError as error:
            raise ParamError(_one_line(cls, error)) from error


class Params(pydantic.BaseModel, metaclass=_Checked):
    """Frozen, typed fields made with param(). Raises ParamError for an unknown key or a value out of range."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", validate_default=True, allow_inf_nan=False)

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """The checked parameters of plain (also JSON) values. Raises ParamError naming the field."""
        try:
            return cls.model_validate(dict(values))
        except pydantic.ValidationError as error:
            raise ParamError(_one_line(cls, error)) from error


class Words(Params):
    """What became of the words of a request."""

    understood: tuple[str, ...] = param((), help="words that decided something")
    ignored: tuple[str, ...] = param((), help="words that decided nothing")
    assumed: tuple[str, ...] = param((), help="what was chosen where the request said nothing")
    low_confidence: tuple[str, ...] = param((), help="guesses that deserve a look, each with its reason")


class ModelUse(Params):
    """Weights that took part, as provenance tells them."""

    name: str = param(help="what they are called")
    sha256: str = param(help="hash of their file; of several files: the hash of their sorted hashes")
    licence: str = param(help="their licence, 'not stated' where they come without one")


class Plan(Params):
    """A resolved design: everything that build() needs, and nothing left to choose. Generators with words derive from it."""

    words: Words = param(Words(), help="what became of the words of the request")
    models: tuple[ModelUse, ...] = param((), help="weights that made this plan, or that build() will use")


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a command line or a form shows it."""

    name: str
    type: type
    default: Any
    required: bool
    help: str
    unit: str
    ge: float | None
    le: float | None
    low: str
    high: str
    choices: tuple[str, ...]

    @property
    def range(self) -> str:
        """The range in words: '[3, 24]', '>= 0', or '' when there is none."""
        if self.choices:
            return "{" + ", ".join(self.choices) + "}"
        if self.ge is not None and self.le is not None:
            return f"[{self.ge:g}, {self.le:g}]"
        return f">= {self.ge:g}" if self.ge is not None else f"<= {self.le:g}" if self.le is not None else ""


def fields(params: type[pydantic.BaseModel]) -> tuple[Field, ...]:
    """The fields of a Params class, in the order of their definition."""
    return tuple(_field(name, info) for name, info in params.model_fields.items())


def every_field(params: type[pydantic.BaseModel], here: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Field]]:
    """Every scalar field of a Params class with its path, nested groups opened."""
    for one in fields(params):
        if isinstance(one.type, type) and issubclass(one.type, pydantic.BaseModel):
            yield from every_field(one.type, (*here, one.name))
        else:
            yield (*here, one.name), one


def _field(name: str, info: pydantic.fields.FieldInfo) -> Field:
    ge = le = None
    for limit in info.metadata:
        ge = getattr(limit, "ge", ge)
        le = getattr(limit, "le", le)
    kind, choices = _scalar(info.annotation)
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    return Field(
        name=name,
        type=kind,
        default=None if info.is_required() else info.default,
        required=info.is_required(),
        help=info.description or "",
        unit=str(extra.get("unit", "")),
        ge=ge,
        le=le,
        low=str(extra.get("low", "")),
        high=str(extra.get("high", "")),
        choices=choices,
    )


def _scalar(annotation: Any) -> tuple[type, tuple[str, ...]]:
    """The plain type behind an annotation, and its choices when it is a Literal. None in a union is dropped."""
    if typing.get_origin(annotation) is Literal:
        return str, tuple(str(choice) for choice in typing.get_args(annotation))
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        inner = [_scalar(one) for one in typing.get_args(annotation) if one is not type(None)]
        return inner[0] if len(inner) == 1 else (str, ())
    origin = typing.get_origin(annotation) or annotation
    return (origin if isinstance(origin, type) else object), ()


def _one_line(cls: type, error: pydantic.ValidationError) -> str:
    """`slots must be in [3, 24], got 1 (number of slots)`, for the first fault; the others are counted."""
    faults: dict[str, list[Any]] = {}
    for one in error.errors():  # each member of a union has a fault of its own, at one place
        faults.setdefault(_place(cls, one["loc"]).path, []).append(one)
    here = next(iter(faults.values()))
    fault = here[0]
    place = _place(cls, fault["loc"])
    about = f" ({place.field.help})" if place.field and place.field.help else ""
    if fault["type"] == "extra_forbidden":
        owner = _place(cls, fault["loc"][:-1]).model
        line = f"{place.path} is not a parameter of {owner.__name__}; it has: {', '.join(owner.model_fields) or 'none'}"
    elif fault["type"] == "missing":
        line = f"{place.path} must be given{about}"
    else:
        rules = dict.fromkeys(_rule(one, place.field) for one in here)
        line = f"{place.path} must be {' or '.join(rules)}, got {_shown(fault['input'])}{about}"
    return line if len(faults) == 1 else f"{line}; and {len(faults) - 1} more"


_RULES = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "a group of values",
    "model_type": "a group of values",
    "too_short": "at least {min_length} items long",
    "too_long": "at most {max_length} items long",
    "union_tag_invalid": "one with {discriminator} among {expected_tags}",
    "union_tag_not_found": "one that names its {discriminator}",
}
_RANGE_FAULTS = {"greater_than_equal", "less_than_equal", "literal_error"}


def _rule(fault: Any, field: Field | None) -> str:
    if field and field.range and fault["type"] in _RANGE_FAULTS:
        return f"in {field.range}" if field.range[0] in "[{" else field.range
    if fault["type"] in _RULES:
        return _RULES[fault["type"]].format(**fault.get("ctx", {}))
    return str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input should be ")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a fault is: dotted path, the model there or above it, and the field where it is one."""

    path: str
    model: Any
    field: Field | None


def _place(cls: Any, steps: tuple[int | str, ...]) -> _Place:
    """pydantic's location without the labels that it adds for the members of a union."""
    path: list[str] = []
    annotation, field = cls, None
    for step in steps:
        model = next((one for one in alternatives(annotation) if step in one.model_fields), None)
        container = next((one for one in _members(annotation) if typing.get_origin(one) in (dict, list, tuple)), None)
        label = next((one for one in alternatives(annotation) if step in (one.__name__, *_tags(one))), None)
        if model is not None:
            annotation = model.model_fields[str(step)].annotation
            field = _field(str(step), model.model_fields[str(step)])
        elif container is not None and (isinstance(step, int) or typing.get_origin(container) is dict):
            annotation = _item(container, step)
        elif label is not None:
            annotation = label
            continue
        elif annotation in alternatives(annotation):  # a name that the model does not have
            field = None
        else:  # the label of a plain type in a union
            continue
        path.append(str(step))
    return _Place(".".join(path) or cls.__name__, next(iter(alternatives(annotation)), cls), field)


def _item(container: Any, step: int | str) -> Any:
    """The annotation of one item of a dict, list or tuple."""
    items = typing.get_args(container)
    if typing.get_origin(container) is dict or not isinstance(step, int):
        return items[1]
    return items[0] if items[-1] is ... else items[min(step, len(items) - 1)]


def _members(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, Annotated taken off; any other annotation alone."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _members(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(inner for one in typing.get_args(annotation) for inner in _members(one))
    return (annotation,)


def alternatives(annotation: Any) -> list[type[pydantic.BaseModel]]:
    """The model classes that a type stands for: itself, or the members of a union."""
    return [one for one in _members(annotation) if isinstance(one, type) and issubclass(one, pydantic.BaseModel)]


def _tags(model: type[pydantic.BaseModel]) -> Iterator[Any]:
    """The values of Literal fields: what a discriminated union tells its members by."""
    for info in model.model_fields.values():
        if typing.get_origin(info.annotation) is Literal:
            yield from typing.get_args(info.annotation)


def with_edits(plan: pydantic.BaseModel, edits: Mapping[str, Any]) -> Any:
    """A new, checked plan with values set by dotted path: {"legs.count": 5, "objects.0.finishes.seat.color": "#ff0000"}.

    The end of a path is enough where only one place of the plan ends so.
    Raises ParamError when a path leads nowhere or to several places (it lists them), or a value is out of range.
    """
    data = plan.model_dump(mode="json")
    for path, value in edits.items():
        *steps, last = _find(data, path)
        target: Any = data
        for step in steps:
            target = target[step]
        target[last] = value
    try:
        return type(plan).model_validate(data)
    except pydantic.ValidationError as error:
        raise ParamError(_one_line(type(plan), error)) from error


def value_at(plan: pydantic.BaseModel, path: str) -> Any:
    """The value, as JSON, of a dotted path of with_edits(). Raises ParamError when it leads nowhere or to several places."""
    found: Any = plan.model_dump(mode="json")
    for step in _find(found, path):
        found = found[step]
    return found


def _find(data: Any, path: str) -> tuple[str | int, ...]:
    wanted = tuple(path.split("."))
    every = list(_paths(data, ()))
    named = {tuple(map(str, steps)): steps for steps in every}
    if wanted in named:
        return named[wanted]
    ends = [steps for text, steps in named.items() if text[-len(wanted) :] == wanted]
    if len(ends) == 1:
        return ends[0]
    if ends:
        raise ParamError(f"plan path {path!r} must mean one place, got {len(ends)}: {_listed(ends)}")
    near = [steps for text, steps in named.items() if wanted[-1] in text[-1] or wanted[0] in text]
    raise ParamError(f"plan path {path!r} leads nowhere; there is: {_listed(near or every)}")


def _paths(data: Any, here: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for step, value in inner:
        yield (*here, step)
        yield from _paths(value, (*here, step))


def _listed(paths: list[tuple[str | int, ...]], most: int = 12) -> str:
    shown = ", ".join(".".join(map(str, steps)) for steps in paths[:most])
    return shown + (f" and {len(paths) - most} more" if len(paths) > most else "")


class AssetRef(Params):
    """A file that a request reads, pinned by its content."""

    path: str = param(help="path of the file")
    sha256: str = param("", help="hash of the content, filled in when the file is first seen")

    @pydantic.model_validator(mode="before")
    @classmethod
    def _pin(cls, value: Any) -> Any:
        if isinstance(value, AssetRef):
            return value
        if not isinstance(value, str | Path | Mapping):
            raise ValueError("the path of a file")
        values = {"path": str(value)} if isinstance(value, str | Path) else dict(value)
        if not values.get("sha256") and "path" in values:
            file = Path(values["path"])
            if not file.is_file():
                raise ValueError(f"the path of a file that exists (no file at {values['path']!r})")
            values["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
        return values


def file_or_words(value: str) -> AssetRef | str:
    """A value with a known file suffix is a file (a missing one is a ParamError); anything else is words."""
    return AssetRef.parse({"path": value}) if Path(value).suffix.lower() in FILE_SUFFIXES else value
