"""Finds plugins: the folders of dhsdk/ and the entry points of strangers. A plugin that fails is reported, and stops nothing."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pluggy

from dhsdk import plugin as api
from dhsdk.errors import DhsdkError, PluginError
from dhsdk.params import RESERVED, Params, fields

BUILT_IN = ("dhsdk.plugins", "dhsdk.formats", "dhsdk.render.backends")
"""Packages whose modules are built-in plugins. They are found by folder and never listed; names with _ are private."""


@dataclass(frozen=True)
class PluginFailure:
    """A plugin, or one thing it offers, that was left out, and why."""

    plugin: str
    reason: str


@dataclass
class Found:
    """What all plugins offer, by name. owners: which plugin a thing came from, by "kind name"."""

    generators: dict[str, api.Generator[Any]] = field(default_factory=dict)
    formats: dict[str, api.Format] = field(default_factory=dict)
    models: dict[str, api.ModelSpec] = field(default_factory=dict)
    rasterizers: dict[str, api.RasterizerSpec] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    plugins: list[str] = field(default_factory=list)
    failures: list[PluginFailure] = field(default_factory=list)
    observers: list[tuple[str, str, Callable[..., None]]] = field(default_factory=list)
    """(plugin, hook name, implementation) of dhsdk_before_generate and dhsdk_after_generate."""


def find(extra: Iterable[ModuleType] = ()) -> Found:
    """Everything that the built-ins, the installed entry points and the `extra` modules offer."""
    found = Found()
    manager = pluggy.PluginManager("dhsdk")
    manager.add_hookspecs(api.Hooks)
    for name, load in _candidates(extra):
        try:
            _add(found, manager, name, load())
        except PluginError as error:
            found.failures.append(PluginFailure(name, str(error)))
        except ModuleNotFoundError as error:
            found.failures.append(PluginFailure(name, f"needs the module {error.name!r}: pip install it"))
        except (Exception, SystemExit) as error:
            found.failures.append(PluginFailure(name, f"{type(error).__name__}: {_line(error)}"))
    return found


def _candidates(extra: Iterable[ModuleType]) -> Iterator[tuple[str, Callable[[], Any]]]:
    for package in BUILT_IN:
        folder = importlib.import_module(package).__path__
        for info in sorted(pkgutil.iter_modules(folder), key=lambda info: info.name):
            if not info.name.startswith("_"):
                name = f"{package}.{info.name}"
                yield name, lambda name=name: importlib.import_module(name)  # type: ignore[misc]
    for entry in sorted(importlib.metadata.entry_points(group="dhsdk"), key=lambda entry: (entry.name, entry.value)):
        distribution = entry.dist.name if entry.dist else entry.value
        yield distribution, entry.load
    for module in extra:
        yield module.__name__, lambda module=module: module  # type: ignore[misc]


def _add(found: Found, manager: pluggy.PluginManager, name: str, module: Any) -> None:
    lowest, highest = getattr(module, "dhsdk_api", (api.API_VERSION, api.API_VERSION))
    if not lowest <= api.API_VERSION <= highest:
        raise PluginError(f"needs plugin API {lowest}..{highest}, this dhsdk has {api.API_VERSION}: install a matching version")
    try:
        manager.register(module, name=name)
        manager.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        if manager.has_plugin(name):
            manager.unregister(name=name)
        raise PluginError(f"{_line(error)} (hooks: {', '.join(n for n in vars(api.Hooks) if n.startswith('dhsdk_'))})") from error
    found.plugins.append(name)
    for hook, table, check in (
        ("dhsdk_generators", found.generators, _generator_fault),
        ("dhsdk_formats", found.formats, _format_fault),
        ("dhsdk_models", found.models, _spec_fault),
        ("dhsdk_rasterizers", found.rasterizers, _spec_fault),
    ):
        for implementation in _implementations(manager, hook, module):
            _collect(found, name, hook, implementation, table, check)
    for hook in ("dhsdk_before_generate", "dhsdk_after_generate"):
        found.observers += [(name, hook, one) for one in _implementations(manager, hook, module)]


def _implementations(manager: pluggy.PluginManager, hook: str, module: Any) -> list[Callable[..., Any]]:
    return [one.function for one in getattr(manager.hook, hook).get_hookimpls() if one.plugin is module]


def _collect(
    found: Found,
    plugin: str,
    hook: str,
    implementation: Callable[..., Any],
    table: dict[str, Any],
    check: Callable[[Any], str | None],
) -> None:
    kind = hook.removeprefix("dhsdk_").removesuffix("s")
    try:
        things = list(implementation())
    except Exception as error:
        reason = str(error) if isinstance(error, DhsdkError) else f"{type(error).__name__}: {_line(error)}"
        found.failures.append(PluginFailure(plugin, f"{hook} failed: {reason}"))
        return
    for thing in things:
        fault = check(thing)
        if fault:
            found.failures.append(PluginFailure(plugin, fault))
            continue
        keys = thing.suffixes if kind == "format" else (thing.name,)
        for key in keys:
            owner = found.owners.get(f"{kind} {key}")
            if owner is not None:
                found.failures.append(
                    PluginFailure(plugin, f"{kind} {key!r} is offered by {owner} and by {plugin}: the first is used")
                )
                continue
            table[key] = thing
            found.owners[f"{kind} {key}"] = plugin


def _generator_fault(thing: Any) -> str | None:
    """What is wrong with a generator, or None."""
    label = f"generator {getattr(thing, 'name', thing)!r}"
    if not isinstance(thing, api.Generator):
        return f"{label} must be an instance of dhsdk.Generator, got {type(thing).__name__}"
    for attribute in ("name", "summary", "version", "Params"):
        if not getattr(thing, attribute, None):
            return f"{label} must have a class attribute {attribute}"
    if not thing.name.isidentifier() or thing.name != thing.name.lower():
        return f"{label} must have a lower_case identifier as its name"
    if not (isinstance(thing.Params, type) and issubclass(thing.Params, Params)):
        return f"Params of {label} must derive from dhsdk.Params"
    reserved = sorted(RESERVED & set(thing.Params.model_fields))
    if reserved:
        return f"{label} must not have a parameter named {reserved[0]!r}: the name is reserved"
    unhelpful = [one.name for one in fields(thing.Params) if not one.help]
    return f"parameter {unhelpful[0]!r} of {label} must have a help text" if unhelpful else None


def _format_fault(thing: Any) -> str | None:
    if not isinstance(thing, api.Format):
        return f"format {thing!r} must be an instance of dhsdk.Format, got {type(thing).__name__}"
    wrong = [suffix for suffix in thing.suffixes if not suffix.startswith(".") or suffix != suffix.lower()]
    return f"suffix {wrong[0]!r} of format {thing.name!r} must be lower case and start with a dot" if wrong else None


def _spec_fault(thing: Any) -> str | None:
    return None if isinstance(getattr(thing, "name", None), str) else f"{thing!r} must have a name"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


def by_name(table: Mapping[str, Any], name: str) -> Any:
    """table[name], where text-to-3d and text_to_3d are the same name; None when it is not there."""
    return table.get(name) or table.get(name.replace("-", "_").lower())
