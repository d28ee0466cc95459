"""A hub id becomes a local folder: only when the user allows the network, only a pinned commit, only files that loading reads."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dhsdk.diffusion.pretrained.allowed import COMPONENTS
from dhsdk.diffusion.pretrained.files import one_line, shards, weights_name
from dhsdk.diffusion.pretrained.folder import pipeline_index
from dhsdk.diffusion.pretrained.watch import Progress
from dhsdk.errors import MissingExtra, NetworkNotAllowed, ReadError, RequestError

HUB_ID = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*/[A-Za-z0-9][A-Za-z0-9._-]*)(?:@([A-Za-z0-9._-]+))?")
"""owner/name, or owner/name@revision."""
COMMIT = re.compile(r"[0-9a-f]{40}")
SMALL = re.compile(r"README\.md|LICEN[CS]E(\.\w+)?|[a-z0-9_]+/[^/]+\.(json|txt|model|jinja)")
"""Files that are taken whatever the weights are; never pickles, never code."""


def local_folder(path_or_id: str | Path, allow_network: bool, revision: str | None, report: Progress) -> Path:
    """The folder itself, or where the files of a hub model lie after they have been downloaded.

    Raises NetworkNotAllowed, RequestError (no pinned revision), ReadError (the hub's answer), MissingExtra.
    """
    path = Path(path_or_id).expanduser()
    match = None if path.exists() or isinstance(path_or_id, Path) else HUB_ID.fullmatch(path_or_id)
    if match is None:
        return path
    name, revision = match[1], revision or match[2]
    if not allow_network:
        raise NetworkNotAllowed(
            f"there is no folder {name} here, and the hub needs the network: give the path of a downloaded folder, or allow it"
            " (allow_network=True, --allow-network) and pin a revision"
        )
    if revision is None or not COMMIT.fullmatch(revision):
        raise RequestError(
            f"a hub model needs its revision as the 40 hex digits of a commit, got {revision!r} (owner/name@commit):"
            " they stand on its page under Files, History"
        )
    return _download(name, revision, report)


def _download(name: str, revision: str, report: Progress) -> Path:
    """Index first: a pipeline that is not allowed is refused before its weights travel."""
    try:
        import huggingface_hub as hub
        from huggingface_hub.errors import HfHubHTTPError

    except ImportError as error:
        raise MissingExtra.of("a model of the hub", "diffusion") from error

    api = hub.HfApi()

    def fetch(file: str, share: float = 0.0, until: float = 0.0) -> Path:
        bar = _bar(lambda part: report(share + (until - share) * part, f"downloading {file}"))
        return Path(api.hf_hub_download(name, file, revision=revision, tqdm_class=bar))

    try:
        report(0.0, f"asking the hub for {name}")
        folder = fetch("model_index.json").parent
        _, parts = pipeline_index(folder)
        files = api.list_repo_files(name, revision=revision)
        for file in filter(SMALL.fullmatch, files):
            fetch(file)
        weights: list[str] = []
        for part in (part for part, cls in parts.items() if COMPONENTS[cls] == "weights"):
            first, _ = weights_name({one.removeprefix(f"{part}/") for one in files if one.startswith(f"{part}/")})
            if first is not None:
                weights += [f"{part}/{one}" for one in (shards(folder / part / first) or [first])]
        for at, file in enumerate(weights):
            fetch(file, at / len(weights), (at + 1) / len(weights))
    except (HfHubHTTPError, OSError) as error:
        raise ReadError(f"the hub did not give {name} at {revision}: {one_line(error)}") from error
    return folder


def _bar(tell: Callable[[float], None]) -> Any:
    """A progress bar for the hub's client that draws nothing: it tells the share of the file that has come, which may stop it."""
    from tqdm import tqdm  # type: ignore[import-untyped]

    class Told(tqdm):  # type: ignore[misc]
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **{**more, "file": io.StringIO()})  # it ends its line even when it has drawn none

        def display(self, *given: Any, **more: Any) -> None:
            """Nothing is drawn."""

        def update(self, n: float | None = 1) -> None:
            super().update(n)
            tell(min(self.n / self.total, 1.0) if self.total else 0.0)

    return Told
