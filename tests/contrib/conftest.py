"""The plugins of plugins_contrib, importable as if they were installed."""

import sys
from pathlib import Path

import pytest

PICTURE = Path(__file__).parents[2] / "plugins_contrib" / "dhsdk-picture"


@pytest.fixture(scope="session")
def picture_plugin():
    sys.path.insert(0, str(PICTURE))
    import dhsdk_picture

    yield dhsdk_picture
    sys.path.remove(str(PICTURE))
