"""How much memory is free, how much a model wants, and what to do when the one is less than the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dhsdk.diffusion.pretrained.files import size_text
from dhsdk.diffusion.pretrained.folder import FolderCard
from dhsdk.errors import RequestError

LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current")


def free_bytes(device: str) -> int:
    """Bytes that a process could still use on this device: of the CPU within the limit of its container."""
    if device.startswith("cuda"):
        import torch

        return int(torch.cuda.mem_get_info(device)[0])
    import psutil  # type: ignore[import-untyped]  # comes with accelerate

    free = int(psutil.virtual_memory().available)
    with suppress(OSError, ValueError):  # no container, or one without a limit ("max")
        limit, used = (int(Path(one).read_text("ascii")) for one in LIMITS)
        free = min(free, limit - used)
    return free


def wanted_bytes(card: FolderCard, dtype: str, offload: str) -> int:
    """Bytes of weights that lie on the device at once: all, the largest part, or next to nothing."""
    if offload == "sequential":
        return 0
    share = card.memory[dtype] / max(sum(one.numbers for one in card.components), 1)
    sizes = [int(one.numbers * share) for one in card.components]
    return max(sizes, default=0) if offload == "model" else sum(sizes)


def check_room(card: FolderCard, device: str, dtype: str, offload: str) -> None:
    """Raises RequestError, before anything is loaded, when the weights alone are more than what is free."""
    wanted, free = wanted_bytes(card, dtype, offload), free_bytes(device)
    if wanted > free:
        raise RequestError(
            f"the weights of {card.path.name} need {size_text(wanted)} as {dtype} on {device}, free are {size_text(free)}:"
            f" {_mend(device, dtype, offload)}"
        )


@contextmanager
def room_for(what: str, device: str, dtype: str, offload: str) -> Iterator[None]:
    """Within, running out of memory is a RequestError that says what to do."""
    try:
        yield
    except Exception as error:
        if not is_of_memory(error):
            raise
        raise RequestError(f"{what} ran out of memory on {device}: {_mend(device, dtype, offload)}") from error


def is_of_memory(error: Exception) -> bool:
    """It is Python's, the GPU's or the CPU allocator's way of saying that there is no more memory."""
    import torch

    told = str(error)
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and ("not enough memory" in told or "can't allocate memory" in told)
    )


def _mend(device: str, dtype: str, offload: str) -> str:
    ways = []
    if dtype == "float32":
        ways.append("dtype='bfloat16' halves it")
    if device != "cpu" and offload != "sequential":
        ways.append(f"offload='{'model' if offload == 'none' else 'sequential'}' keeps less on the device")
    return "; ".join([*ways, "or take a smaller model or picture"])
