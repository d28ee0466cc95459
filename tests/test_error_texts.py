"""Every raise of the family has a test of its text: the words of each message stand in some test."""

import ast
import inspect
from pathlib import Path

import pytest

from dhsdk import errors

ROOT = Path(__file__).parents[1]
KINDS = {name for name, one in vars(errors).items() if inspect.isclass(one)} | {"ValueError", "TypeError"}
WORDS = 4
"""So many words of the longest fixed part of a message must be found."""


def _texts(node):
    """The fixed parts of a message: of a string, an f-string, their concatenation or a choice between two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return [text for value in node.values for text in _texts(value)]
    if isinstance(node, ast.BinOp):
        return _texts(node.left) + _texts(node.right)
    return []


def _raises(path):
    """(line, fixed words) of every raise in a file whose message has words of its own."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call) or not node.exc.args:
            continue
        called = node.exc.func
        if isinstance(called, ast.Name) and called.id in KINDS:
            longest = max(_texts(node.exc.args[0]), key=len, default="")
            words = longest.split()[:WORDS]
            if words:
                yield node.lineno, " ".join(words)


@pytest.fixture(scope="module")
def tested():
    """Every string of every test, backslashes of patterns taken out."""
    found = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        if path != Path(__file__):
            tree = ast.parse(path.read_text("utf-8"))
            found += [" ".join("".join(_texts(node)).replace("\\", "").split()) for node in ast.walk(tree)]
    return "\n".join(filter(None, found))


@pytest.mark.parametrize("path", sorted((ROOT / "dhsdk").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_message_is_tested(path, tested):
    missing = [f"{path.relative_to(ROOT)}:{line}: {words} ..." for line, words in _raises(path) if words not in tested]
    assert not missing, "no test has the words of:\n" + "\n".join(missing)
