"""Readings of the overlap losses, beside the formula on drawn masks and the best constant found by search."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.losses.base import Setting
from losscompass.losses.segmentation import LOSSES

LOSS = {loss.id: loss for loss in LOSSES}
MASK = np.random.default_rng(0).random(5000) < 0.13
CLASSES = np.random.default_rng(1).choice(4, 5000, p=[0.6, 0.25, 0.1, 0.05])


def overlap(p, t, alpha, beta):
    hit = np.sum(p * t)
    return 1 - hit / (hit + alpha * np.sum(p * (1 - t)) + beta * np.sum((1 - p) * t))


PRICES = {"dice": (0.5, 0.5), "soft-iou": (1.0, 1.0), "tversky": (0.3, 0.7)}
PARAMETERS = {"dice": {}, "soft-iou": {}, "tversky": {"alpha": 0.3, "beta": 0.7}}


@pytest.mark.parametrize("name", PRICES)
def test_of_one_mask(name):
    setting = Setting(priors=np.array([MASK.mean()]), parameters=PARAMETERS[name])
    known = LOSS[name].readings(LOSS[name], setting)

    def constant(p):
        return overlap(np.full(MASK.size, p), MASK, *PRICES[name])

    assert known.start == pytest.approx(constant(0.5))
    assert known.baseline == pytest.approx(min(constant(p) for p in np.linspace(0.01, 1, 100)))
    assert overlap(MASK, MASK, *PRICES[name]) == known.floor == 0


@pytest.mark.parametrize("name", PRICES)
def test_of_a_softmax_averaged_over_classes(name):
    shares = np.bincount(CLASSES) / CLASSES.size
    known = LOSS[name].readings(LOSS[name], Setting(priors=shares, parameters=PARAMETERS[name]))

    def constant(p):
        return np.mean([overlap(np.full(CLASSES.size, p[c]), c == CLASSES, *PRICES[name]) for c in range(4)])

    assert known.start == pytest.approx(constant(np.full(4, 0.25)))
    torch = pytest.importorskip("torch")
    logits = torch.zeros(4, dtype=torch.float64, requires_grad=True)
    pi = torch.tensor(shares)
    alpha, beta = PRICES[name]
    search = torch.optim.LBFGS([logits], max_iter=500, tolerance_grad=1e-12, line_search_fn="strong_wolfe")

    def loss():
        search.zero_grad()
        p = logits.softmax(0)
        value = (1 - p * pi / (p * pi + alpha * p * (1 - pi) + beta * (1 - p) * pi)).mean()
        value.backward()
        return value

    search.step(loss)
    assert known.baseline == pytest.approx(float(loss().detach()), rel=1e-6)


def test_dice_by_squares_over_all_classes_and_after_two_sigmoids():
    t, dice = MASK.astype(float), LOSS["dice"]
    setting = Setting(priors=np.array([t.mean()]), parameters={"squared": 1.0})
    known = dice.readings(dice, setting)

    def squared(p):
        return 1 - 2 * np.sum(p * t) / (t.size * p**2 + np.sum(t**2))

    assert known.start == pytest.approx(squared(0.5))
    assert known.baseline == pytest.approx(min(squared(p) for p in np.linspace(0.01, 1, 2000)), abs=1e-5)
    micro = dice.readings(dice, Setting(priors=np.array([0.7, 0.2, 0.1]), parameters={"micro": 1.0}))
    assert (micro.start, micro.baseline) == pytest.approx((2 / 3, 0.3))
    again = 1 / (1 + np.exp(-t))
    twice = next(fault for fault in dice.faults if fault.cause == "sigmoid-twice")
    assert twice.value(Setting(priors=np.array([t.mean()]))) == pytest.approx(
        1 - 2 * np.sum(again * t) / (again.sum() + t.sum())
    )


def test_monai_reads_the_same():
    torch, monai = pytest.importorskip("torch"), pytest.importorskip("monai")
    t = torch.tensor(MASK, dtype=torch.float64)[None, None]
    setting = Setting(priors=np.array([MASK.mean()]))
    for name, jaccard in (("dice", False), ("soft-iou", True)):
        loss = monai.losses.DiceLoss(sigmoid=True, jaccard=jaccard, smooth_nr=0, smooth_dr=0)
        assert LOSS[name].readings(LOSS[name], setting).start == pytest.approx(float(loss(torch.zeros_like(t), t)))


@given(
    st.lists(st.floats(1e-6, 1), min_size=2, max_size=6),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_no_constant_is_better_than_the_baseline(weights, alpha, beta):
    shares = np.array(weights) / np.sum(weights)
    loss = LOSS["tversky"]
    known = loss.readings(loss, Setting(priors=shares, parameters={"alpha": alpha, "beta": beta}))
    assert 0 <= known.baseline <= known.start <= 1 + 1e-12
    hit = shares * shares  # the constant p = π
    paid = alpha * shares * (1 - shares) + beta * (1 - shares) * shares
    with np.errstate(invalid="ignore"):
        assert known.baseline <= np.mean(1 - hit / (hit + paid)) + 1e-9
