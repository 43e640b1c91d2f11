"""Readings of the box losses, of varifocal and DFL, and of their sum, beside the losses themselves."""

from math import log, sqrt

import numpy as np
import pytest

from losscompass.losses.base import Setting, TargetStatistics
from losscompass.losses.detection import LOSSES
from losscompass.losses.detection.detection_composite import class_start
from losscompass.losses.judge import judge

LOSS = {loss.id: loss for loss in LOSSES}


def random_boxes(seed, count=100_000):
    corners = np.sort(np.random.default_rng(seed).random((2, count, 2)), axis=2)
    return np.stack([corners[0, :, 0], corners[1, :, 0], corners[0, :, 1], corners[1, :, 1]], axis=1)


@pytest.mark.parametrize("name", ["iou", "giou", "diou", "ciou"])
def test_of_random_boxes(name):
    torch = pytest.importorskip("torch")
    functional = pytest.importorskip("losscompass.functional")
    prediction, target = (torch.tensor(random_boxes(seed)) for seed in (1, 2))
    values = getattr(functional, f"{name}_loss")(prediction, target, reduction="none")
    known = LOSS[name].readings(LOSS[name], Setting())
    assert abs(float(values.mean()) - known.start) < 4 * float(values.std()) / sqrt(len(values)) + 2e-4
    constants = []
    for edge in np.linspace(0.04, 0.2, 17):  # the best constant box is centred
        box = torch.tensor([edge, edge, 1 - edge, 1 - edge], dtype=torch.float64).expand_as(target)
        constants.append(float(getattr(functional, f"{name}_loss")(box, target)))
    assert known.baseline == pytest.approx(min(constants), abs=1.5e-3)
    assert LOSS[name].readings(LOSS[name], Setting(parameters={"gain": 7.5})).start == pytest.approx(7.5 * known.start)


def varifocal(logits, q, alpha=0.75, gamma=2.0):
    p = 1 / (1 + np.exp(-logits))
    return np.where(q > 0, q * (-q * np.log(p) - (1 - q) * np.log(1 - p)), -alpha * p**gamma * np.log(1 - p))


def test_varifocal():
    q = np.where(np.arange(10_000) < 700, 0.6, 0.0)
    known = LOSS["varifocal"].readings(LOSS["varifocal"], Setting(priors=np.array([0.07]), parameters={"quality": 0.6}))
    assert known.start == pytest.approx(varifocal(np.zeros(10_000), q).mean())
    assert known.baseline == pytest.approx(
        min(varifocal(np.full(10_000, z), q).mean() for z in np.linspace(-4, 2, 1201)), rel=1e-5
    )
    best = np.where(q > 0, np.log(0.6 / 0.4), -60.0)
    assert known.floor == pytest.approx(varifocal(best, q).mean())


def test_distribution_focal():
    torch = pytest.importorskip("torch")
    place = np.clip(np.random.default_rng(0).gamma(2.0, 2.0, 4000), 0, 15)
    target = TargetStatistics(
        mean=4, variance=8, mean_absolute_deviation=2, mean_absolute=4, minimum=0, maximum=15, values=place
    )
    known = LOSS["dfl"].readings(LOSS["dfl"], Setting(target=target))
    below = torch.tensor(np.minimum(np.floor(place), 14)).long()
    right = torch.tensor(place) - below

    def loss(logits):
        lost = torch.nn.functional.cross_entropy
        return (
            lost(logits, below, reduction="none") * (1 - right) + lost(logits, below + 1, reduction="none") * right
        ).mean()

    assert known.start == pytest.approx(float(loss(torch.zeros(4000, 16, dtype=torch.float64))))
    logits = torch.zeros(16, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([logits], max_iter=300, tolerance_grad=1e-10, line_search_fn="strong_wolfe")

    def close():
        search.zero_grad()
        value = loss(logits.expand(4000, 16))
        value.backward()
        return value

    search.step(close)
    assert known.baseline == pytest.approx(float(close().detach()), rel=1e-5)
    exact = torch.full((4000, 16), -1e9, dtype=torch.float64)
    exact.scatter_(1, below[:, None], (1 - right).clamp(min=1e-300).log()[:, None])
    exact.scatter_(1, below[:, None] + 1, right.clamp(min=1e-300).log()[:, None])
    assert known.floor == pytest.approx(float(loss(exact)), abs=1e-9)


def test_distribution_focal_without_targets():
    known = LOSS["dfl"].readings(LOSS["dfl"], Setting(parameters={"gain": 1.5}))
    assert known.start == pytest.approx(4.1589, abs=5e-5)
    right = (np.arange(100_000) + 0.5) / 100_000
    assert known.floor == pytest.approx(
        1.5 * np.mean(-right * np.log(right) - (1 - right) * np.log(1 - right)), rel=1e-4
    )


@pytest.mark.parametrize(("classes", "low", "high"), [(80, 5.2, 6.6), (3, 3.7, 4.9)])
def test_class_term_of_a_fresh_detector(classes, low, high):
    """Fresh nets print 5.7–6.3 (80 classes) and 4.0–4.6 (3 classes) with 3–10 objects an image."""
    assert low < class_start(Setting(classes=classes)) < high


def test_composite():
    loss = LOSS["detection-composite"]
    known = loss.readings(loss, Setting(classes=80))
    assert known.start == pytest.approx(7.5 * 0.44 + class_start(Setting(classes=80)) + 1.5 * log(16))
    assert known.floor == 0.75
    empty = next(fault for fault in loss.faults if fault.cause == "empty-batch")
    for batch, printed in ((1, 8.06), (4, 32.2), (16, 129.3)):
        assert empty.value(Setting(parameters={"batch": batch})) == pytest.approx(printed, rel=empty.tolerance)


def test_a_floor_that_rests_on_an_assumption_makes_nothing_impossible():
    assert judge(0.45, "dfl").place == "at-floor"
    assert judge(-0.1, "dfl").place == "impossible"
    assert judge(-0.1, "giou").place == "impossible"
