"""No test of a pretrained model reaches the network: a socket that is opened is a failure."""

import socket

import pytest
import torch

from dhsdk.diffusion.pretrained import load
from tests.diffusion import tiny

HERE = "127.0.0.1"


@pytest.fixture(autouse=True)
def _no_network(request, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a test of pretrained models reached for the network")

    if "loopback" in request.fixturenames:
        names = socket.getaddrinfo
        local = lambda host, *rest, **more: (names if host == HERE else refuse)(host, *rest, **more)  # noqa: E731
        monkeypatch.setattr(socket, "getaddrinfo", local)
        return
    for name in ("connect", "connect_ex", "bind", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True, scope="session")
def _one_thread():
    """Tiny tensors: more threads only wait for one another."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def pretrained():
    """pretrained("sd"): that tiny folder, loaded once."""
    loaded = {}

    def get(name):
        if name not in loaded:
            loaded[name] = load(tiny.folder(name))
        return loaded[name]

    return get
