"""A hub id, fetched by the hub's own client from a server on this machine that answers as the hub does."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import huggingface_hub
import numpy as np
import pytest

from dhsdk.diffusion.pretrained import load, text_to_image
from dhsdk.errors import Cancelled, ReadError
from tests.diffusion import tiny

COMMIT = "c0ffee" + "0" * 34
REPOSITORY = "some-one/tiny.model"


@pytest.fixture
def loopback(tmp_path, monkeypatch):
    """(folder that the server offers, paths that were asked for)."""
    offered, asked = tmp_path / "offered", []

    class Hub(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.answer(body=False)

        def do_GET(self):
            self.answer(body=True)

        def answer(self, body):
            path = self.path.partition("?")[0]
            asked.append(path)
            if path == f"/api/models/{REPOSITORY}/tree/{COMMIT}":
                files = [one for one in sorted(offered.rglob("*")) if one.is_file()]
                data = json.dumps([
                    {"type": "file", "path": str(one.relative_to(offered)), "size": one.stat().st_size, "oid": "0" * 40}
                    for one in files
                ]).encode()  # fmt: skip
                return self.send(data, body, "application/json")
            prefix = f"/{REPOSITORY}/resolve/{COMMIT}/"
            file = offered / path.removeprefix(prefix)
            if not path.startswith(prefix) or not file.is_file():
                self.send_response(404)
                self.send_header("X-Error-Code", "EntryNotFound")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            return self.send(file.read_bytes(), body, "application/octet-stream")

        def send(self, data, body, kind):
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.send_header("ETag", f'"{hashlib.sha1(data).hexdigest()}"')
            self.send_header("X-Repo-Commit", COMMIT)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, *given):
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    there = f"http://127.0.0.1:{server.server_address[1]}"

    class Here(huggingface_hub.HfApi):
        def __init__(self):
            super().__init__(endpoint=there)

    monkeypatch.setattr("huggingface_hub.HfApi", Here)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    yield offered, asked
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_pinned_model_is_downloaded_and_runs_like_the_folder(loopback, pretrained):
    offered, asked = loopback
    tiny.edited("sd", offered)
    (offered / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"pickle")
    (offered / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"another precision")
    (offered / "custom.py").write_text("raise SystemExit", "utf-8")
    (offered / "v1-5.safetensors").write_bytes(b"a second copy of everything")
    told = []
    loaded = load(f"{REPOSITORY}@{COMMIT}", allow_network=True, progress=lambda share, text: told.append(text))
    assert loaded.card.licence == "cc0-1.0"
    assert loaded.sha256 == pretrained("sd").sha256
    assert np.array_equal(text_to_image(loaded, "a chair", steps=2), text_to_image(pretrained("sd"), "a chair", steps=2))
    assert "downloading unet/diffusion_pytorch_model.safetensors" in told
    files = {one.rpartition(f"{COMMIT}/")[2] for one in asked}
    assert "model_index.json" in files
    assert not {one for one in files if one.endswith((".bin", ".py", "fp16.safetensors", "v1-5.safetensors"))}


def test_shards_are_downloaded(loopback, pretrained):
    offered, _ = loopback
    pretrained("sd").pipe.save_pretrained(offered, max_shard_size="200KB")
    loaded = load(REPOSITORY, allow_network=True, revision=COMMIT)
    assert len(loaded.card.weight_files) > 3


def test_a_pipeline_that_is_not_allowed_is_refused_before_its_weights_travel(loopback):
    offered, asked = loopback
    tiny.edited("sd", offered, unet=["evil", "Evil"])
    with pytest.raises(ReadError, match="must have a class of the allow-list"):
        load(REPOSITORY, allow_network=True, revision=COMMIT)
    assert {one.rpartition("/")[2] for one in asked} == {"model_index.json"}


def test_a_download_is_told_as_it_comes_and_stops_when_asked(loopback, capfd):
    offered, _ = loopback
    tiny.edited("sd", offered)
    told = []

    def stop(share, text):
        told.append((share, text))
        if "unet" in text and text.endswith(".safetensors"):
            raise Cancelled("cancelled")

    with pytest.raises(Cancelled):
        load(REPOSITORY, allow_network=True, revision=COMMIT, progress=stop)
    shares = [share for share, text in told if text.endswith(".safetensors")]
    assert shares == sorted(shares)
    assert shares[-1] > 0.0
    assert not capfd.readouterr().err
    assert load(REPOSITORY, allow_network=True, revision=COMMIT).card.pipeline == "StableDiffusionPipeline"


def test_a_repository_that_is_not_there_is_an_error_of_ours(loopback):
    with pytest.raises(ReadError, match=f"the hub did not give {REPOSITORY} at {COMMIT}: ") as caught:
        load(REPOSITORY, allow_network=True, revision=COMMIT)
    assert "\n" not in str(caught.value)
