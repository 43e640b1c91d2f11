"""J1–J9: from a value to a place."""

from math import exp, inf, log, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from losscompass.losses.all import ALL
from losscompass.losses.base import Setting
from losscompass.losses.judge import judge
from losscompass.losses.targets import normal_target
from losscompass.losses.targets_file import read_targets, with_targets
from losscompass.losses.task import TASKS, Unfit


def binary(positives):
    return Setting(priors=np.array([1 - positives, positives]))


def test_a_value_lies_between_the_start_and_the_floor():
    judged = judge(0.8, "cross-entropy", setting=Setting(classes=10))
    assert judged.start == pytest.approx(log(10))
    assert judged.baseline == pytest.approx(log(10))
    assert judged.floor == 0
    assert judged.share == pytest.approx(1 - 0.8 / log(10))
    assert judged.place == "below-baseline"
    assert judged.inferred["priors"] == "balanced"


def test_what_is_not_told_is_said():
    judged = judge(0.5, task="binary")
    assert judged.loss == "bce-with-logits"
    assert judged.inferred == {"loss": "bce-with-logits", "priors": "balanced"}
    assert judge(0.5, "bce-with-logits", task="binary", setting=binary(0.5)).inferred == {}


@pytest.mark.parametrize(("classes", "start"), [(2, 0.6931), (3, 1.0986), (10, 2.3026), (100, 4.6052)])
def test_an_untrained_network_is_recognised_by_its_number(classes, start):
    judged = judge(start, task="multiclass", setting=Setting(classes=classes))
    assert judged.place == "at-start"
    assert "chance-level-loss" in [one.cause for one in judged.named_faults]


def test_a_low_loss_under_imbalance_is_no_praise():
    judged = judge(0.32, task="binary", setting=binary(0.1))
    assert judged.place == "at-baseline"
    assert judged.rule_of_thumb == "misleads-here"
    guesses = {one.name: one.guess for one in judged.metrics}
    assert guesses["accuracy"] == pytest.approx(0.9)
    assert guesses["f1"] == 0


def test_worse_than_the_guess_is_worse_though_better_than_the_start():
    assert judge(0.5, task="binary", setting=binary(0.1)).place == "above-baseline"
    assert judge(0.9, task="binary", setting=binary(0.1)).place == "above-start"


@pytest.mark.parametrize(
    ("value", "task", "rule"),
    [
        (0.15, "binary", "binary-very-good"),
        (0.3, "binary", "binary-good"),
        (0.5, "binary", "binary-weak"),
        (0.1, "multiclass", "multiclass-very-strong"),
        (0.4, "multiclass", "multiclass-strong"),
        (0.9, "multiclass", "multiclass-fair"),
        (1.5, "multiclass", "multiclass-weak"),
    ],
)
def test_rules_of_thumb(value, task, rule):
    assert judge(value, task=task, setting=Setting(classes=2 if task == "binary" else 10)).rule_of_thumb == rule


def test_below_the_floor_is_impossible_and_says_what_gives_it():
    judged = judge(-0.5, "bce-with-logits", task="binary", setting=binary(0.5))
    assert judged.place == "impossible"
    assert judged.mistakes[0] == "labels-outside-0-1"
    smooth = judge(0.3, "cross-entropy", setting=Setting(classes=10, smoothing=0.1))
    assert smooth.floor == pytest.approx(0.5003, abs=1e-4)
    assert smooth.place == "impossible"
    assert smooth.mistakes[0] == "smoothing-not-applied"


@pytest.mark.parametrize("value", [nan, inf, -inf])
def test_what_is_no_number_is_not_placed(value):
    judged = judge(value, task="binary")
    assert judged.place == "not-finite"
    assert judged.share is None
    assert judged.named_faults[0].cause == "non-finite-loss"


def test_numbers_that_name_a_fault():
    def causes(value, *args, **kwargs):
        return {one.cause for one in judge(value, *args, **kwargs).named_faults}

    ten = Setting(classes=10)
    assert "clamped-loss" in causes(87.3365, "cross-entropy", setting=ten)
    assert "softmax-twice" in causes(1.4612, "cross-entropy", setting=ten)
    assert "embedding-collapse" in causes(0.2, "triplet", setting=Setting(parameters={"margin": 0.2}))
    assert causes(4.1589, "dfl") or causes(4.1589, "detection-composite")
    assert "loss-reduction-wrong" in causes(32 * log(10), "cross-entropy", setting=ten)
    assert causes(0.8, "cross-entropy", setting=ten) == set()


def test_perplexity_and_bits():
    judged = judge(3.0, task="language-model", setting=Setting(classes=50257))
    assert judged.equivalents["perplexity"] == pytest.approx(exp(3))
    assert judged.equivalents["bits"] == pytest.approx(3 / log(2))


def test_a_regression_is_read_against_its_spread():
    judged = judge(0.25, "mse", setting=Setting(target=normal_target(0, 1)))
    assert judged.equivalents["r2"] == pytest.approx(0.75)
    assert judged.equivalents["rmse"] == pytest.approx(0.5)
    assert judge(0.25, "mse").place == "no-scale"
    noisy = judge(0.25, "mse", setting=Setting(target=normal_target(0, 1, noise_variance=0.25)))
    assert noisy.floor == pytest.approx(0.25)
    assert noisy.place == "at-floor"
    assert judge(0.02, "mse", setting=Setting(target=normal_target(0, 1))).place == "below-baseline"  # far from nothing
    assert judge(1e-4, "mse", setting=Setting(target=normal_target(0, 1))).place == "at-floor"


def test_goals():
    assert judge(0.3, task="binary", target=("loss", 0.4)).goal.met is True
    assert judge(0.3, task="binary", target=("loss", 0.2)).goal.met is False
    assert judge(0.3, task="binary", target=("recall", 0.9), metrics={"recall": 0.95}).goal.met is True
    assert judge(0.3, task="binary", target=("recall", 0.9)).goal.met is None
    assert judge(0.3, task="regression", target=("rmse", 0.9), metrics={"rmse": 0.5}).goal.met is True


def test_losses_whose_value_says_nothing_are_not_placed():
    assert judge(0.3, task="rl").place == "says-nothing"


@pytest.mark.parametrize(
    ("key", "arguments"),
    [
        ("nothing-told", {}),
        ("no-such-task", {"task": "cooking"}),
        ("no-such-loss", {"loss": "qqqqqq"}),
        ("no-such-loss-close", {"loss": "crossentropie"}),
        ("classes-too-few", {"task": "multiclass", "setting": Setting(classes=0)}),
        ("binary-has-two", {"task": "binary", "setting": Setting(classes=3)}),
        ("priors-sum", {"task": "binary", "setting": Setting(priors=np.array([0.5, 0.4]))}),
        ("priors-range", {"task": "binary", "setting": Setting(priors=np.array([1.5, -0.5]))}),
        ("priors-count", {"task": "multiclass", "setting": Setting(classes=3, priors=np.array([0.5, 0.5]))}),
        ("weights-count", {"task": "multiclass", "setting": Setting(classes=3, weights=np.ones(2))}),
        ("weights-bad", {"task": "multiclass", "setting": Setting(classes=3, weights=np.array([1, nan, 1]))}),
        ("smoothing-range", {"task": "multiclass", "setting": Setting(classes=3, smoothing=1.0)}),
        ("positive-weight-range", {"task": "binary", "setting": Setting(positive_weight=0.0)}),
        ("sum-needs-count", {"task": "binary", "setting": Setting(reduction="sum")}),
        ("count-too-small", {"task": "binary", "setting": Setting(reduction="sum", count=0)}),
        ("no-such-parameter", {"loss": "triplet", "setting": Setting(parameters={"gamma": 1.0})}),
        ("parameter-range", {"loss": "triplet", "setting": Setting(parameters={"margin": -1.0})}),
    ],
)
def test_what_cannot_be_meant_is_refused(key, arguments):
    with pytest.raises(Unfit) as refused:
        judge(0.5, **arguments)
    assert refused.value.key == key


@settings(deadline=None, max_examples=60)
@given(
    value=st.floats(allow_nan=True, allow_infinity=True),
    loss=st.sampled_from([one.id for one in ALL]),
    classes=st.integers(2, 1000),
    known=st.booleans(),
)
def test_every_loss_can_be_judged_at_any_value(value, loss, classes, known):
    setting = Setting(classes=classes, target=normal_target(1.0, 2.0)) if known else Setting()
    try:
        judged = judge(value, loss, setting=setting)
    except Unfit as refused:
        assert refused.key == "binary-has-two"  # noqa: PT017
        return
    if judged.share is not None:
        assert judged.start > judged.floor
    assert judged.place != "impossible" or value < judged.floor


@pytest.mark.parametrize("task", TASKS)
def test_every_task_has_a_loss(task):
    assert judge(0.5, task=task).task == task


# -- targets ---------------------------------------------------------------------------------------------------------------


def test_targets_from_a_csv(tmp_path):
    path = tmp_path / "data.csv"
    path.write_text("x,label,price\n" + "".join(f"{i},{'cat' if i % 4 else 'dog'},{i * 1.5}\n" for i in range(40)))
    name, found = read_targets(str(path))
    assert name == "label"
    assert found.priors == pytest.approx([0.75, 0.25])
    name, found = read_targets(str(path), "price")
    assert found.target.mean == pytest.approx(np.mean([i * 1.5 for i in range(40)]))
    with pytest.raises(Unfit, match="no-such-column"):
        read_targets(str(path), "weight")


def test_targets_from_an_array(tmp_path):
    path = tmp_path / "y.npy"
    np.save(path, np.array([0, 0, 0, 2]))
    assert read_targets(str(path))[1].priors == pytest.approx([0.75, 0, 0.25])
    assert read_targets(str(path), regression=True)[1].target.variance == pytest.approx(0.75)
    np.save(path, np.array([[1, 0], [1, 1.0]]))
    assert read_targets(str(path))[1].priors == pytest.approx([1, 0.5])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"label\n", b"label\nonly\nonly\n"])
def test_a_file_without_targets_is_refused(tmp_path, content):
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(Unfit, match="data-unreadable"):
        read_targets(str(path))


def test_targets_at_hand():
    assert with_targets(Setting(), np.array([0, 1, 1, 1]), None, "binary", 0.0).priors == pytest.approx([0.25, 0.75])
    assert with_targets(Setting(), np.array([0, 1, 1, 1]), "mse", None, 0.0).target.mean == 0.75
    assert with_targets(Setting(classes=4), np.array([0, 1]), None, "multiclass", 0.0).priors.size == 4
