"""Safe writing: a file appears under its name only when it is whole. Works alike on Linux, macOS and Windows."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dhsdk.errors import WriteError

LISTING = ".dhsdk-files"
"""In a folder target: the files that were written, one per line. Only a folder whose every file it names is ever replaced."""


@contextmanager
def staged(target: Path, directory: bool = False) -> Iterator[Path]:
    """Gives a path named like `target` in a fresh hidden folder beside it; write there, also further files next to it.

    When the block ends, every file moves beside the target by rename, the target itself last; a folder target is swapped by
    rename. When the block raises, whatever stood there before still stands. A killed process leaves the hidden folder at most.

    Raises:
        WriteError: the folder is missing or not writable, the disk is full, the target is of the wrong kind, nothing was
            written, or a folder target holds files that were not written by this function.
    """
    target = Path(target)
    _check(target, directory)
    try:
        folder = Path(tempfile.mkdtemp(prefix=".dhsdk-", suffix=".part", dir=target.parent))
    except OSError as error:
        raise _told(error, target) from error
    try:
        staging = folder / "new"
        staging.mkdir()
        path = staging / target.name
        if directory:
            path.mkdir()
        yield path
        if not path.exists():
            raise WriteError(f"{target.name} was not written: the format must write to the path it is given")
        if directory:
            _swap_folder(path, target, folder / "old")
        else:
            _move_files(staging, target, folder / "old")
    except OSError as error:
        raise _told(error, target) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _check(target: Path, directory: bool) -> None:
    if not target.name:
        raise WriteError(f"a target must have a file name, got {str(target)!r}")
    if not target.parent.is_dir():
        raise WriteError(f"the folder {str(target.parent)!r} of {target.name} does not exist: make it first")
    if directory and target.exists() and not target.is_dir():
        raise WriteError(f"{str(target)!r} must be a folder, and a file stands there: choose another name")
    if directory and target.is_dir():
        _check_own(target)
    if not directory and target.exists() and not target.is_file():
        raise WriteError(f"{str(target)!r} must be a file, and a folder or device stands there: choose another name")


def _check_own(folder: Path) -> None:
    """A folder with a stranger's file is left alone."""
    listing = folder / LISTING
    own = set(listing.read_text("utf-8").splitlines()) | {LISTING} if listing.is_file() else set()
    foreign = [name for name in _files(folder) if name not in own]
    if foreign:
        raise WriteError(
            f"{str(folder)!r} must be new, empty or written by dhsdk, and it holds {foreign[0]!r}: choose another folder"
        )


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def _swap_folder(path: Path, target: Path, old: Path) -> None:
    (path / LISTING).write_text("".join(f"{name}\n" for name in _files(path)), "utf-8")
    if not target.exists():
        os.replace(path, target)
        return
    os.replace(target, old)
    try:
        os.replace(path, target)
    except OSError:
        os.replace(old, target)
        raise


def _move_files(staging: Path, target: Path, kept: Path) -> None:
    """Moves every file; when one cannot be moved, those before it are put back. No name is ever without a file."""
    names = [name for name in _files(staging) if name != target.name] + [target.name]
    if len(names) > 1:
        _keep(names[:-1], target.parent, kept)
    moved: list[str] = []
    try:
        for name in names:
            destination = target.parent / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, destination)
            moved.append(name)
    except BaseException:
        for name in moved:
            if (kept / name).exists():
                os.replace(kept / name, target.parent / name)
            else:
                (target.parent / name).unlink(missing_ok=True)
        raise


def _keep(names: list[str], folder: Path, kept: Path) -> None:
    """Second names (copies where the file system has no links) for the files that are about to be replaced."""
    for name in names:
        if not (folder / name).is_file():
            continue
        (kept / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(folder / name, kept / name)
        except OSError:
            shutil.copy2(folder / name, kept / name)


def _told(error: OSError, target: Path) -> WriteError:
    where = str(target.parent)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return WriteError(f"{target.name} could not be written: the disk of {where!r} is full; free some space")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return WriteError(f"{target.name} could not be written: {where!r} must be a folder that you may write to")
    return WriteError(f"{target.name} could not be written to {where!r}: {error.strerror or ' '.join(str(error).split())}")
