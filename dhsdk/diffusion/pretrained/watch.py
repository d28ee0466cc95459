"""A pipeline's own loop, watched from its scheduler: progress, cancel, and latents that are no numbers stop at the step."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dhsdk.errors import GenerationError

Progress = Callable[[float, str], None]
"""progress(fraction in [0, 1], message): called at every step; an exception that it raises stops the work there."""


@contextmanager
def watched(pipe: Any, progress: Progress | None) -> Iterator[None]:
    """Within, every step of pipe.scheduler reports.

    All pipelines step their scheduler; callbacks of their own have three forms, and some have none.

    Raises GenerationError within, at the step whose latents are not finite, and what `progress` raises.
    """
    scheduler = pipe.scheduler
    step = scheduler.step
    done = 0

    @functools.wraps(step)  # pipelines look at the signature to learn what a scheduler takes
    def watch(*args: Any, **kwargs: Any) -> Any:
        nonlocal done
        out = step(*args, **kwargs)
        done += 1
        total = getattr(pipe, "_num_timesteps", None) or len(scheduler.timesteps)  # fewer where a start picture is kept in part
        latents = out[0] if isinstance(out, tuple) else out.prev_sample
        if not bool(latents.isfinite().all()):
            raise GenerationError(
                f"latents must be finite numbers, step {done} of {total} made others:"
                " take dtype='bfloat16' or 'float32' rather than float16, or less guidance"
            )
        if progress is not None:
            progress(min(done / total, 1.0), f"step {done} of {total}")
        return out

    scheduler.step = watch
    try:
        yield
    finally:
        del scheduler.step  # the instance's own: the method of the class is back
