"""Readings of the losses of numbers, and of the penalties, beside torch."""

import math

import numpy as np
import pytest

from losscompass.losses.all import find
from losscompass.losses.base import Setting, TargetStatistics

torch = pytest.importorskip("torch")
F = torch.nn.functional
EXACT = 1e-6


def of(values, noise=0.0, keep=True):
    return TargetStatistics(
        mean=float(values.mean()),
        variance=float(values.var()),
        mean_absolute_deviation=float(np.abs(values - np.median(values)).mean()),
        mean_absolute=float(np.abs(values).mean()),
        minimum=float(values.min()),
        maximum=float(values.max()),
        noise_variance=noise,
        values=values if keep else None,
    )


def readings(name, target, reduction="mean", count=None, **parameters):
    loss = find(name)
    return loss.readings(loss, Setting(target=target, reduction=reduction, count=count, parameters=parameters))


def least(loss, low, high):
    """min over a constant of a convex loss, by golden section."""
    ratio = (math.sqrt(5) - 1) / 2
    for _ in range(90):
        one, two = high - ratio * (high - low), low + ratio * (high - low)
        low, high = (low, two) if loss(one) < loss(two) else (one, high)
    return loss((low + high) / 2)


@pytest.fixture(scope="module", params=["normal", "skewed", "far"])
def values(request):
    draw = np.random.default_rng(0)
    return {
        "normal": draw.normal(0, 1, 2000),
        "skewed": draw.exponential(2, 2001),
        "far": draw.normal(50, 3, 1000),
    }[request.param]


CASES = [
    ("mse", F.mse_loss, {}, {}),
    ("mae", F.l1_loss, {}, {}),
    ("huber", F.huber_loss, {"delta": 0.5}, {"delta": 0.5}),
    ("huber", F.huber_loss, {"delta": 2.0}, {"delta": 2.0}),
    ("smooth-l1", F.smooth_l1_loss, {"beta": 0.3}, {"beta": 0.3}),
    ("smooth-l1", F.smooth_l1_loss, {"beta": 0.0}, {"beta": 0.0}),
]


@pytest.mark.parametrize(("name", "function", "given", "parameters"), CASES)
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_start_and_best_constant(name, function, given, parameters, reduction, values):
    target = torch.from_numpy(values)
    count = len(values)

    def loss(constant):
        return float(
            function(torch.full((count,), constant, dtype=torch.float64), target, reduction=reduction, **given)
        )

    read = readings(name, of(values), reduction, count, **parameters)
    assert read.start == pytest.approx(loss(0.0), rel=EXACT)
    assert read.baseline == pytest.approx(least(loss, values.min(), values.max()), rel=EXACT)
    assert read.floor == 0
    assert read.notes == ()


def test_rmse_is_the_root(values):
    read, square = readings("rmse", of(values, noise=0.04)), readings("mse", of(values, noise=0.04))
    assert read.start == pytest.approx(math.sqrt(square.start))
    assert read.baseline == pytest.approx(values.std())
    assert read.floor == pytest.approx(0.2)


@pytest.mark.parametrize("quantile", [0.5, 0.1, 0.9])
def test_pinball(values, quantile):
    def loss(constant):
        error = values - constant
        return float(np.maximum(quantile * error, (quantile - 1) * error).mean())

    read = readings("pinball", of(values), quantile=quantile)
    assert read.start == pytest.approx(loss(0.0), rel=EXACT)
    assert read.baseline == pytest.approx(least(loss, values.min(), values.max()), rel=EXACT)


@pytest.mark.parametrize("full", [False, True])
def test_gaussian_nll(values, full):
    target = torch.from_numpy(values)

    def loss(mean, variance):
        size = target.shape
        return float(
            F.gaussian_nll_loss(torch.full(size, mean).double(), target, torch.full(size, variance).double(), full=full)
        )

    read = readings("gaussian-nll", of(values), full=float(full))
    assert read.start == pytest.approx(loss(0.0, 1.0), rel=EXACT)
    assert read.baseline == pytest.approx(loss(values.mean(), values.var()), rel=EXACT)
    clamp = F.gaussian_nll_loss(target, target, torch.zeros_like(target), full=full)
    assert read.floor == pytest.approx(float(clamp), rel=EXACT)
    assert readings("gaussian-nll", of(values, noise=0.01), full=float(full)).floor == pytest.approx(
        loss_of_noise(0.01, full), rel=EXACT
    )


def loss_of_noise(variance, full):
    return 0.5 * math.log(variance) + 0.5 + (0.5 * math.log(2 * math.pi) if full else 0)


@pytest.mark.parametrize("rate", [0.3, 4.0, 60.0])
def test_poisson_nll(rate):
    counts = np.random.default_rng(0).poisson(rate, 3000).astype(float)
    target = torch.from_numpy(counts)

    def loss(log_rate):
        return float(F.poisson_nll_loss(torch.full_like(target, log_rate), target))

    read = readings("poisson-nll", of(counts))
    assert read.start == pytest.approx(loss(0.0), rel=EXACT)
    assert read.baseline == pytest.approx(loss(math.log(counts.mean())), rel=EXACT)
    known = torch.log(target.clamp_min(1e-300))
    assert read.floor == pytest.approx(float(F.poisson_nll_loss(known, target)), rel=EXACT, abs=EXACT)
    assert readings("poisson-nll", of(counts - counts.max())).notes == ("negative-counts",)


@pytest.mark.parametrize(
    ("name", "parameters", "expected"),
    [
        ("mae", {}, 0.7979),
        ("huber", {"delta": 0.5}, 0.2904),
        ("huber", {"delta": 1.0}, 0.4247),
        ("huber", {"delta": 2.0}, 0.4942),
        ("pinball", {"quantile": 0.9}, 0.1755),
        ("gaussian-nll", {"full": 1.0}, 1.4189),
    ],
)
def test_baselines_of_a_unit_normal_target(name, parameters, expected):
    normal = TargetStatistics(
        mean=0,
        variance=1,
        mean_absolute_deviation=math.sqrt(2 / math.pi),
        mean_absolute=math.sqrt(2 / math.pi),
        minimum=-4,
        maximum=4,
    )
    assert readings(name, normal, **parameters).baseline == pytest.approx(expected, abs=6e-5)


@pytest.mark.parametrize(("mean", "deviation", "delta"), [(0.0, 1.0, 1.0), (3.0, 0.5, 1.0), (-2.0, 4.0, 0.7)])
def test_huber_of_a_normal_target_within_4_standard_errors(mean, deviation, delta):
    values = np.random.default_rng(1).normal(mean, deviation, 200_000)
    each = F.huber_loss(torch.zeros(len(values)).double(), torch.from_numpy(values), reduction="none", delta=delta)
    told = TargetStatistics(
        mean=mean, variance=deviation**2, mean_absolute_deviation=0, mean_absolute=0, minimum=-99, maximum=99
    )
    read = readings("huber", told, delta=delta)
    assert "normal-target" in read.notes
    assert abs(float(each.mean()) - read.start) < 4 * float(each.std()) / math.sqrt(len(values))


@pytest.mark.filterwarnings("ignore:Using a target size")
def test_the_broadcast_names_itself(values):
    target = torch.from_numpy(values)
    faults = {one.cause: one.value(Setting(target=of(values))) for one in find("mse").faults}
    assert faults["broadcast"] == pytest.approx(float(F.mse_loss(target[:, None], target)), rel=EXACT)
    mean = target.mean().expand(len(values), 1)
    assert faults["broadcast-or-nothing-learned"] == pytest.approx(float(F.mse_loss(mean, target)), rel=EXACT)


def test_the_floor_is_the_noise_and_never_above_the_baseline(values):
    assert readings("mse", of(values, noise=0.25)).floor == 0.25
    too_much = readings("mse", of(values, noise=1e6))
    assert too_much.floor == too_much.baseline
    assert too_much.notes == ("noise-above-variance",)


def test_a_sum_without_a_count_is_not_guessed(values):
    read = readings("mse", of(values), reduction="sum")
    assert (read.start, read.baseline, read.floor) == (None, None, 0.0)
    assert "count-unknown" in read.notes


@pytest.mark.parametrize(("inputs", "outputs"), [(64, 32), (300, 256)])
def test_penalties_of_a_fresh_linear_layer(inputs, outputs):
    torch.manual_seed(0)
    weights = torch.stack([torch.nn.Linear(inputs, outputs).weight.detach() for _ in range(20)]).double()
    for name, each in (("l2-penalty", weights.square()), ("l1-penalty", weights.abs())):
        read = readings(name, None, strength=0.01, inputs=inputs, outputs=outputs)
        total = 0.01 * each.sum((1, 2))
        error = 0.01 * float(each.std()) * math.sqrt(inputs * outputs / 20)
        assert abs(float(total.mean()) - read.start) < 4 * error
        assert read.baseline is None
        assert read.floor == 0
