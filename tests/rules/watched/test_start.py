"""Where an untrained network starts, seen at the first call of its loss."""

from math import log

import pytest
from watched_runs import PLACES, found, loss_call, model, only


def test_a_start_far_above_guessing():
    one = only("initial-loss-off", model(), loss_call(value=9.0))
    assert one.values["expected"] == pytest.approx(log(10))
    assert one.place == PLACES["loss"]


@pytest.mark.parametrize(
    ("function", "more"),
    [
        ("binary_cross_entropy_with_logits", {"value": 4.0, "input_shape": (32,)}),
        ("mse_loss", {"value": 40.0, "target_mean": 0.0, "target_std": 1.0}),
        ("l1_loss", {"value": 9.0, "target_mean": 0.0, "target_std": 1.0}),
    ],
)
def test_other_losses_have_their_own_start(function, more):
    assert found("initial-loss-off", model(), loss_call(function, **more))


@pytest.mark.parametrize(
    "events",
    [
        [loss_call(value=2.4)],
        [loss_call(value=9.0, step=5)],  # no start
        [loss_call(value=9.0), model(loaded=True)],
        [loss_call(value=40.0, input_ops=("Mul", "Addmm"))],  # scores times a scale: margins on a sphere
        [loss_call(value=300.0, reduction="sum")],
        [loss_call(value=9.0, class_weights=True)],
        [loss_call(value=9.0, phase="val")],
        [loss_call("mse_loss", value=1.3, target_mean=0.0, target_std=1.0)],
        [loss_call("mse_loss", value=1e4, target_mean=100.0, target_std=5.0)],  # far targets, a usual network
        [loss_call("mse_loss", value=0.2, target_mean=0.0, target_std=0.01)],  # near targets, a usual network
        [loss_call("mse_loss", value=1e4)],  # nothing is known of the targets
        [loss_call("triplet_margin_loss", value=9.0)],
    ],
)
def test_starts_that_are_right(events):
    assert found("initial-loss-off", *events) == ()
