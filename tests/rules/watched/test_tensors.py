"""Causes that stand in the statistics of weights, gradients and updates."""

import numpy as np
import pytest
from watched_runs import at, found, graph, loop, loss_call, model, only, optimizer, stat

from losscompass.evidence.records import Event, ScalarBlock

LAYERS = ("a", "b", "c", "d", "e")


def layers(kind, values, stat_name, looks=3, **more):
    """The same statistic for every look of each layer."""
    return [
        stat(f"{layer}.weight", kind, step, size=1024.0, **{stat_name: value}, **more)
        for step in range(looks)
        for layer, value in zip(LAYERS, values, strict=False)
    ]


# -- gradients ---------------------------------------------------------------------------------------------------------


def test_gradients_that_shrink_towards_the_first_layer():
    one = only("vanishing-gradients", model(), tensors=layers("gradient", (1e-9, 1e-7, 1e-5, 1e-3, 1e-1), "norm"))
    assert one.values["layer"] == "a.weight"
    assert one.values["faint"] == 3


@pytest.mark.parametrize(
    "norms",
    [
        (0.0, 0.0, 0.0, 0.1, 0.1),  # exactly zero: a branch that starts at zero, or units that are dead
        (1e-1, 1e-3, 1e-5, 1e-7, 1e-9),  # the last layers get less: nothing is lost on the way back
        (1e-3, 1e-2, 1e-1, 1e-1, 1e-1),
        (1e-9, 1e-1, 1e-1, 1e-1, 1e-1),  # one tensor alone may have its reasons
    ],
)
def test_gradients_that_arrive(norms):
    assert found("vanishing-gradients", model(), tensors=layers("gradient", norms, "norm")) == ()


def steep(norm):
    return [
        *layers("gradient", (norm,), "norm"),
        *layers("weight", (10.0,), "norm"),
        *layers("update", (0.01,), "ratio"),
    ]


def test_a_loss_that_is_far_too_steep():
    more = {"facts": {"loss": "mse"}, "losses": np.ones(20)}
    deep = graph(linear_layers=30)
    assert only("exploding-gradients", loop(), model(), deep, tensors=steep(10.0), **more).values["steep"] == 100
    assert found("exploding-gradients", loop(), model(), deep, tensors=steep(0.5), **more) == ()
    factor = graph(value=1e4, linear_layers=30)  # what is sent back is the loss times a factor
    assert found("exploding-gradients", loop(), model(), factor, tensors=steep(10.0), **more) == ()
    assert found("exploding-gradients", loop(), model(loaded=True), deep, tensors=steep(10.0), **more) == ()
    flat = graph(linear_layers=4)  # nothing to grow in
    assert found("exploding-gradients", loop(), model(), flat, tensors=steep(10.0), **more) == ()


# -- weights -------------------------------------------------------------------------------------------------------------


def test_weights_that_are_nan_did_not_start_at_zero():
    zeros = [
        *layers("weight", (0.0, 0.0), "norm"),
        *layers("gradient", (0.0, 0.0), "norm"),
        *layers("update", (0.0, 0.0), "norm"),
    ]
    assert only("bad-initialisation", model(), tensors=zeros).values["scale"] == 0
    broken = [*layers("weight", (0.0, 0.0), "norm", nonfinite=1.0), *zeros[6:]]
    assert found("bad-initialisation", model(), tensors=broken) == ()


def test_decay_is_judged_by_what_it_takes_in_a_step():
    adamw = {"class": "AdamW", "lr": 1e-3}
    assert only("weight-decay-too-strong", optimizer(weight_decay=50.0, **adamw)).place.line == 8
    assert found("weight-decay-too-strong", optimizer(weight_decay=1.0, **adamw)) == ()
    grown = [
        *layers("weight", (1.0, 1.0), "norm", looks=1),
        *[stat(f"{x}.weight", "weight", 9, norm=2.0) for x in "ab"],
    ]
    assert found("weight-decay-too-strong", optimizer(weight_decay=50.0, **adamw), tensors=grown) == ()


def test_updates_that_16_bits_cannot_hold():
    tensors = [*layers("gradient", (0.01, 0.02), "zero"), *layers("update", (0.9, 0.8), "zero")]
    half = loss_call(input_dtype="bfloat16")
    assert only("low-precision", half, optimizer(), tensors=tensors).values["format"] == "bfloat16"
    assert found("low-precision", loss_call(input_dtype="float32"), optimizer(), tensors=tensors) == ()
    sparse = [*layers("gradient", (0.9, 0.9), "zero"), *layers("update", (0.9, 0.9), "zero")]
    assert found("low-precision", half, optimizer(), tensors=sparse) == ()


# -- the loop ------------------------------------------------------------------------------------------------------------


def resets(count, gap, **data):
    spot = at("optimizer = Adam(model.parameters())", 11)
    made = {"number": 0, "class": "Adam", "variable": "optimizer", "lr": 1e-3, **data}
    return [Event("optimizer", gap * i, {**made, "number": i, "follows": i - 1}, {"at": spot}) for i in range(count)]


def test_an_optimiser_that_is_made_again_and_again():
    one = only("optimizer-state-reset", loop(), *resets(10, 8))
    assert one.values["gap"] == 8
    assert one.place.line == 11
    assert found("optimizer-state-reset", loop(), *resets(3, 8)) == ()  # two more phases
    assert found("optimizer-state-reset", loop(), *resets(10, 1000)) == ()  # long phases
    assert found("optimizer-state-reset", loop(), *resets(10, 8, **{"class": "SGD", "momentum": 0.0})) == ()


def test_a_clip_is_judged_by_the_optimiser_it_serves():
    norms = ScalarBlock("grad_norm", np.arange(20.0), np.full(20, 2.0))
    clipped = loop(clips=20, clips_biting=20, clip_norm=1e-3)
    assert only("gradient-clip-too-tight", clipped, optimizer(), norms).values["times"] == pytest.approx(2000)
    assert found("gradient-clip-too-tight", clipped, optimizer(**{"class": "Adam"}), norms) == ()
    assert found("gradient-clip-too-tight", loop(clips=20, clips_biting=20, clip_norm=0.5), optimizer(), norms) == ()
