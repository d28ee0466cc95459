"""Host: finds plugins, checks requests, runs them, converts, loads and saves. It never looks inside an asset but to stamp it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dhsdk import discovery, provenance
from dhsdk.discovery import Found, PluginFailure
from dhsdk.errors import (
    DhsdkError,
    FormatRefused,
    MissingExtra,
    ParamError,
    PluginError,
    ReadError,
    RequestError,
    UnknownName,
)
from dhsdk.frozen import FrozenDict
from dhsdk.params import AssetRef, value_at, with_edits
from dhsdk.plugin import Context, Format, Generator, Kind, Request

if TYPE_CHECKING:
    from dhsdk.models import ModelStore
    from dhsdk.plugin import Asset

MAX_BYTES = 4 << 30
"""Largest file that load() opens."""

Progress = Callable[[float, str], None]


class Host:
    """Runs requests with every plugin it finds.

    device: "auto", "cpu" or "cuda". cache: folder for downloads and compiled data (None: the user's cache folder).
    plugins: further plugin modules, besides the built-in and the installed ones.
    Raises nothing for a broken plugin: `failures` tells which and why.
    """

    def __init__(
        self,
        device: str = "auto",
        allow_network: bool = False,
        cache: Path | None = None,
        plugins: Iterable[ModuleType] = (),
    ) -> None:
        if device not in ("auto", "cpu", "cuda"):
            raise ParamError(f"device must be auto, cpu or cuda, got {device!r}")
        self._device = device
        self._allow_network = allow_network
        self._cache = cache
        self._found = discovery.find(plugins)

    @property
    def generators(self) -> Mapping[str, Generator[Any]]:
        """The generators by name."""
        return self._found.generators

    @property
    def formats(self) -> Mapping[str, Format]:
        """The formats by suffix."""
        return self._found.formats

    @property
    def found(self) -> Found:
        """Everything that discovery found: plugins, generators, formats, models, rasterizers, owners, failures."""
        return self._found

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """What was left out, and why."""
        return tuple(self._found.failures)

    @cached_property
    def device(self) -> str:
        """The device that "auto" means here: "cuda" when torch sees one, else "cpu"."""
        return _resolved(self._device)

    def request(
        self,
        generator: str,
        *,
        seed: int = 0,
        want: tuple[Kind, ...] = (),
        plan: Mapping[str, Any] | None = None,
        strict: bool = False,
        change: str = "",
        **values: Any,
    ) -> Request:
        """A checked request. `values` are the generator's parameters; `change` moves its plan by words, `plan` sets values of
        the plan by dotted path.

        Raises UnknownName for a generator that is not there, ParamError for a value that is not allowed.
        """
        made = self._generator(generator)
        if not isinstance(seed, int) or not 0 <= seed < 1 << 63:
            raise ParamError(f"seed must be a whole number in [0, 2^63), got {seed!r}")
        return Request(made.name, made.Params.parse(values), seed, tuple(want), FrozenDict(plan or {}), strict, change)

    def plan(self, request: Request) -> Any:
        """The resolved plan of a request: everything that build() would use."""
        generator = self._generator(request.generator)
        return self._plan(generator, request, self._context(request, None, None))

    def generate(
        self,
        request: Request | str,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        **values: Any,
    ) -> Asset:
        """The asset of a request (or of a generator's name and the arguments of request()).

        progress: called with a fraction in [0, 1] and a message. cancelled: asked often; True stops with Cancelled.
        """
        if isinstance(request, str):
            request = self.request(request, **values)
        generator = self._generator(request.generator)
        ctx = self._context(request, progress, cancelled)
        self._observe("dhsdk_before_generate", request=request)
        start = time.perf_counter()
        plan = self._plan(generator, request, ctx)
        asset = self._build(generator, request, plan, ctx)
        self._observe("dhsdk_after_generate", request=request, asset=asset, seconds=time.perf_counter() - start)
        ctx.progress(1.0, "done")
        return asset

    def save(self, asset: Asset, path: str | Path, **options: Any) -> Path:
        """Writes an asset; the suffix chooses the format. A scene saved as picture or video is rendered.

        options: the format's own. The file is written beside its target and renamed, so a failure leaves what was there.
        Raises UnknownName (suffix), ParamError (option), FormatRefused, WriteError.
        """
        from dhsdk.formats.staging import staged

        path = Path(path)
        form = self.format_of(path)
        if not form.writes:
            raise FormatRefused(f"{form.name} can be read, not written")
        checked = form.Options.parse(options)
        asset = self._converted(asset, form)
        with self._charged(f"format {form.name}", self._found.owners[f"format {path.suffix.lower()}"], form.extra):
            reason = form.refuses(asset)
            if reason:
                raise FormatRefused(f"{form.name} cannot carry this: {reason}")
            own = asset.extras.get(provenance.KEY)
            if own is not None:
                asset = provenance.stamp(asset, options=checked.model_dump(mode="json", exclude_defaults=True))
            with staged(path, directory=form.directory) as target:
                form.write(asset, target, checked)
                if own is not None and not form.keeps_provenance:
                    _write_sidecar(asset, target)
        return path

    def load(self, path: str | Path, **options: Any) -> Asset:
        """The asset in a file; the suffix chooses the format. Raises ReadError, UnknownName, ParamError."""
        path = Path(path)
        form = self.format_of(path)
        if not form.reads:
            raise ReadError(f"{form.name} can be written, not read")
        if not (path.is_dir() if form.directory else path.is_file()):
            raise ReadError(f"no file at {str(path)!r}")
        if not form.directory and path.stat().st_size > MAX_BYTES:
            raise ReadError(f"{path.name} must have at most {MAX_BYTES:,} bytes, got {path.stat().st_size:,}")
        with self._charged(f"format {form.name}", self._found.owners[f"format {path.suffix.lower()}"], form.extra):
            try:
                return form.read(path, form.Options.parse(options))
            except OSError as error:
                raise ReadError(f"{path.name} cannot be read: {error.strerror or error}") from error

    def rebuild(
        self, path: str | Path, *, plan: Mapping[str, Any] | None = None, change: str = "", progress: Progress | None = None
    ) -> Asset:
        """The asset of a generated file, built again from its stored plan, moved by the words `change`, then edited by `plan`.

        Saved under the same suffix with the stored options it gives the same bytes (without edits).
        Raises ReadError (no or damaged provenance), RequestError (another version, another input file).
        """
        own = provenance.of(self.load(path), Path(path))
        generator, request, stored = self._stored(own, plan or {}, change, self.format_of(path).kinds)
        ctx = self._context(request, progress, None)
        with self._charged(f"generator {generator.name}", self._owner(generator), generator.extra):
            changed = generator.change(stored, change, ctx) if change else stored
        changed = with_edits(changed, plan) if plan else changed
        asset = self._build(generator, request, changed, ctx)
        ctx.progress(1.0, "done")
        return provenance.stamp(asset, options=dict(own.get("options", {})))

    def _stored(
        self, own: Mapping[str, Any], plan: Mapping[str, Any], change: str, want: tuple[Kind, ...]
    ) -> tuple[Generator[Any], Request, Any]:
        """The generator, request and plan that a provenance record names, all checked: the record is untrusted."""
        generator = self._generator(own["generator"])
        with self._charged(f"generator {generator.name}", self._owner(generator), generator.extra):
            stored = provenance.plan_of(own, generator)
        edits = FrozenDict({**own.get("edits", {}), **plan})
        words = "; ".join(filter(None, [own.get("change", ""), change]))
        strict = own.get("strict", False)
        return generator, Request(generator.name, _pinned(generator, own), own["seed"], want, edits, strict, words), stored

    def _owner(self, generator: Generator[Any]) -> str:
        return self._found.owners[f"generator {generator.name}"]

    def _generator(self, name: str) -> Generator[Any]:
        found = discovery.by_name(self.generators, name)
        if found is None:
            broken = "; ".join(f"{failure.plugin} was left out: {failure.reason}" for failure in self.failures)
            hint = f" ({broken})" if broken else ""
            raise UnknownName(f"no generator named {name!r}; there is: {', '.join(sorted(self.generators)) or 'none'}{hint}")
        generator: Generator[Any] = found
        return generator

    def format_of(self, path: str | Path) -> Format:
        """The format that a path's suffix chooses. Raises UnknownName."""
        path = Path(path)
        form = self.formats.get(path.suffix.lower())
        if form is None:
            raise UnknownName(f"no format for {path.name!r}; known suffixes: {' '.join(sorted(self.formats))}")
        return form

    def _context(self, request: Request, progress: Progress | None, cancelled: Callable[[], bool] | None) -> Context:
        return Context(
            seed=request.seed,
            want=request.want,
            strict=request.strict,
            held=request.edits,
            device=self.device,
            allow_network=self._allow_network,
            cache=self._cache or _user_cache(),
            _report=_rising(progress or (lambda fraction, message: None)),
            _cancelled=cancelled or (lambda: False),
            _model=lambda name: self._store.get(name),
            _rasterizer=self._rasterizer,
            _read=self._read,
        )

    @cached_property
    def _store(self) -> ModelStore:
        from dhsdk.models import ModelStore

        return ModelStore(self._found.models, self.device, allow_network=self._allow_network)

    def _rasterizer(self, name: str = "auto") -> Any:
        """The named one; "auto" takes the first that is available and runs on this host's device."""
        reasons = []
        specs = self._found.rasterizers
        fitting = [spec for spec in specs.values() if self.device in spec.devices]
        for spec in fitting if name == "auto" else filter(None, [specs.get(name)]):
            reason = spec.available()
            if reason is None:
                return spec.load(self.device)
            reasons.append(f"{spec.name}: {reason}")
        raise UnknownName(f"no rasterizer {name!r} is available; {'; '.join(reasons) or 'known: ' + ', '.join(specs)}")

    def _read(self, ref: AssetRef) -> Asset:
        if AssetRef.parse({"path": ref.path}).sha256 != ref.sha256:
            raise ReadError(f"{ref.path} has changed since the request was made: make the request again")
        return self.load(ref.path)

    def _plan(self, generator: Generator[Any], request: Request, ctx: Context) -> Any:
        with self._charged(f"generator {generator.name}", self._owner(generator), generator.extra):
            plan = generator.plan(request.params, ctx)
            if request.change:
                plan = generator.change(plan, request.change, ctx)
        return with_edits(plan, request.edits) if request.edits else plan

    def _build(self, generator: Generator[Any], request: Request, plan: Any, ctx: Context) -> Any:
        from dhsdk.convert import kind_of
        from dhsdk.scene.check import check
        from dhsdk.scene.types import Scene

        with self._charged(f"generator {generator.name}", self._owner(generator), generator.extra):
            asset = generator.build(plan, ctx)
            kind = kind_of(asset)
            if kind not in generator.produces:
                raise PluginError(f"generator {generator.name} must produce {' or '.join(generator.produces)}, got {kind}")
            problems = check(asset) if isinstance(asset, Scene) else ()
            checks = {"problems": [f"{problem.severity}: {problem.message}" for problem in problems]}
            own = provenance.record(generator, request, plan, checks, asset.extras.get(provenance.KEY, {}))
        return provenance.with_extras(asset, {**asset.extras, provenance.KEY: own})

    def _converted(self, asset: Any, form: Format) -> Any:
        from dhsdk.convert import converted, kind_of

        if kind_of(asset) in form.kinds:
            return asset
        return converted(asset, form.kinds)

    def _observe(self, hook: str, **values: Any) -> None:
        for plugin, name, implementation in self._found.observers:
            if name == hook:
                wanted = implementation.__code__.co_varnames[: implementation.__code__.co_argcount]
                with self._charged(hook, plugin, None):
                    implementation(**{key: values[key] for key in wanted})

    @contextmanager
    def _charged(self, what: str, plugin: str, extra: str | None) -> Iterator[None]:
        """Turns a foreign exception into a PluginError that names the plugin; the family passes."""
        try:
            yield
        except (DhsdkError, KeyboardInterrupt):
            raise
        except ModuleNotFoundError as error:
            if extra:
                raise MissingExtra.of(what, extra) from error
            raise PluginError(f"{what} of {plugin} needs the module {error.name!r}: pip install it") from error
        except MemoryError as error:
            raise PluginError(
                f"{what} of {plugin} ran out of memory: ask for less (fewer triangles, smaller pictures)"
            ) from error
        except Exception as error:
            text = " ".join(str(error).split())[:200]
            raise PluginError(f"{what} of {plugin} failed: {type(error).__name__}: {text}") from error


def variants(host: Host, request: Request, count: int, lock: Sequence[str] = ()) -> tuple[Request, ...]:
    """The request and others of the following seeds. lock: paths of the plan (values or whole groups) that all of them share.

    Raises ParamError for a path that the plan does not have.
    """
    edits = request.edits
    if lock:
        plan = host.plan(request)
        edits = FrozenDict({**{path: value_at(plan, path) for path in lock}, **edits})
    return (request, *(replace(request, seed=request.seed + number, edits=edits) for number in range(1, count)))


def _resolved(device: str) -> str:
    """torch costs seconds to import: it is asked only where the machine has a CUDA driver at all."""
    if device == "cpu":
        return "cpu"
    if _has_driver():
        try:
            import torch

            if torch.cuda.is_available():
                return "cuda"
        except ImportError:
            pass
    if device == "cuda":
        raise RequestError("device cuda must have a CUDA driver and a CUDA build of torch: use --device cpu, or install them")
    return "cpu"


def _has_driver() -> bool:
    """Whether the CUDA driver can be opened. ctypes.util.find_library would start other programs to look for it."""
    import ctypes

    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            ctypes.CDLL(name)
            return True
        except OSError:
            continue
    return False


def _user_cache() -> Path:
    import platformdirs

    return Path(platformdirs.user_cache_dir("dhsdk", appauthor=False))


def _rising(progress: Progress) -> Progress:
    """Progress that never falls, whatever the parts of a generator report."""
    highest = 0.0

    def report(fraction: float, message: str) -> None:
        nonlocal highest
        highest = max(highest, fraction)
        progress(highest, message)

    return report


def _pinned(generator: Generator[Any], own: Mapping[str, Any]) -> Any:
    """The stored parameters; an input file must still have the content that was used."""
    params = generator.Params.parse(dict(own["params"]))
    for ref in provenance.inputs(params):
        now = AssetRef.parse({"path": ref.path}).sha256
        if now != ref.sha256:
            raise RequestError(f"{ref.path} is not the file that was used: its content has changed since")
    return params


def _write_sidecar(asset: Any, target: Path) -> None:
    import json

    text = json.dumps(asset.extras[provenance.KEY], indent=1, ensure_ascii=False)
    target.with_name(target.name + provenance.SIDECAR).write_text(text, "utf-8")
