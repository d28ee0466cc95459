"""The contract over every built-in generator, and proof that each promise is really checked."""

import threading
from pathlib import Path

import pytest

import dhsdk
from dhsdk import audit, contract
from dhsdk.contract import CHECKS
from dhsdk.errors import Cancelled, MissingExtra
from dhsdk.testing import FakeContext, check_generator

from . import broken_generators as broken

GENERATORS = dhsdk.Host(device="cpu").generators


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@pytest.mark.parametrize("name", GENERATORS)
def test_a_built_in_keeps_the_contract(name, check):
    try:
        check(GENERATORS[name])
    except MissingExtra as error:
        pytest.skip(str(error))


def test_there_is_something_to_hold_to_the_contract():
    assert "text_to_3d" in GENERATORS


def test_a_good_generator_keeps_the_whole_contract():
    check_generator(broken.Good())


@pytest.mark.parametrize(
    ("check", "generator", "message"),
    [
        (contract.check_registers, broken.Helpless(), "parameter 'size' of generator 'helpless' must have a help text"),
        (contract.check_described, broken.Wordy(), "wordy: summary must be one line, got 'One.\\nTwo.'"),
        (contract.check_described, broken.Kindless(), "kindless: produces must be a tuple of "),
        (contract.check_params, broken.Thawed(), "thawed: Params must be frozen, but size can be set"),
        (contract.check_example, broken.Failing(), "failing: the example must build, got PluginError: generator failing of "),
        (contract.check_example, broken.OutOfRange(), "out_of_range: the example must build, got ParamError: size must be in "),
        (contract.check_ranges, broken.Lenient(), "lenient: size=-0.9 must be refused: its range is [0.1, 10]"),
        (contract.check_same_bytes, broken.Random(), "random: the same request made other bytes (scene)"),
        (
            contract.check_same_bytes,
            broken.PerProcess(),
            "per_process: the same request made other bytes in a new process (scene)",
        ),
        (contract.check_plan, broken.PlanOfText(), "plan_of_text: plan() must return Params, got str"),
        (contract.check_plan, broken.Forgetful(), "forgetful: the plan must be equal after JSON, got "),
        (contract.check_plan, broken.Hidden(), "hidden: rebuild made other bytes than the plan's file (scene)"),
        (
            contract.check_kind,
            broken.OfAnotherKind(),
            "of_another_kind: the example must build, got PluginError: generator of_another_kind must produce image, got scene",
        ),
        (contract.check_formats, broken.Unwritable(), "unwritable: glb must carry the result, got: extras and numbers must be"),
        (contract.check_progress, broken.Falling(), "falling: progress must never fall, got (0.9, 0.1)"),
        (
            contract.check_scene,
            broken.Faulty(),
            "faulty: scene.check must find no errors, got 1: camera planes must be 0 < near < far",
        ),
        (contract.check_offline, broken.Online(), 'online: must work without a network, but it asked for ("socket.connect '),
        (contract.check_prior, broken.Priorless(), "priorless: the plan must name the prior among its models, got []"),
        (contract.check_prior, broken.Clinging(), "clinging: backend='rules' must use no prior, got ['a prior']"),
        (contract.check_prior, broken.Indifferent(), "indifferent: the plan without the prior must be another: it was the same"),
        (contract.check_writes, broken.Littering(), "littering: temporary files must be removed, but these were left: "),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "__name__", None) or "",
)
def test_a_broken_promise_is_found(check, generator, message):
    with pytest.raises(AssertionError) as error:
        check(generator)
    assert str(error.value).startswith(message)


def test_a_heavy_import_is_found():
    from . import heavy_generator

    with pytest.raises(AssertionError, match=r"^heavy: importing .*heavy_generator must load nothing heavy, got numpy: "):
        contract.check_imports_light(heavy_generator.Heavy())


def test_a_file_elsewhere_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("ELSEWHERE", str(tmp_path))
    with pytest.raises(AssertionError, match=r"^elsewhere: must write only in ctx\.cache, but it touched .*file\.txt \(open\)"):
        contract.check_writes(broken.Elsewhere())


def test_a_crash_in_the_new_process_is_found(monkeypatch):
    monkeypatch.setenv("CRASH", "1")
    with pytest.raises(AssertionError, match=r"^crashing: the example failed in a new process \(exit code 9\)"):
        contract.check_offline(broken.Crashing())


def test_a_class_that_workers_cannot_find_is_found():
    class Local(broken.Good):
        name = "local"

    with pytest.raises(AssertionError, match=r"^local: the class must stand at the top of an importable module"):
        contract.check_offline(Local())


def test_work_that_does_not_stop_is_found(monkeypatch):
    monkeypatch.setattr(contract, "CANCEL_SECONDS", 0.1)
    with pytest.raises(AssertionError, match=r"^stubborn: a cancel at the first progress must stop within 0\.1 s, got 0\.\d s"):
        contract.check_cancel(broken.Stubborn())
    contract.check_cancel(broken.Patient())


def test_a_name_that_is_taken_is_found():
    class Usurper(broken.Good):
        name = sorted(GENERATORS)[0]

    with pytest.raises(AssertionError, match=r"is offered by .* and by "):
        contract.check_registers(Usurper())


def test_what_is_allowed_is_not_reported(tmp_path):
    """ctx.cache, the temporary folder and dhsdk's own cache folder."""
    seen = audit.watched(broken.Good())
    assert (seen.heavy, seen.writes, seen.left, seen.sockets) == ((), (), (), ())
    assert set(seen.digests) == {"scene"}


def test_a_fake_context_records_and_cancels(tmp_path):
    ctx = FakeContext(tmp_path, seed=3, want=("scene",), strict=True)
    ctx.progress(0.25, "a quarter")
    ctx.progress(7.0)
    assert ctx.said == [(0.25, "a quarter"), (1.0, "")]
    assert (ctx.seed, ctx.want, ctx.strict, ctx.cache, ctx.device) == (3, ("scene",), True, tmp_path, "cpu")
    assert ctx.rng("a").random() == FakeContext(tmp_path, seed=3).rng("a").random() != ctx.rng("b").random()
    other = threading.Thread(target=ctx.cancel)
    other.start()
    other.join()
    with pytest.raises(Cancelled, match=r"^cancelled$"):
        ctx.progress(0.5)


def test_a_fake_context_reads_files_and_finds_rasterizers(tmp_path):
    ctx = FakeContext(tmp_path)
    file = tmp_path / "empty.txt"
    file.write_text("x")
    with pytest.raises(dhsdk.UnknownName, match=r"^no format for 'empty\.txt'; known suffixes: "):
        ctx.read(dhsdk.params.AssetRef.parse({"path": str(file)}))
    with pytest.raises(dhsdk.UnknownName, match=r"^no rasterizer 'none' is available"):
        ctx.rasterizer("none")


def test_the_contract_is_documented():
    page = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text("utf-8")
    rows = {word.strip() for line in page.splitlines() if line.startswith("| ") for word in line.split("|")[1].split(",")}
    assert {check.__name__.removeprefix("check_") for check in CHECKS} <= rows


def test_a_report_names_the_rasterizer_and_the_prior(tmp_path):
    host = dhsdk.Host(device="cpu")
    path = host.save(host.generate("text_to_3d", prompt="a stool", texture=64), tmp_path / "a.png")
    own = host.load(path).extras["dhsdk"]
    assert own["rasterizer"] == "numba"
    assert [one["name"] for one in own["models"]] == ["text_to_3d nano prior"]
    assert own["backend"] == "design"
