"""The contract of a generator: each promise is a function, each raises AssertionError with one line that says what was found."""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import json
import pickle
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import FrozenInstanceError, asdict
from functools import lru_cache
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from dhsdk.audit import HEAVY, Watched, watched, watcher
from dhsdk.errors import Cancelled, DhsdkError, MissingExtra, ParamError
from dhsdk.host import Host
from dhsdk.params import Field, fields
from dhsdk.plugin import Context, Format, Generator, Kind, Request, hookimpl

if TYPE_CHECKING:
    from dhsdk.plugin import Asset

CANCEL_SECONDS = 1.0


class FakeContext(Context):
    """A Context without a host. `said` records what progress() reported; `cancel()` makes the next progress() raise Cancelled.

    cache: a folder that the test owns. Rasterizers, models and input files are those of an ordinary Host.
    """

    said: list[tuple[float, str]]
    cancel: Callable[[], None]

    def __init__(self, cache: Path, seed: int = 0, want: tuple[Kind, ...] = (), strict: bool = False) -> None:
        said: list[tuple[float, str]] = []
        stop = threading.Event()
        host = Host(device="cpu", cache=cache)
        super().__init__(
            seed=seed,
            want=want,
            strict=strict,
            cache=cache,
            _report=lambda fraction, message: said.append((fraction, message)),
            _cancelled=stop.is_set,
            _model=lambda name: host._store.get(name),
            _rasterizer=host._rasterizer,
            _read=host._read,
        )
        object.__setattr__(self, "said", said)
        object.__setattr__(self, "cancel", stop.set)


def check_registers(generator: Generator[Any]) -> None:
    """The host accepts it: name, summary, version, Params, help on every field, no reserved field name."""
    _host(generator)


def check_described(generator: Generator[Any]) -> None:
    """One line of summary, known kinds, and an example for whoever reads the list."""
    name = generator.name
    _demand(len(generator.summary.splitlines()) == 1, f"{name}: summary must be one line, got {generator.summary!r}")
    kinds = {"scene", "image", "clip", "audio"}
    fine = isinstance(generator.produces, tuple) and bool(generator.produces) and set(generator.produces) <= kinds
    _demand(fine, f"{name}: produces must be a tuple of {sorted(kinds)}, got {generator.produces!r}")
    for field in fields(generator.Params):
        _demand(bool(field.help.strip()), f"{name}: {field.name} must have a help text")


def check_imports_light(generator: Generator[Any]) -> None:
    """Importing the module of the generator loads no heavy package."""
    heavy = watched(generator).heavy
    module = type(generator).__module__
    _demand(
        not heavy, f"{generator.name}: importing {module} must load nothing heavy, got {', '.join(heavy)}: import inside build()"
    )


def check_params(generator: Generator[Any]) -> None:
    """Params and requests are frozen, survive pickle and JSON, and have a JSON schema."""
    request = _request(generator)
    name = generator.name
    field = next(iter(type(request.params).model_fields), None)
    if field is not None:
        try:
            setattr(request.params, field, getattr(request.params, field))
        except (FrozenInstanceError, AttributeError, TypeError, ValueError):
            pass
        else:
            raise AssertionError(f"{name}: Params must be frozen, but {field} can be set: keep the model_config of dhsdk.Params")
    _demand(pickle.loads(pickle.dumps(request)) == request, f"{name}: a request must be equal after pickling")
    again = generator.Params.parse(json.loads(request.params.model_dump_json()))
    _demand(again == request.params, f"{name}: Params must be equal after JSON, got {again!r} for {request.params!r}")
    json.dumps(generator.Params.model_json_schema())


def check_example(generator: Generator[Any]) -> None:
    """The example builds."""
    for kind in generator.produces:
        _example(generator, kind)


def check_ranges(generator: Generator[Any]) -> None:
    """A value beyond a range or a list of choices is a ParamError that names the field."""
    for field in fields(generator.Params):
        for value in _wrong_values(field):
            try:
                _host(generator).request(generator.name, **{**generator.example, field.name: value})
            except ParamError as error:
                _demand(field.name in str(error), f"{generator.name}: the error must name {field.name}, got: {error}")
            else:
                raise AssertionError(f"{generator.name}: {field.name}={value!r} must be refused: its range is {field.range}")


def check_same_bytes(generator: Generator[Any]) -> None:
    """The example with one seed gives the same file: twice in this process, and in a new one."""
    for kind in generator.produces:
        first = digest(generator, _example(generator, kind))
        _demand(
            digest(generator, made(generator, kind)) == first, f"{generator.name}: the same request made other bytes ({kind})"
        )
        other = watched(generator).digests[kind]
        _demand(other == first, f"{generator.name}: the same request made other bytes in a new process ({kind})")


def check_plan(generator: Generator[Any]) -> None:
    """The plan survives JSON, and the file rebuilds from the plan that is stored in it, byte for byte."""
    import pydantic

    host = _host(generator)
    plan = host.plan(_request(generator))
    _demand(isinstance(plan, pydantic.BaseModel), f"{generator.name}: plan() must return Params, got {type(plan).__name__}")
    again: Any = pydantic.TypeAdapter(generator.Plan or generator.Params).validate_json(plan.model_dump_json())
    _demand(again == plan, f"{generator.name}: the plan must be equal after JSON, got {again!r} for {plan!r}")
    for kind in generator.produces:
        asset = _example(generator, kind)
        form = _first_format(host, asset, reads=True)
        if form is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"first{form.suffixes[0]}")
            host.save(asset, path)
            rebuilt = digest(generator, host.rebuild(path))
        _demand(rebuilt == digest(generator, asset), f"{generator.name}: rebuild made other bytes than the plan's file ({kind})")


def check_kind(generator: Generator[Any]) -> None:
    """The result is of a kind that `produces` names."""
    from dhsdk.convert import kind_of

    for kind in generator.produces:
        got = kind_of(_example(generator, kind))
        _demand(got in generator.produces, f"{generator.name}: the result must be {generator.produces}, got {got}")


def check_scene(generator: Generator[Any]) -> None:
    """A scene has no errors that an engine would stumble over."""
    from dhsdk.scene.check import check
    from dhsdk.scene.types import Scene

    for kind in generator.produces:
        asset = _example(generator, kind)
        errors = [one for one in check(asset) if one.severity == "error"] if isinstance(asset, Scene) else []
        told = "; ".join(f"{one.message} ({one.where}): {one.mend}" for one in errors[:3])
        _demand(not errors, f"{generator.name}: scene.check must find no errors, got {len(errors)}: {told}")


def check_formats(generator: Generator[Any]) -> None:
    """Every format of its kind writes the result and reads it back, or refuses it with a reason."""
    from dhsdk.convert import kind_of

    host = _host(generator)
    for kind in generator.produces:
        asset = _example(generator, kind)
        for form in _formats(host, asset):
            with tempfile.TemporaryDirectory() as folder, suppress(MissingExtra):
                try:
                    path = host.save(asset, Path(folder, f"asset{form.suffixes[0]}"))
                    got = kind_of(host.load(path)) if form.reads else form.kinds[0]
                except MissingExtra:
                    raise
                except DhsdkError as error:
                    raise AssertionError(f"{generator.name}: {form.name} must carry the result, got: {error}") from error
                _demand(got in form.kinds, f"{generator.name}: {form.name} must read back what it wrote, got {got}")


def check_progress(generator: Generator[Any]) -> None:
    """Progress never falls on the way, and ends at 1."""
    with tempfile.TemporaryDirectory() as folder:
        ctx = FakeContext(Path(folder), want=generator.produces[:1])
        generator.build(generator.plan(_request(generator).params, ctx), ctx)
    fractions = [fraction for fraction, _ in ctx.said]
    falls = next((pair for pair in pairwise(fractions) if pair[1] < pair[0]), None)
    _demand(falls is None, f"{generator.name}: progress must never fall, got {falls}")
    said: list[float] = []
    _host(generator).generate(_request(generator), progress=lambda fraction, message: said.append(fraction))
    _demand(said[-1:] == [1.0], f"{generator.name}: progress must end at 1.0, got {said[-1:]}")


def check_cancel(generator: Generator[Any]) -> None:
    """A cancel stops the work within a second: asked for at the first progress, and from another thread on the way."""
    start = time.perf_counter()
    made(generator, generator.produces[0])
    whole = time.perf_counter() - start
    for delay in (None, whole / 4, whole / 2):
        late = min(_seconds_to_stop(generator, delay) for _ in range(1 if whole < CANCEL_SECONDS else 3))
        when = "at the first progress" if delay is None else f"after {delay:.1f} s"
        _demand(
            late <= CANCEL_SECONDS,
            f"{generator.name}: a cancel {when} must stop within {CANCEL_SECONDS:g} s, got {late:.1f} s: "
            "call ctx.progress() more often",
        )


def check_writes(generator: Generator[Any]) -> None:
    """Nothing is written but in ctx.cache, in dhsdk's own cache folder and in the temporary folder, which is left empty."""
    seen = watched(generator)
    _demand(not seen.writes, f"{generator.name}: must write only in ctx.cache, but it touched {seen.writes[:3]}")
    _demand(not seen.left, f"{generator.name}: temporary files must be removed, but these were left: {seen.left[:3]}")


def check_offline(generator: Generator[Any]) -> None:
    """No socket is connected or bound, and no name is looked up."""
    sockets = watched(generator).sockets
    _demand(not sockets, f"{generator.name}: must work without a network, but it asked for {sockets[:3]}")


def check_prior(generator: Generator[Any]) -> None:
    """One with a space() names the prior that it draws from among its models, and plans otherwise under backend="rules"."""
    if generator.space() is None:
        return
    plans = []
    for values in (generator.example, {**generator.example, "backend": "rules"}):
        host = _host(generator)
        plans.append(host.plan(host.request(generator.name, **values)))
    name = generator.name
    with_prior, without = ([one.name for one in getattr(plan, "models", ())] for plan in plans)
    _demand(any("prior" in one for one in with_prior), f"{name}: the plan must name the prior among its models, got {with_prior}")
    _demand(not any("prior" in one for one in without), f"{name}: backend='rules' must use no prior, got {without}")
    about = {"models", "backend", "words"}
    same = plans[0].model_dump(exclude=about) == plans[1].model_dump(exclude=about)
    _demand(not same, f"{name}: the plan without the prior must be another: it was the same")


CHECKS: tuple[Callable[[Generator[Any]], None], ...] = (
    check_registers,
    check_described,
    check_imports_light,
    check_params,
    check_example,
    check_ranges,
    check_same_bytes,
    check_plan,
    check_kind,
    check_scene,
    check_formats,
    check_progress,
    check_cancel,
    check_writes,
    check_offline,
    check_prior,
)
"""The contract, the cheap promises first."""


def _demand(holds: bool, message: str) -> None:
    if not holds:
        raise AssertionError(message)


@lru_cache(maxsize=8)
def _host(generator: Generator[Any], cache: Path | None = None) -> Host:
    """A host with this generator: the ordinary one where it is installed, else one with a plugin made for it."""
    host = Host(device="cpu", cache=cache)
    if type(host.generators.get(generator.name)) is type(generator):
        return host
    plugin = ModuleType(f"the contract of {getattr(generator, 'name', generator)}")
    plugin.dhsdk_generators = hookimpl(lambda: [generator])  # type: ignore[attr-defined]
    host = Host(device="cpu", cache=cache, plugins=[plugin])
    reasons = [failure.reason for failure in host.failures if failure.plugin == plugin.__name__]
    _demand(not reasons, "; ".join(reasons))
    return host


def _request(generator: Generator[Any], want: tuple[Kind, ...] = ()) -> Request:
    return _host(generator).request(generator.name, want=want, **generator.example)


def made(generator: Generator[Any], kind: Kind, cache: Path | None = None) -> Asset:
    """A new asset of the example, asked for as `kind`."""
    try:
        return _host(generator, cache).generate(_request(generator, (kind,)))
    except MissingExtra:
        raise
    except DhsdkError as error:
        raise AssertionError(f"{generator.name}: the example must build, got {type(error).__name__}: {error}") from error


@lru_cache(maxsize=4)
def _example(generator: Generator[Any], kind: Kind) -> Asset:
    """The asset of the example, built once for the checks that only look at it."""
    return made(generator, kind)


def _wrong_values(field: Field) -> Iterator[Any]:
    if field.choices:
        yield "no such choice"
    if field.type in (int, float):
        if field.ge is not None:
            yield field.type(field.ge - max(1, abs(field.ge)))
        if field.le is not None:
            yield field.type(field.le + max(1, abs(field.le)))


def _formats(host: Host, asset: Asset) -> Iterator[Format]:
    """Every format that can write this asset as it is."""
    from dhsdk.convert import kind_of

    for form in {id(form): form for form in host.formats.values()}.values():
        if form.writes and kind_of(asset) in form.kinds and form.refuses(asset) is None:
            yield form


def _first_format(host: Host, asset: Asset, reads: bool = False) -> Format | None:
    """The format that stands for the asset's bytes: one that keeps the provenance in the file, where there is one."""
    able = [form for form in _formats(host, asset) if form.reads or not reads]
    return min(able, key=lambda form: (not form.keeps_provenance, form.directory, form.suffixes), default=None)


def digest(generator: Generator[Any], asset: Asset) -> str:
    """The hash of the file, with its siblings, that this asset becomes."""
    host = _host(generator)
    form = _first_format(host, asset)
    if form is None:
        raise AssertionError(f"{generator.name}: no registered format can write its result")
    total = hashlib.sha256()
    with tempfile.TemporaryDirectory() as folder:
        host.save(asset, Path(folder, f"asset{form.suffixes[0]}"))
        for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
            total.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def _seconds_to_stop(generator: Generator[Any], delay: float | None) -> float:
    """Seconds from the request to cancel until generate() is back. delay: None asks at the first progress."""
    asked: list[float] = []

    def ask(*_: object) -> None:
        if not asked:
            asked.append(time.perf_counter())

    timer = threading.Timer(delay, ask) if delay is not None else None
    if timer is not None:
        timer.start()
    with suppress(Cancelled):
        _host(generator).generate(_request(generator), progress=ask if delay is None else None, cancelled=lambda: bool(asked))
    end = time.perf_counter()
    if timer is not None:
        timer.cancel()
    return end - asked[0] if asked else 0.0


def run_watched(job: dict[str, Any]) -> None:
    """The new process of audit.watched(): imports, builds and saves, and leaves report.json in the job's folder."""
    from dhsdk import jit

    folder = Path(job["folder"])
    writes: list[str] = []
    sockets: list[str] = []
    watch = watcher(writes, sockets, (folder, jit.cache_folder().parent, Path("/dev"), Path("/proc")))
    with watch():
        generator = attrgetter(job["class"])(importlib.import_module(job["module"]))()
        heavy = sorted(HEAVY & {name.partition(".")[0] for name in sys.modules})
        assets = {kind: made(generator, kind, folder / "cache") for kind in generator.produces}
    left = [str(path.relative_to(folder)) for part in ("temp", "work") for path in (folder / part).rglob("*")]
    digests = {kind: digest(generator, asset) for kind, asset in assets.items()}
    seen = Watched(tuple(heavy), digests, tuple(writes), tuple(left), tuple(sockets))
    (folder / "report.json").write_text(json.dumps(asdict(seen)), "utf-8")
