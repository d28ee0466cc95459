import re

import pytest

from dhsdk import errors
from dhsdk.errors import DhsdkError, MissingExtra


def _family():
    found = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, DhsdkError)]
    return sorted(found, key=lambda one: one.__name__)


def _drawn():
    """(name, depth) of every line of the tree at the top of the file."""
    lines = [re.match(r"^((?:│   |    )*)(?:├── |└── )(\w+)", line) for line in errors.__doc__.splitlines()]
    return [(line[2], len(line[1]) // 4 + 1) for line in lines if line]


def test_the_tree_at_the_top_of_the_file_is_the_tree():
    depth = {one.__name__: len(one.__mro__) - len(DhsdkError.__mro__) for one in _family()}
    assert dict(_drawn()) == {name: level for name, level in depth.items() if level}
    parents = ["DhsdkError"]
    for name, level in _drawn():
        parents[level:] = [name]
        assert getattr(errors, name).__bases__[0].__name__ == parents[level - 1]


def test_every_error_is_public():
    import dhsdk

    assert {one.__name__ for one in _family()} <= set(dhsdk.__all__)


@pytest.mark.parametrize(
    ("name", "code"),
    [("DhsdkError", 1), ("SceneError", 1), ("WriteError", 1), ("PluginError", 1), ("RenderError", 1), ("Cancelled", 130)]
    + [("GenerationError", 1)]
    + [(name, 2) for name in ("RequestError", "ParamError", "PromptError", "UnknownName", "MissingExtra")]
    + [(name, 2) for name in ("NetworkNotAllowed", "ReadError", "FormatRefused")],
)
def test_exit_codes(name, code):
    assert getattr(errors, name).exit_code == code


def test_a_missing_extra_is_the_pip_line():
    assert str(MissingExtra.of("format mp4", "video")) == "format mp4 needs an optional dependency: pip install 'dhsdk[video]'"


def test_the_family_is_caught_by_its_root():
    with pytest.raises(DhsdkError):
        raise MissingExtra.of("format mp4", "video")
