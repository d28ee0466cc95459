"""What holds for the whole tree: public names, lightness, hooks, sizes, layers."""

import ast
import json
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import dhsdk
from dhsdk.audit import HEAVY
from dhsdk.plugin import Generator, Hooks

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "dhsdk").rglob("*.py"))
PUBLIC = """
generate save load make_ready snapshot check Host Request Generator Params Plan param Format Context hookimpl
Scene Node Mesh Material Image Clip Audio
DhsdkError RequestError ParamError PromptError UnknownName MissingExtra NetworkNotAllowed ReadError SceneError WriteError
FormatRefused PluginError RenderError GenerationError Cancelled
"""
MOST_LINES, MOST_FUNCTION_LINES, MOST_PUBLIC_METHODS = 400, 62, 12


def trees():
    return [(path.relative_to(ROOT), ast.parse(path.read_text("utf-8"))) for path in SOURCES]


def test_the_public_names_are_the_ones_that_were_promised():
    assert sorted(dhsdk.__all__) == sorted(PUBLIC.split())
    assert list(dhsdk.__all__) == sorted(dhsdk.__all__)
    assert all(getattr(dhsdk, name) is not None for name in dhsdk.__all__)
    assert set(dir(dhsdk)) >= set(dhsdk.__all__)


def test_a_type_checker_sees_the_same_names():
    tree = ast.parse((ROOT / "dhsdk" / "__init__.py").read_text("utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    seen = {alias.name for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    assert seen == set(dhsdk.__all__)


def test_no_public_name_is_a_module():
    """Python would shadow the one with the other."""
    assert not {module.name for module in pkgutil.iter_modules(dhsdk.__path__)} & set(dhsdk.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match=r"^module 'dhsdk' has no attribute 'chair'$"):
        _ = dhsdk.chair


@pytest.mark.parametrize(
    "code",
    [
        "import dhsdk",
        "import dhsdk, dhsdk.errors, dhsdk.params, dhsdk.plugin, dhsdk.host, dhsdk.cli",
        "import dhsdk; dhsdk.Host()",
        "import dhsdk; h = dhsdk.Host(); h.generators, h.formats, h.failures; [h.generators[n].Params for n in h.generators]",
        "from dhsdk.cli import main\ntry: main(['--help'])\nexcept SystemExit as stop: assert not stop.code",
        "from dhsdk.cli import main\ntry: main(['list'])\nexcept SystemExit as stop: assert not stop.code",
        "import dhsdk.formats, dhsdk.words, dhsdk.shapes, dhsdk.materials, dhsdk.ready, dhsdk.render, dhsdk.jit, dhsdk.testing",
        "import dhsdk.pytest_plugin",
    ],
)
def test_nothing_heavy_is_imported(code):
    """In a new process; a crash there is a failure."""
    tail = "\nimport sys, json; print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    done = subprocess.run([sys.executable, "-c", code + tail], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert not HEAVY & set(loaded)


def test_importing_dhsdk_imports_next_to_nothing_of_it():
    code = "import sys, dhsdk; print(*[name for name in sys.modules if name.startswith('dhsdk')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["dhsdk"]


HOOKS = [name for name in vars(Hooks) if name.startswith("dhsdk_")]


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_documented(hook):
    assert (getattr(Hooks, hook).__doc__ or "").strip()
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "plugins_contrib").rglob("*.md")]
    assert any(hook in page.read_text("utf-8") for page in pages), f"no page names {hook}"


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_tested(hook):
    """By a test that is named after it."""
    assert f"def test_{hook}_" in (ROOT / "tests" / "test_plugins.py").read_text("utf-8")


def test_every_generator_says_what_it_needs_to():
    host = dhsdk.Host()
    assert not host.failures
    for generator in host.generators.values():
        assert isinstance(generator, Generator)
        assert generator.example or not [field for field in generator.Params.model_fields.values() if field.is_required()]


def test_no_file_is_too_long():
    long = [f"{path}: {count} lines" for path in SOURCES if (count := path.read_text("utf-8").count("\n")) > MOST_LINES]
    assert not long, "\n".join(long)


def test_no_function_is_too_long():
    long = [
        f"{path}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > MOST_FUNCTION_LINES
    ]
    assert not long, "\n".join(long)


def test_no_class_has_too_many_public_methods():
    big = [
        f"{path}:{node.lineno} {node.name}: {count} public methods"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        and (count := sum(isinstance(one, ast.FunctionDef) and not one.name.startswith("_") for one in node.body))
        > MOST_PUBLIC_METHODS
    ]
    assert not big, "\n".join(big)


def test_users_are_never_told_by_print_or_assert():
    """print is for the command (click.echo); an assert may only tell a type checker what is known already."""
    wrong = []
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                wrong.append(f"{path}:{node.lineno} print")
            if isinstance(node, ast.Assert) and not _narrows(node.test):
                wrong.append(f"{path}:{node.lineno} assert {ast.unparse(node.test)}")
    assert not wrong, "\n".join(wrong)


def _narrows(test):
    if isinstance(test, ast.BoolOp):
        return all(map(_narrows, test.values))
    if isinstance(test, ast.Call):
        return isinstance(test.func, ast.Name) and test.func.id == "isinstance"
    return isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.IsNot) and ast.unparse(test.comparators[0]) == "None"


def test_no_class_is_called_after_nothing():
    vague = ("Manager", "Helper", "Utils", "Util", "Base")
    found = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef) and (node.name.endswith(vague) or node.name.startswith("Base"))
    ]
    found += [str(path) for path, _ in trees() if path.stem in ("utils", "helpers", "common", "misc")]
    assert not found, "\n".join(found)


def test_no_global_randomness_and_no_clock_in_what_is_made():
    """Same request, same bytes: streams come from Context.rng, and no file holds the time of its making."""
    quiet = {Path("dhsdk") / name for name in ("host.py", "cli.py", "contract.py", "testing.py", "demo.py")}
    banned = ("np.random.seed", "np.random.rand", "random.random(", "import random", "time.time(", "datetime.now", "uuid4")
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in SOURCES
        if path.relative_to(ROOT) not in quiet
        for word in banned
        if word in path.read_text("utf-8")
    ]
    assert not found, "\n".join(found)


def test_native_mesh_libraries_are_behind_one_door():
    """They crash or never come back on what they do not expect; ready/native.py looks at it before."""
    door = Path("dhsdk/ready/native.py")
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees()
        if path != door
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in ([one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if name.split(".")[0] in ("manifold3d", "xatlas")
    ]
    assert not found, "\n".join(found)


def test_the_layers_hold():
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Contracts: 3 kept, 0 broken." in done.stdout


def test_ruff_finds_nothing():
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "-q", "."], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
