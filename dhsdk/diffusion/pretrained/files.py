"""The small files of a model folder, and which of its large ones are its weights."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from dhsdk.errors import ReadError

LARGEST_JSON = 64 << 20
PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
STEMS = ("diffusion_pytorch_model", "model")
"""How diffusers and transformers call the weights of a part."""


def read_json(path: Path) -> dict[str, Any]:
    """The object in this file. Raises ReadError when it is too large, broken or not an object."""
    try:
        check_size(path)
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ReadError(f"cannot read {path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path} is no readable JSON: {error}") from error
    if not isinstance(found, dict):
        raise ReadError(f"{path} must hold a JSON object, found {type(found).__name__}")
    return found


def check_size(path: Path) -> None:
    """Raises ReadError when one of the small files is no small file."""
    if path.stat().st_size > LARGEST_JSON:
        raise ReadError(f"a small file of a model has at most {LARGEST_JSON} bytes, {path} has {path.stat().st_size}")


def weights_name(names: set[str]) -> tuple[str | None, str | None]:
    """Among the files of a part: the weights, or the index of their shards, and their variant; plain ones come first."""
    for stem in STEMS:
        pattern = re.compile(rf"{stem}(?:\.(\w+))?\.safetensors|{stem}\.safetensors\.index(?:\.(\w+))?\.json")
        found = {match[1] or match[2] or "": name for name in sorted(names) if (match := pattern.fullmatch(name))}
        if found:
            return found[min(found)], min(found) or None
    return None, None


def shards(index: Path) -> list[str]:
    """The files that an index of shards names, which must lie beside it; none when `index` is the weights themselves."""
    if index.suffix != ".json":
        return []
    table = read_json(index).get("weight_map")
    if not isinstance(table, dict) or not all(isinstance(one, str) for one in table.values()):
        raise ReadError(f"{index} must have a weight_map from names to files")
    files = sorted(set(table.values()))
    for file in files:
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors", file):
            raise ReadError(f"shards are safetensors files in the folder of their index, {index} names {short(file)}")
    return files


def file_sha256(path: Path) -> str:
    """Of its bytes, read in blocks. Raises ReadError."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ReadError(f"cannot read the weights {path}: {error.strerror or error}") from error


def licence(path: Path) -> str:
    """Of the model card's front matter, else the first line of a licence file, else 'not stated'."""
    card = path / "README.md"
    if card.is_file():
        with card.open(encoding="utf-8", errors="replace") as file:
            front = re.match(r"---\s*\n(.*?)\n---", file.read(1 << 16), re.DOTALL)
        found = dict(re.findall(r"^(license(?:_name)?):[ \t]*['\"]?([^'\"\n]+)", front[1], re.MULTILINE)) if front else {}
        name = found.get("license_name") if found.get("license", "").strip() == "other" else found.get("license")
        if name or found.get("license"):
            return (name or found["license"]).strip()
    for file_name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "LICENCE"):
        if (path / file_name).is_file():
            with (path / file_name).open(encoding="utf-8", errors="replace") as file:
                return next((line.strip("# \n")[:120] for line in file if line.strip("# \n")), "not stated")
    return "not stated"


def short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def one_line(error: Exception) -> str:
    """What a foreign error says, on one line and not for ever."""
    text = " ".join(str(error).split())
    return text if len(text) <= 300 else text[:297] + "..."


def size_text(size: int) -> str:
    return f"{size / 2**30:.2f} GiB" if size >= 1 << 29 else f"{size / 2**20:.1f} MiB"
