"""Files beside a file: the ones that it names, inside its folder alone."""

from __future__ import annotations

import re
import stat
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from dhsdk.errors import ReadError

MOST_ENTRIES = 10_000
"""Entries of a folder that are looked through for a name in other letters."""


def inside(folder: Path, uri: str, what: str) -> Path:
    """The regular file that a relative URI names inside `folder`, links followed. Raises ReadError."""
    try:
        path = unquote_to_bytes(uri).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError) as error:
        raise ReadError(f"{what} must name a file in UTF-8, got {uri[:60]!r}") from error
    parts = path.split("/")
    if not path or re.search(r"[\x00-\x1f\\:]", path) or path.startswith("/") or ".." in parts:
        raise ReadError(f"{what} must name a file in the folder of the glTF file, got {uri[:60]!r}")
    try:
        home = folder.resolve()
        file = (home / path).resolve()
        kept = file.is_relative_to(home)
        regular = kept and stat.S_ISREG(file.stat().st_mode)
    except (OSError, RuntimeError, ValueError) as error:
        raise ReadError(f"{what} names the file {uri[:60]!r}, which is not there") from error
    if not kept:
        raise ReadError(f"{what} must name a file in the folder of the glTF file, got a link that leads out of it: {uri[:60]!r}")
    if not regular:
        raise ReadError(f"{what} must name a file, got {uri[:60]!r}, which is something else")
    return file


def nearby(folder: Path, name: str) -> Path | None:
    """The regular file inside `folder` that a name from anybody's machine means, or None.

    Backslashes part folders, and letters may be large or small. Of a path that is not there (C:\\work\\textures\\wood.png), the
    longest end that is.
    """
    parts = [part for part in re.split(r"[\\/]+", name.strip()) if part not in ("", ".", "..")][-16:]
    for start in range(len(parts)):
        path = _spelled(folder, parts[start:])
        if path is not None:
            try:
                return inside(folder, quote(path), "a name")
            except ReadError:
                continue
    return None


def _spelled(folder: Path, parts: list[str]) -> str | None:
    """The parts as they are spelled in `folder`."""
    out: list[str] = []
    for part in parts:
        try:
            at = folder.joinpath(*out)
            if not (at / part).exists():
                entries = (one.name for _, one in zip(range(MOST_ENTRIES), at.iterdir(), strict=False))
                part = next(name for name in entries if name.lower() == part.lower())
        except (OSError, ValueError, StopIteration):
            return None
        out.append(part)
    return "/".join(out)
