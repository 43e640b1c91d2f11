"""Runs side by side: ranked where they measure the same thing, refused with the reason where they do not."""

import numpy as np
import pytest

from losscompass.diagnose.compare import compare
from losscompass.diagnose.diagnosis import Reading, RunDiagnosis
from losscompass.evidence.names import Kind, Phase, Role
from losscompass.evidence.run import Run, Series
from losscompass.text.catalogue import LANGUAGES, catalogue


def one(
    start, end, *, name="val/loss", raw=None, kind=Kind.LOSS, phase=Phase.VALIDATION, n=20, facts=None, inferred=None
):
    value = end + (start - end) * np.exp(-np.arange(n) / 4)
    series = Series(
        name=name, raw=raw or name, role=Role(phase, kind), axis="epoch", step=np.arange(float(n)), value=value
    )
    run = Run(source="x", series={name: series}, curves={str(phase): name}, facts=facts or {})
    return RunDiagnosis(
        run=run, reading=Reading(labels=("healthy-converged",), confidence=1.0), inferred=inferred or {}
    )


def test_lower_loss_comes_first():
    comparison = compare([one(2.3, 0.5), one(2.3, 0.3), one(2.2, 0.9)])
    assert comparison.ranked == (1, 0, 2)
    assert comparison.on == "val/loss"
    assert comparison.values["best"] == pytest.approx(0.3, abs=0.03)
    assert comparison.values["tie"] == 0


def test_higher_reward_comes_first():
    reward = {"name": "reward", "kind": Kind.REWARD, "phase": Phase.TRAIN}
    comparison = compare([one(-100, 50, **reward), one(-100, 90, **reward)])
    assert comparison.ranked == (1, 0)
    assert comparison.values["best"] == pytest.approx(90, abs=3)


@pytest.mark.parametrize(
    ("a", "b", "reason"),
    [
        (one(2, 0.5), one(2, 0.5, name="train/loss", phase=Phase.TRAIN), "different-series"),
        (one(2, 0.5), one(2, 0.5, kind=Kind.REWARD), "different-direction"),
        (one(2, 0.5, raw="val_bce"), one(2, 0.5, raw="val_mse"), "different-losses"),
        (one(2, 0.5, facts={"loss": "focal"}), one(2, 0.5, facts={"loss": "ce"}), "different-losses"),
        (one(2, 0.5, facts={"dataset": "a"}), one(2, 0.5, facts={"dataset": "b"}), "different-data"),
        (one(2, 0.5, inferred={"classes": 10}), one(2, 0.5, inferred={"classes": 100}), "different-classes"),
        (one(2, 0.5), one(64, 16), "different-scale"),
        (one(2, 0.5), one(2, 0.5, n=2), "too-short"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_reason(a, b, reason):
    comparison = compare([a, b])
    assert comparison.ranked == ()
    assert comparison.refused == reason
    for lang in LANGUAGES:
        said = catalogue(lang).ui(f"incomparable.{reason}", **comparison.values)
        assert "?" not in said
        assert not said.startswith("incomparable")


def test_the_largest_group_that_can_be_compared_is_ranked():
    comparison = compare([one(64, 16), one(2, 0.5), one(2, 0.4), one(2, 0.5, n=2)])
    assert comparison.ranked == (2, 1)
    assert comparison.values["left_out"] == 2


def test_held_out_data_judge_before_training_data():
    def both(train, val):
        a, b = one(2.3, train, name="train/loss", phase=Phase.TRAIN), one(2.3, val)
        run = Run(
            source="x", series={**a.run.series, **b.run.series}, curves={"train": "train/loss", "val": "val/loss"}
        )
        return RunDiagnosis(run=run, reading=b.reading)

    alone = one(2.3, 0.2, name="train/loss", phase=Phase.TRAIN)
    comparison = compare([both(0.1, 0.9), both(0.3, 0.5), alone])
    assert (comparison.on, comparison.ranked) == ("val/loss", (1, 0))
    comparison = compare([both(0.1, 0.9), alone, alone, alone, alone])
    assert comparison.on == "train/loss"


def test_a_better_model_is_no_other_scale():
    assert compare([one(2.3, 0.01), one(2.3, 1.0)]).ranked == (0, 1)


def test_one_run_is_not_compared():
    assert compare([one(2, 1)]) is None
