"""What a sample of the data tells: skills are 0 for chance and 1 for certainty, whatever the classes and units."""

import numpy as np
import pytest

from losscompass.watcher.likeness import Table, look

RNG = np.random.default_rng(0)
KINDS = RNG.integers(0, 4, 300)
CENTRES = 3 * RNG.standard_normal((4, 6))
INPUTS = (CENTRES[KINDS] + 0.5 * RNG.standard_normal((300, 6))).astype(np.float32)


def table(inputs, targets, answers=()):
    targets = np.asarray(targets, dtype=float).reshape(len(inputs), -1)
    return Table([inputs], [targets], len(inputs), 0, 1.0, list(answers))


NONE = Table([], [], 0, 0, 0.0, [])


def test_labels_that_belong_and_labels_that_do_not():
    told = look("class", table(INPUTS[:200], KINDS[:200]), table(INPUTS[200:], KINDS[200:]))
    assert all(told[f"{part}_{way}"] > 0.9 for part in ("train", "val", "across") for way in ("near", "vote", "ridge"))
    mixed = look("class", table(INPUTS[:200], RNG.permutation(KINDS[:200])), table(INPUTS[200:], KINDS[200:]))
    assert all(abs(mixed[f"train_{way}"]) < 4 * mixed["train_error"] for way in ("near", "vote", "ridge"))
    assert mixed["val_near"] > 0.9


def test_axes_that_are_swapped_are_crossed():
    points = INPUTS[:, :2].astype(float)
    told = look("number", table(INPUTS[:200], points[:200]), table(INPUTS[200:], points[200:, ::-1]))
    assert told["crossed"] == 2
    assert told["train_ridge"] > 0.9
    assert told["across_ridge"] < 0.5


def test_marks_and_outliers():
    marked, far = INPUTS.copy(), INPUTS.copy()
    marked[::10, 2] = -999
    far[5] *= 1e5
    told = look("class", table(marked, KINDS), NONE)
    assert (told["marked"], told["mark"], told["marked_feature"]) == (1, -999, 2)
    assert told["marked_share"] == pytest.approx(0.1)
    assert look("class", table(far, KINDS), NONE)["far"] > 1000
    assert look("class", table(INPUTS, KINDS), NONE)["far"] < 20


def test_what_the_network_said():
    answers = [(10, [6, 1], [6, 4], [9, 1])]
    told = look("class", table(INPUTS, KINDS, answers), NONE)
    assert told["train_net_accuracy"] == pytest.approx(0.7)
    assert told["train_net"] == pytest.approx((0.7 - 0.58) / 0.42)


@pytest.mark.parametrize("inputs", [np.zeros((60, 3), np.float32), np.full((60, 3), np.nan, np.float32)])
def test_inputs_that_say_nothing_do_no_harm(inputs):
    told = look("class", table(inputs, KINDS[:60]), table(inputs, KINDS[:60]))
    assert all(np.isfinite(one) for one in told.values() if isinstance(one, float))
