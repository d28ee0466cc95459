"""How many examples a law is tried with, and which: the same in every run, or with DHSDK_EXAMPLES=explore others and more."""

import os
from typing import Any

from hypothesis import settings

MORE = 4
settings.register_profile("fixed", derandomize=True, deadline=None, print_blob=True)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True, max_examples=100 * MORE)
PROFILE = os.environ.get("DHSDK_EXAMPLES", "fixed")


def examples(count: int, **others: Any) -> settings:
    """Settings for a law: `count` examples, MORE times as many where the profile explores."""
    return settings(settings.get_profile(PROFILE), max_examples=count * (MORE if PROFILE == "explore" else 1), **others)
