"""Frozen JSON values: what extras and recipes are made of. Dicts stay dicts for json and pickle, but refuse every change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn


class FrozenDict(dict[str, Any]):
    """A dict that cannot be changed. Make one with freeze()."""

    def _refuse(self, *_args: Any, **_values: Any) -> NoReturn:
        raise TypeError("this mapping is frozen: make a new one with {**old, key: value}")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse

    def __reduce__(self) -> Any:
        return freeze, (dict(self),)

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self)))


def freeze(value: Any) -> Any:
    """The same JSON value with dicts as FrozenDict and lists as tuples, all the way down."""
    if isinstance(value, Mapping):
        return FrozenDict((str(key), freeze(one)) for key, one in value.items())
    if isinstance(value, list | tuple):
        return tuple(freeze(one) for one in value)
    return value


EMPTY = FrozenDict()
