"""The plugin API, version 1: the only module that the author of a plugin reads.

A plugin is a module with functions marked @hookimpl, found through the entry point group "dhsdk". Import nothing heavy (numpy,
torch, trimesh ...) at its top, `dhsdk --help` loads every plugin: heavy imports belong inside build().
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, TypeVar

import pluggy

from dhsdk.errors import Cancelled, RequestError
from dhsdk.frozen import EMPTY
from dhsdk.params import AssetRef, Params

if TYPE_CHECKING:
    import numpy as np

    from dhsdk.media import Audio, Clip, Image
    from dhsdk.scene.types import Scene

    Asset = Scene | Image | Clip | Audio

API_VERSION = 1
hookspec = pluggy.HookspecMarker("dhsdk")
hookimpl = pluggy.HookimplMarker("dhsdk")
Kind = Literal["scene", "image", "clip", "audio"]
P = TypeVar("P", bound=Params)


@dataclass(frozen=True)
class Request:
    """One piece of work: the unit of batch, cache, log and provenance. Picklable. Made by Host.request(), which checks it.

    want: the kinds of asset asked for. change: words that move the plan ("older, taller"). edits: plan values set by dotted
    path, last of all. strict: no flagged fallbacks.
    """

    generator: str
    params: Params
    seed: int = 0
    want: tuple[Kind, ...] = ()
    edits: Mapping[str, Any] = EMPTY
    strict: bool = False
    change: str = ""


@dataclass(frozen=True)
class Context:
    """All that a generator may use of the host. held: plan values that the request sets: plan() designs around them."""

    seed: int = 0
    want: tuple[Kind, ...] = ()
    strict: bool = False
    held: Mapping[str, Any] = EMPTY
    device: str = "cpu"
    allow_network: bool = False
    cache: Path = Path()
    _report: Callable[[float, str], None] = field(default=lambda fraction, message: None, repr=False)
    _cancelled: Callable[[], bool] = field(default=lambda: False, repr=False)
    _model: Callable[[str], Any] | None = field(default=None, repr=False)
    _rasterizer: Callable[[str], Any] | None = field(default=None, repr=False)
    _read: Callable[[AssetRef], Asset] | None = field(default=None, repr=False)

    def rng(self, *names: str | int) -> np.random.Generator:
        """The random stream of the seed and these names: a new draw under another name moves nothing here."""
        import numpy as np

        text = "\x1f".join([str(self.seed), *map(str, names)])
        return np.random.default_rng(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little"))

    def progress(self, fraction: float, message: str = "") -> None:
        """Says how far the work is, in [0, 1]. Call it at least once a second: it raises Cancelled when the user stops."""
        if self._cancelled():
            raise Cancelled("cancelled")
        self._report(min(max(fraction, 0.0), 1.0), message)

    def model(self, name: str) -> Any:
        """The loaded weights of that name, shared. Raises UnknownName."""
        assert self._model is not None, "this context has no models"
        return self._model(name)

    def rasterizer(self, name: str = "auto") -> Any:
        """The rasterizer of that name, or the best available. Raises UnknownName."""
        assert self._rasterizer is not None, "this context has no rasterizers"
        return self._rasterizer(name)

    def read(self, ref: AssetRef) -> Asset:
        """The asset of an input file. Raises ReadError, also when its content is not the one that was pinned."""
        assert self._read is not None, "this context reads no files"
        return self._read(ref)


class Generator(ABC, Generic[P]):
    """A named, stateless plan + build.

    plan: parses words, draws the design, resolves every default; its result is frozen, typed and JSON-able.
    change: the plan moved by words, all that they do not name left as it is.
    build: turns a plan into an asset: no parsing, no network, no choice of backend. Same plan and seed, same bytes.
    """

    name: ClassVar[str]
    summary: ClassVar[str]
    version: ClassVar[str] = "1"
    Params: ClassVar[type[Params]]
    Plan: ClassVar[Any] = None
    """The type of plan(): a Params class or a union of them; None means Params itself."""
    produces: ClassVar[tuple[Kind, ...]] = ("scene",)
    example: ClassVar[Mapping[str, Any]] = EMPTY
    """Values of Params that make something within seconds; the contract tests use them."""
    extra: ClassVar[str | None] = None
    """The extra of dhsdk that build() needs: pip install 'dhsdk[extra]'."""

    def plan(self, params: P, ctx: Context) -> Any:
        return params

    def change(self, plan: Any, words: str, ctx: Context) -> Any:
        raise RequestError(f"{self.name} cannot be changed by words: set values of its plan instead")

    @abstractmethod
    def build(self, plan: Any, ctx: Context) -> Asset: ...

    def space(self) -> Any:
        """The dhsdk.diffusion.nano.space.Space that its nano prior is trained on and draws from; None: it has none."""
        return None


class NoOptions(Params):
    """For a format without options."""


class Format(ABC):
    """Files <-> assets. Importer and exporter are one concept; reads and writes say which of them exists."""

    name: ClassVar[str]
    summary: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    kinds: ClassVar[tuple[Kind, ...]]
    reads: ClassVar[bool] = True
    writes: ClassVar[bool] = True
    directory: ClassVar[bool] = False
    """The target is a folder, not a file."""
    keeps_provenance: ClassVar[bool] = False
    """The asset's extras["dhsdk"] stands in the file; otherwise the host writes FILE.dhsdk.json beside it."""
    Options: ClassVar[type[Params]] = NoOptions
    extra: ClassVar[str | None] = None

    def read(self, path: Path, options: Any) -> Asset:
        """The asset in this untrusted file. Raises ReadError."""
        raise NotImplementedError

    def write(self, asset: Any, path: Path, options: Any) -> None:
        """Writes to `path`, a name in an empty staging folder that the host renames; siblings are moved along."""
        raise NotImplementedError

    def refuses(self, asset: Any) -> str | None:
        """Why this format cannot carry this asset, or None."""
        return None


@dataclass(frozen=True)
class ModelSpec:
    """Named weights. load(device, dtype) returns them; bytes is their size in memory; source says where they are from."""

    name: str
    load: Callable[[str, str], Any]
    bytes: int
    licence: str
    source: str


@dataclass(frozen=True)
class RasterizerSpec:
    """A backend of the rendering core. available() is None or the reason why not; devices: where it is the right choice."""

    name: str
    available: Callable[[], str | None]
    load: Callable[[str], Any]
    devices: tuple[str, ...] = ("cpu", "cuda")


class Hooks:
    """All hooks. Collection hooks return what the plugin offers; the host keeps the table."""

    @hookspec
    def dhsdk_generators(self) -> Iterable[Generator[Any]]:  # type: ignore[empty-body]
        """Generators of this plugin."""

    @hookspec
    def dhsdk_formats(self) -> Iterable[Format]:  # type: ignore[empty-body]
        """File formats of this plugin."""

    @hookspec
    def dhsdk_models(self) -> Iterable[ModelSpec]:  # type: ignore[empty-body]
        """Weights of this plugin."""

    @hookspec
    def dhsdk_rasterizers(self) -> Iterable[RasterizerSpec]:  # type: ignore[empty-body]
        """Rasterizers of this plugin."""

    @hookspec
    def dhsdk_before_generate(self, request: Request) -> None:
        """Before a request runs: observe, or raise a DhsdkError to refuse it."""

    @hookspec
    def dhsdk_after_generate(self, request: Request, asset: Asset, seconds: float) -> None:
        """After a request has run."""
