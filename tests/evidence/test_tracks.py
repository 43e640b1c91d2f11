"""Statistics of tensors become one track a tensor, and a run that logged no number but was watched is a run."""

import numpy as np

from losscompass.diagnose.narrow import take
from losscompass.evidence.build import build
from losscompass.evidence.records import Event, Place, Scalar, TensorStat
from losscompass.rules.base import Need

RECORDS = (
    Scalar("train/loss", 0, 1.0),
    TensorStat("fc.weight", "gradient", 0, {"norm": 2.0}),
    TensorStat("fc.weight", "weight", 0, {"norm": 1.0}),
    TensorStat("fc.weight", "gradient", 5, {"norm": 3.0, "zero": 0.5}),
)


def test_a_track_a_tensor():
    (run,) = build(RECORDS, "made")
    (track,) = run.tracks("gradient")
    assert track.tensor == "fc.weight"
    assert track.step.tolist() == [0, 5]
    assert track.stats["norm"].tolist() == [2, 3]
    assert np.isnan(track.stats["zero"][0])
    assert track.stats["zero"][1] == 0.5
    assert not track.step.flags.writeable


def test_a_rule_gets_the_kind_of_tensor_it_asks_for():
    (run,) = build(RECORDS, "made")
    narrowed, missing = take(run, (Need("tensor:weight"), Need("tensor:activation")))
    assert list(narrowed.tensors) == ["weight/fc.weight"]
    assert missing == ("tensor:activation",)


def test_a_run_that_was_watched_and_logged_nothing_is_a_run():
    failed = Event("failed", 0, {"type": "RuntimeError"}, {"at": Place("train.py", 3, "loss.backward()")})
    (run,) = build([Event("run-start", data={"name": "train.py"}), failed], "made")
    assert run.happened("failed")[0].places["at"].line == 3
    assert not build([Event("run-start", data={"name": "train.py"})], "made")
