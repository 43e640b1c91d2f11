"""L10 and L11: which loss to take, and a loss worked out by hand."""

from itertools import product
from math import log

import pytest

from losscompass.losses.all import find
from losscompass.losses.choose import ELSEWHERE, FRAMEWORKS, OUTPUTS, TARGETS, choose
from losscompass.losses.task import Unfit
from losscompass.losses.worked import worked
from losscompass.text.catalogue import LANGUAGES, catalogue


def test_the_worked_example():
    done = worked(find("cross-entropy"), [2.5, 0.1, -1.2], 0)
    assert done.loss == pytest.approx(0.1092503, abs=1e-7)
    softmax = next(step for step in done.steps if step.id == "softmax").values["values"]
    assert softmax == pytest.approx((0.8965, 0.0813, 0.0222), abs=1e-4)
    assert sum(softmax) == pytest.approx(1)


def test_examples_of_other_losses_and_of_smoothing():
    assert worked(find("bce-with-logits"), [0.0], 1).loss == pytest.approx(log(2))
    assert worked(find("mse"), [3.0], 1.0).loss == 4
    assert worked(find("cross-entropy"), [0.0] * 10, 3, smoothing=0.1).loss == pytest.approx(log(10))
    assert worked(find("cross-entropy"), [1e9, 0.0], 1).loss == pytest.approx(1e9)


def test_probabilities_in_place_of_logits_are_noticed():
    steps = {step.id for step in worked(find("cross-entropy"), [0.7, 0.2, 0.1], 0).steps}
    assert "probabilities" in steps


@pytest.mark.parametrize(
    ("loss", "logits", "target", "key"),
    [
        ("cross-entropy", [1.0, 2.0], 2, "example-class"),
        ("cross-entropy", [1.0, 2.0], 0.5, "example-class"),
        ("cross-entropy", [], 0, "numbers"),
        ("bce-with-logits", [1.0], 2, "example-binary-target"),
        ("triplet", [1.0], 0, "example-not-here"),
    ],
)
def test_an_example_that_cannot_be_is_refused(loss, logits, target, key):
    with pytest.raises(Unfit) as refused:
        worked(find(loss), logits, target)
    assert refused.value.key == key


def every_choice():
    for task, types in TARGETS.items():
        for type_, output, outliers, imbalance in product(
            types or (None,), OUTPUTS.get(task, (None,)), (False, True), (False, True)
        ):
            yield task, {"target_type": type_, "output": output, "outliers": outliers, "imbalance": imbalance}


def test_every_choice_names_a_loss_with_a_reason_in_both_languages():
    for task, wishes in every_choice():
        for framework in FRAMEWORKS:
            chosen = choose(task, framework=framework, **wishes)
            assert chosen.code or framework != "torch"
            for lang in LANGUAGES:
                for reason in (*chosen.reasons, *(reason for _, reason in chosen.instead)):
                    assert catalogue(lang).has(f"choose.reason.{reason}"), reason


def test_choices_follow_the_wishes():
    assert choose("regression").loss.id == "mse"
    assert choose("regression", outliers=True).loss.id == "huber"
    assert choose("regression", target_type="counts").loss.id == "poisson-nll"
    assert choose("binary", output="probabilities").loss.id == "bce"
    assert "positive-weight" in choose("binary", imbalance=True).reasons
    assert "drop-the-softmax" in choose("multiclass", output="probabilities").reasons
    assert choose("segmentation", imbalance=True).loss.id == "tversky"


def test_what_does_not_fit_is_refused():
    for key, task, wishes in (
        ("no-such-task", "cooking", {}),
        ("no-such-target-type", "regression", {"target_type": "class-ids"}),
        ("no-output", "regression", {"output": "logits"}),
        ("no-such-framework", "regression", {"framework": "fortran"}),
    ):
        with pytest.raises(Unfit) as refused:
            choose(task, **wishes)
        assert refused.value.key == key


def test_code_elsewhere_belongs_to_losses_that_exist():
    assert all(find(loss) is not None and framework in FRAMEWORKS for loss, framework in ELSEWHERE)
