import pickle

from hypothesis import HealthCheck, given

from dhsdk.scene import Scene
from dhsdk.scene.compare import differences
from tests.effort import examples
from tests.scene.strategies import scenes


@examples(60, suppress_health_check=list(HealthCheck))
@given(scenes())
def test_scenes_are_valid_picklable_and_equal_themselves(scene):
    assert isinstance(scene, Scene)
    assert differences(scene, pickle.loads(pickle.dumps(scene))) == []
