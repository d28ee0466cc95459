"""diffusers and transformers speak by loggers, progress bars and warnings; here they are silent, and afterwards as they were."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

SILENCED: tuple[tuple[str, type[Warning]], ...] = (
    (r"__array__ implementation doesn't accept a copy keyword", DeprecationWarning),  # HeunDiscreteScheduler hands torch to numpy
)
"""(start of the text, category): everything else that warns is heard."""


@contextmanager
def quiet() -> Iterator[None]:
    """Within, the two libraries log errors only and draw no bars."""
    import diffusers.utils.logging as diffusers_log
    import transformers.utils.logging as transformers_log

    before = diffusers_log.get_verbosity(), transformers_log.get_verbosity()
    bars = diffusers_log.is_progress_bar_enabled(), transformers_log.is_progress_bar_enabled()
    with warnings.catch_warnings():
        for text, kind in SILENCED:
            warnings.filterwarnings("ignore", text, kind)
        for log in (diffusers_log, transformers_log):
            log.set_verbosity_error()
            log.disable_progress_bar()
        try:
            yield
        finally:
            for log, level, drawn in zip((diffusers_log, transformers_log), before, bars, strict=True):
                log.set_verbosity(level)
                if drawn:
                    log.enable_progress_bar()
