import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import dhsdk
from dhsdk.errors import MissingExtra, PluginError, RequestError, UnknownName
from dhsdk.host import Host
from dhsdk.plugin import ModelSpec, RasterizerSpec, hookimpl

from .strangers import GENERATOR, install, python, run

COMMAND = "from dhsdk.cli import main; main()"
DICE = Path(__file__).parents[1] / "plugins_contrib" / "dhsdk-dice"

STRANGERS = {
    "raises-at-import": "raise RuntimeError('boom at import')",
    "exits-at-import": "raise SystemExit('leaving')",
    "misspelled": "import dhsdk\n@dhsdk.hookimpl\ndef dhsdk_generatorz():\n    return []",
    "wrong-argument": "import dhsdk\n@dhsdk.hookimpl\ndef dhsdk_generators(host):\n    return []",
    "missing-dependency": "import a_module_that_is_not_installed",
    "hook-raises": "import dhsdk\n@dhsdk.hookimpl\ndef dhsdk_generators():\n    return [1 / 0]",
    "hook-gives-nothing": "import dhsdk\n@dhsdk.hookimpl\ndef dhsdk_generators():\n    return None",
    "wants-seed": GENERATOR.format(name="wants_seed").replace("size:", "seed:"),
    "without-help": GENERATOR.format(name="without_help").replace("edge length", ""),
    "without-summary": GENERATOR.format(name="without_summary").replace("A stranger's thing.", ""),
    "without-params": GENERATOR.format(name="without_params").replace("Params = ", "Other = "),
    "dict-params": GENERATOR.format(name="dict_params").replace(", P\n", ", dict\n"),
    "shouting": GENERATOR.format(name="SHOUTING"),
    "gives-a-class": GENERATOR.format(name="gives_a_class").replace("[G()]", "[G]"),
    "from-the-future": "dhsdk_api = (7, 9)\n" + GENERATOR.format(name="from_the_future"),
    "twin-a": GENERATOR.format(name="twin"),
    "twin-b": GENERATOR.format(name="twin"),
    "bad-suffix": """
import dhsdk
class F(dhsdk.Format):
    name, summary, suffixes, kinds = "bad", "Bad.", ("STRANGE",), ("scene",)
@dhsdk.hookimpl
def dhsdk_formats():
    return [F(), 3]
""",
    "nameless-model": "import dhsdk\n@dhsdk.hookimpl\ndef dhsdk_models():\n    return [object()]",
    "healthy": GENERATOR.format(name="healthy"),
}

REASONS = {
    "raises-at-import": r"RuntimeError: boom at import",
    "exits-at-import": r"SystemExit: leaving",
    "misspelled": r"unknown hook 'dhsdk_generatorz'.*\(hooks: dhsdk_generators, dhsdk_formats, dhsdk_models, ",
    "wrong-argument": r"dhsdk_generators.*\(hooks: ",
    "missing-dependency": r"needs the module 'a_module_that_is_not_installed': pip install it",
    "hook-raises": r"dhsdk_generators failed: ZeroDivisionError: division by zero",
    "hook-gives-nothing": r"dhsdk_generators failed: TypeError: ",
    "wants-seed": r"generator 'wants_seed' must not have a parameter named 'seed': the name is reserved",
    "without-help": r"parameter 'size' of generator 'without_help' must have a help text",
    "without-summary": r"generator 'without_summary' must have a class attribute summary",
    "without-params": r"generator 'without_params' must have a class attribute Params",
    "dict-params": r"Params of generator 'dict_params' must derive from dhsdk\.Params",
    "shouting": r"generator 'SHOUTING' must have a lower_case identifier as its name",
    "gives-a-class": r"generator 'gives_a_class' must be an instance of dhsdk\.Generator, got ABCMeta",
    "from-the-future": r"needs plugin API 7\.\.9, this dhsdk has 1: install a matching version",
    "twin-b": r"generator 'twin' is offered by twin-a and by twin-b: the first is used",
    "bad-suffix": r"suffix 'STRANGE' of format 'bad' must be lower case and start with a dot",
    "nameless-model": r"<object object at .*> must have a name",
    "dangling": r"ModuleNotFoundError|needs the module 'no_such_module_here': pip install it",
}


@pytest.fixture(scope="module")
def crowd(tmp_path_factory):
    """What a host in a new process says when every stranger is installed at once."""
    folder = tmp_path_factory.mktemp("crowd")
    for distribution, source in STRANGERS.items():
        install(folder, distribution, source)
    install(folder, "dangling", "", entry="no_such_module_here:thing")
    return run(
        folder,
        "import dhsdk, json, sys; host = dhsdk.Host(); heavy = 'numpy' in sys.modules\n"
        "made = host.generate('healthy', size=2.0)\n"
        "failures = [[f.plugin, f.reason] for f in host.failures]\n"
        "print(json.dumps({'failures': failures, 'generators': list(host.generators), 'made': made.nodes[0].key,"
        " 'owner': host.found.owners['generator twin'], 'heavy': heavy}))",
    )


@pytest.mark.parametrize("distribution", REASONS)
def test_a_broken_stranger_is_reported_by_its_distribution(crowd, distribution):
    reasons = [reason for plugin, reason in crowd["failures"] if plugin == distribution]
    assert any(re.search(REASONS[distribution], reason) for reason in reasons), reasons
    assert all("\n" not in reason for reason in reasons)


def test_broken_strangers_stop_nothing(crowd):
    assert crowd["made"] == "empty"
    assert {"healthy", "twin"} <= set(crowd["generators"])
    assert crowd["owner"] == "twin-a"
    assert {plugin for plugin, _ in crowd["failures"]} == set(REASONS)
    assert not crowd["heavy"]


def test_the_reasons_stand_in_the_message_of_a_missing_generator(tmp_path):
    install(tmp_path, "raises-at-import", STRANGERS["raises-at-import"])
    code = "import dhsdk, json\ntry: dhsdk.Host().request('no_such')\nexcept dhsdk.UnknownName as e: print(json.dumps(str(e)))"
    said = run(tmp_path, code)
    assert said.startswith("no generator named 'no_such'; there is: ")
    assert "raises-at-import was left out: RuntimeError: boom at import" in said


def test_a_stranger_cannot_take_the_name_of_a_built_in(tmp_path):
    name = sorted(Host().generators)[0]
    install(tmp_path, "usurper", GENERATOR.format(name=name))
    code = "import dhsdk, json; h = dhsdk.Host(); print(json.dumps([f.reason for f in h.failures if f.plugin == 'usurper']))"
    said = run(tmp_path, code)
    assert len(said) == 1
    assert re.fullmatch(rf"generator '{name}' is offered by dhsdk\.plugins\.\w+ and by usurper: the first is used", said[0])


@pytest.fixture(scope="module")
def dice(tmp_path_factory):
    """A folder with dhsdk-dice installed by pip, from a copy, as a stranger would have it."""
    import shutil

    folder = tmp_path_factory.mktemp("dice")
    source = folder / "source"
    shutil.copytree(DICE, source, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))
    target = folder / "site"
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    done = subprocess.run([*command, "--target", str(target), str(source)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return target


def test_dice_is_found_by_its_entry_point_and_makes_a_glb(dice, tmp_path):
    said = run(
        dice,
        f"import dhsdk, json; h = dhsdk.Host(); out = {str(tmp_path / 'dice.glb')!r}\n"
        "h.save(h.generate('dice', size=0.02), out); s = dhsdk.load(out)\n"
        "p = s.nodes[0].mesh.primitives[0].positions\n"
        "print(json.dumps({'owner': h.found.owners['generator dice'], 'low': p.min(0).tolist(), 'high': p.max(0).tolist(),"
        " 'failures': [f.reason for f in h.failures], 'made_by': s.extras['dhsdk']['generator']}))",
    )
    assert said["owner"] == "dhsdk-dice"
    assert said["failures"] == []
    assert said["made_by"] == "dice"
    np.testing.assert_allclose(said["low"], [-0.01, 0, -0.01], atol=1e-9)
    np.testing.assert_allclose(said["high"], [0.01, 0.02, 0.01], atol=1e-9)


def test_dice_from_the_command_line(dice, tmp_path):
    done = python(dice, "-c", COMMAND, "make", "dice", "--size", "0.02", "-o", "dice.glb", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "dice.glb").is_file()
    wrong = python(dice, "-c", COMMAND, "make", "dice", "--size", "99", "-o", "wrong.glb", cwd=tmp_path)
    assert wrong.returncode == 2
    assert wrong.stderr.strip() == "error: size must be in [0.001, 10], got '99' (edge length)"


@pytest.mark.parametrize("name", ["dhsdk_dice", "dice"])
def test_dice_keeps_the_contract_under_pytest(dice, tmp_path, name):
    from dhsdk.contract import CHECKS

    done = python(dice, "-m", "pytest", "-p", "no:dash", "-p", "no:cacheprovider", "--dhsdk", name, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(CHECKS)} passed" in done.stdout


def test_a_broken_promise_is_one_line_under_pytest(tmp_path):
    source = GENERATOR.format(name="heavy").replace("import dhsdk\n", "import dhsdk\nimport numpy\n", 1)
    install(tmp_path, "heavy", source)
    done = python(
        tmp_path, "-m", "pytest", "-p", "no:dash", "-p", "no:cacheprovider", "--dhsdk", "heavy", "-k", "imports", cwd=tmp_path
    )
    assert done.returncode == 1
    assert "heavy: importing heavy must load nothing heavy, got numpy: import inside build()" in done.stdout
    assert "1 failed" in done.stdout


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no_such_module", "plugin 'no_such_module' must be importable, got ModuleNotFoundError"),
        ("json", "must have a function dhsdk_generators"),
    ],
)
def test_pytest_says_what_is_wrong_with_the_option(tmp_path, name, message):
    done = python(tmp_path, "-m", "pytest", "-p", "no:dash", "-p", "no:cacheprovider", "--dhsdk", name, cwd=tmp_path)
    assert done.returncode == pytest.ExitCode.USAGE_ERROR
    assert message in done.stdout + done.stderr


def test_the_pytest_plugin_costs_nothing_when_it_is_not_asked(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it():\n    assert not {'numpy', 'dhsdk.host', 'dhsdk.testing', 'pydantic'} & set(sys.modules)\n"
    )
    done = python(
        tmp_path, "-W", "error", "-m", "pytest", "-p", "no:dash", "-p", "no:cacheprovider", "-p", "no:anyio", cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr


class Size(dhsdk.Params):
    size: float = dhsdk.param(1.0, help="edge length", ge=0.1, le=10.0)


class Thing(dhsdk.Generator[Size]):
    name, summary, Params = "thing", "A test's thing.", Size

    def __init__(self, build=None):
        self._build = build

    def build(self, plan, ctx):
        from dhsdk.scene import Node, Scene

        return self._build(ctx) if self._build else Scene((Node("empty"),))


def a_plugin(**hooks):
    """A plugin module with these hooks: functions, or plain lists of what they return."""
    module = ModuleType("a_test_plugin")
    for name, value in hooks.items():
        setattr(module, name, hookimpl(value if callable(value) else lambda value=value: value))
    return module


def a_host(build=None, **hooks):
    return Host(device="cpu", plugins=[a_plugin(dhsdk_generators=lambda: [Thing(build)], **hooks)])


def test_dhsdk_generators_offers_generators():
    assert a_host().generate("thing", size=2.0).nodes[0].key == "empty"
    assert a_host().generate("Thing").extras["dhsdk"]["generator"] == "thing"


def test_dhsdk_formats_offers_formats(tmp_path):
    class Count(dhsdk.Format):
        name, summary, suffixes, kinds, reads = "count", "Counts nodes.", (".count",), ("scene",), False

        def write(self, asset, path, options):
            path.write_text(str(len(asset.nodes)))

    host = a_host(dhsdk_formats=lambda: [Count()])
    host.save(host.generate("thing"), tmp_path / "x.count")
    assert (tmp_path / "x.count").read_text() == "1"
    assert json.loads((tmp_path / "x.count.dhsdk.json").read_text())["generator"] == "thing"


def test_dhsdk_models_offers_weights_that_are_loaded_once():
    loads = []
    spec = ModelSpec("little", lambda device, dtype: loads.append((device, dtype)) or object(), 8, "CC0-1.0", "made here")
    seen = []

    def build(ctx):
        from dhsdk.scene import Scene

        seen.append(ctx.model("little"))
        return Scene()

    host = a_host(build, dhsdk_models=lambda: [spec])
    host.generate("thing")
    host.generate("thing")
    assert loads == [("cpu", "float32")]
    assert seen[0] is seen[1]


def test_an_unknown_model_lists_the_known_ones():
    with pytest.raises(UnknownName, match=r"^no model named 'big'; there is: "):
        a_host(lambda ctx: ctx.model("big")).generate("thing")


def test_dhsdk_rasterizers_offers_backends_and_their_reasons():
    spec = RasterizerSpec("toy", lambda: None, lambda device: f"toy on {device}")
    broken = RasterizerSpec("broken", lambda: "no driver", lambda device: None)
    seen = []

    def build(ctx):
        from dhsdk.scene import Scene

        seen.append(ctx.rasterizer("toy"))
        with pytest.raises(UnknownName, match=r"^no rasterizer 'broken' is available; broken: no driver$"):
            ctx.rasterizer("broken")
        with pytest.raises(UnknownName, match=r"^no rasterizer 'none' is available; known: .*toy"):
            ctx.rasterizer("none")
        return Scene()

    a_host(build, dhsdk_rasterizers=lambda: [spec, broken]).generate("thing")
    assert seen == ["toy on cpu"]


def test_the_rasterizer_that_nobody_names_fits_the_device():
    specs = [RasterizerSpec(f"a_{one}", lambda: None, lambda device, one=one: one, devices=(one,)) for one in ("cuda", "cpu")]
    seen = []

    def build(ctx):
        from dhsdk.scene import Scene

        seen.append(ctx.rasterizer())
        return Scene()

    a_host(build, dhsdk_rasterizers=lambda: specs).generate("thing")
    assert getattr(seen[0], "name", seen[0]) in ("cpu", "numba")


def test_dhsdk_before_generate_can_refuse():
    def refuse(request):
        raise RequestError(f"no {request.generator} on Sundays")

    with pytest.raises(RequestError, match=r"^no thing on Sundays$"):
        a_host(dhsdk_before_generate=refuse).generate("thing")


def test_dhsdk_before_generate_that_fails_is_charged_to_its_plugin():
    with pytest.raises(
        PluginError, match=r"^dhsdk_before_generate of a_test_plugin failed: ZeroDivisionError: division by zero$"
    ):
        a_host(dhsdk_before_generate=lambda: 1 / 0).generate("thing")


def test_dhsdk_after_generate_sees_request_asset_and_seconds():
    seen = []
    a_host(dhsdk_after_generate=lambda request, asset, seconds: seen.append((request, asset, seconds))).generate("thing", seed=5)
    request, asset, seconds = seen[0]
    assert (request.generator, request.seed, asset.nodes[0].key) == ("thing", 5, "empty")
    assert seconds >= 0


def test_a_generator_that_fails_is_charged_to_its_plugin():
    def fail(ctx):
        raise KeyError("deep\nreason")

    with pytest.raises(PluginError, match=r"^generator thing of a_test_plugin failed: KeyError: 'deep\\nreason'$") as error:
        a_host(fail).generate("thing")
    assert isinstance(error.value.__cause__, KeyError)


def test_a_generator_of_the_wrong_kind_is_charged():
    with pytest.raises(PluginError, match=r"^generator thing must produce scene, got audio$"):
        a_host(lambda ctx: dhsdk.Audio(np.zeros(4), 48_000)).generate("thing")


def test_a_generator_without_memory_is_told_to_ask_for_less():
    def fail(ctx):
        raise MemoryError

    with pytest.raises(PluginError, match=r"^generator thing of a_test_plugin ran out of memory: ask for less "):
        a_host(fail).generate("thing")


def test_a_missing_module_names_itself_or_the_extra(monkeypatch):
    def fail(ctx):
        import a_module_that_is_not_installed  # noqa: F401

    with pytest.raises(PluginError, match=r"needs the module 'a_module_that_is_not_installed': pip install it$"):
        a_host(fail).generate("thing")
    monkeypatch.setattr(Thing, "extra", "cad")
    with pytest.raises(MissingExtra, match=r"^generator thing needs an optional dependency: pip install 'dhsdk\[cad\]'$"):
        a_host(fail).generate("thing")


def test_a_generator_says_what_weights_it_used():
    model = {"name": "little", "sha256": "ab" * 32, "licence": "CC0-1.0"}

    def build(ctx):
        from dhsdk.scene import Scene

        return Scene(extras={"dhsdk": {"backend": "little nets", "models": [model], "seed": 99}})

    own = a_host(build).generate("thing").extras["dhsdk"]
    assert (own["backend"], list(own["models"]), own["seed"]) == ("little nets", [model], 0)
    assert a_host().generate("thing").extras["dhsdk"]["models"] == ()


def test_a_generator_that_says_it_wrongly_is_charged():
    def build(ctx):
        from dhsdk.scene import Scene

        return Scene(extras={"dhsdk": {"models": [{"name": "little"}]}})

    with pytest.raises(PluginError, match=r"^generator thing of a_test_plugin failed: KeyError: 'sha256'$"):
        a_host(build).generate("thing")


def test_a_generator_that_knows_no_words_says_so():
    with pytest.raises(RequestError, match=r"^thing cannot be changed by words: set values of its plan instead$"):
        a_host().generate("thing", change="taller")
