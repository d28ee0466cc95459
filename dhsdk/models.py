"""ModelStore: named weights, loaded once, shared by every generator, evicted least-recently-used first when memory is short."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from dhsdk.errors import UnknownName
from dhsdk.plugin import ModelSpec


class ModelStore:
    """Loads the models of `specs` on `device`, and keeps at most `limit` bytes of them (the one in use always stays).

    A name with a slash is the folder of a pretrained pipeline, or owner/name@commit of the hub where the network is allowed.
    """

    def __init__(
        self,
        specs: Mapping[str, ModelSpec],
        device: str,
        dtype: str = "float32",
        limit: int = 8 << 30,
        allow_network: bool = False,
    ) -> None:
        self._specs = dict(specs)
        self._allow_network = allow_network
        self._device = device
        self._dtype = dtype
        self._limit = limit
        self._loaded: OrderedDict[str, Any] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str) -> Any:
        """The loaded weights of this name; a Pretrained for a folder. Raises UnknownName, and what loading a folder raises."""
        if "/" in name or "\\" in name:
            self._add_folder(name)
        if name not in self._specs:
            raise UnknownName(f"no model named {name!r}; there is: {', '.join(sorted(self._specs)) or 'none'}")
        with self._lock:
            if name not in self._loaded:
                self._make_room(self._specs[name].bytes)
                self._loaded[name] = self._specs[name].load(self._device, self._dtype)
            self._loaded.move_to_end(name)
            return self._loaded[name]

    @property
    def loaded(self) -> tuple[str, ...]:
        """Names of the models in memory, the least recently used first."""
        return tuple(self._loaded)

    def _add_folder(self, name: str) -> None:
        from dhsdk.diffusion.pretrained import spec

        if name not in self._specs:
            self._specs[name] = spec(name, allow_network=self._allow_network)

    def _make_room(self, wanted: int) -> None:
        while self._loaded and sum(self._specs[name].bytes for name in self._loaded) + wanted > self._limit:
            self._loaded.popitem(last=False)
