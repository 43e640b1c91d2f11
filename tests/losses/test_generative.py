"""Readings of adversaries, autoencoders, diffusion and language models, beside torch."""

from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from losscompass.losses.base import Setting, TargetStatistics
from losscompass.losses.generative import LOSSES
from losscompass.losses.generative._schedules import kept

LOSS = {loss.id: loss for loss in LOSSES}


def readings(name, **setting):
    return LOSS[name].readings(LOSS[name], Setting(**setting))


def normal_target(mean, variance):
    return TargetStatistics(
        mean=mean, variance=variance, mean_absolute_deviation=1, mean_absolute=1, minimum=-9, maximum=9
    )


def test_discriminators_that_cannot_tell():
    torch = pytest.importorskip("torch")
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    zero, one = torch.zeros(5, dtype=torch.float64), torch.ones(5, dtype=torch.float64)
    adversary = float(bce(zero, one) + bce(zero, zero))
    assert readings("gan-bce").start == readings("gan-bce").baseline == pytest.approx(adversary)
    assert readings("gan-bce", parameters={"generator": 1}).start == pytest.approx(float(bce(zero, one)))
    smooth = readings("gan-bce", smoothing=0.1)
    scores = torch.linspace(-4, 4, 8001, dtype=torch.float64)
    constants = bce(scores, 0.9 * torch.ones_like(scores), reduction="none") + bce(
        scores, torch.zeros_like(scores), reduction="none"
    )
    assert smooth.baseline == pytest.approx(float(constants.min()), rel=1e-6)
    assert smooth.floor == pytest.approx(float(bce(torch.tensor(log(9.0)).double(), torch.tensor(0.9).double())))

    mse = torch.nn.functional.mse_loss
    for score, reading in ((0.0, readings("gan-least-squares").start), (0.5, readings("gan-least-squares").baseline)):
        assert reading == pytest.approx(float(0.5 * (mse(zero + score, one) + mse(zero + score, zero))))
    for score in (-1.0, 0.0, 0.7, 1.0):
        hinge = torch.relu(1 - (zero + score)).mean() + torch.relu(1 + (zero + score)).mean()
        assert readings("gan-hinge").baseline == pytest.approx(float(hinge))
    assert readings("gan-wasserstein").start == 0
    assert readings("gan-wasserstein", parameters={"penalty": 10}).start == 10 * (0 - 1) ** 2
    assert readings("gan-wasserstein").floor is None


def test_autoencoder():
    torch = pytest.importorskip("torch")
    bce = torch.nn.functional.binary_cross_entropy_with_logits
    x = (torch.rand(500, 784, generator=torch.Generator().manual_seed(0), dtype=torch.float64) < 0.2).double()
    shares = x.mean(0)
    known = readings("vae-elbo", priors=shares.numpy())
    assert known.start == pytest.approx(float(bce(torch.zeros_like(x), x, reduction="sum") / 500))
    collapsed = torch.logit(shares.clamp(1e-12, 1 - 1e-12)).expand_as(x)
    assert known.baseline == pytest.approx(float(bce(collapsed, x, reduction="sum") / 500))
    assert known.start == pytest.approx(543.43, abs=0.01)


@pytest.mark.parametrize("cosine", [0, 1])
@pytest.mark.parametrize("variance", [1.0, 0.25])
def test_diffusion_of_independent_normals(cosine, variance):
    """The best prediction is linear there, so its error can be simulated."""
    rng, mean = np.random.default_rng(5), 0.0
    parameters = {"cosine": cosine, "independent": 1}
    signal = kept(LOSS["diffusion-epsilon"], Setting(parameters=parameters))[rng.integers(0, 1000, 100_000)]
    clean, noise = rng.normal(mean, sqrt(variance), signal.size), rng.normal(size=signal.size)
    noisy = np.sqrt(signal) * clean + np.sqrt(1 - signal) * noise
    targets = {
        "diffusion-epsilon": (noise, np.sqrt(1 - signal)),
        "diffusion-x0": (clean, np.sqrt(signal) * variance),
        "diffusion-v": (
            np.sqrt(signal) * noise - np.sqrt(1 - signal) * clean,
            np.sqrt(signal * (1 - signal)) * (1 - variance),
        ),
    }
    for name, (truth, covariance) in targets.items():
        known = readings(name, target=normal_target(mean, variance), parameters=parameters)
        best = covariance / (signal * variance + 1 - signal) * noisy
        for error, reading in (((truth - best) ** 2, known.floor), (truth**2, known.start)):
            assert abs(error.mean() - reading) < 4 * error.std() / sqrt(error.size), name


@pytest.mark.parametrize(
    ("cosine", "variance", "floor"), [(0, 1.0, 0.2755), (0, 0.25, 0.1731), (1, 1.0, 0.4956), (1, 0.25, 0.3277)]
)
def test_diffusion_floors_that_are_known(cosine, variance, floor):
    known = readings(
        "diffusion-epsilon", target=normal_target(0, variance), parameters={"cosine": cosine, "independent": 1}
    )
    assert known.floor == pytest.approx(floor, abs=2e-4)


@given(st.floats(-10, 10), st.floats(0, 100), st.sampled_from([0, 1]), st.sampled_from([0, 1]))
def test_diffusion_readings_stand_in_order(mean, variance, cosine, independent):
    for name in ("diffusion-epsilon", "diffusion-x0", "diffusion-v"):
        known = readings(
            name,
            target=normal_target(mean, variance),
            parameters={"cosine": cosine, "independent": independent},
        )
        assert known.floor <= known.baseline <= known.start + 1e-9


def test_velocity_takes_the_mean_away():
    rng = np.random.default_rng(6)
    signal = kept(LOSS["diffusion-v"], Setting())[rng.integers(0, 1000, 100_000)]
    truth = np.sqrt(signal) * rng.normal(size=signal.size) - np.sqrt(1 - signal) * rng.normal(2.0, 1.5, signal.size)
    known = readings("diffusion-v", target=normal_target(2.0, 2.25))
    assert known.baseline == pytest.approx(truth.var(), rel=0.01)


def test_language_model():
    torch = pytest.importorskip("torch")
    tokens = torch.multinomial(
        torch.tensor([0.5, 0.3, 0.15, 0.05]), 5000, replacement=True, generator=torch.Generator().manual_seed(0)
    )
    shares = torch.bincount(tokens).double() / 5000
    for smoothing in (0.0, 0.1):
        known = readings("language-model", classes=4, priors=shares.numpy(), smoothing=smoothing)
        lost = torch.nn.functional.cross_entropy
        zero = torch.zeros(5000, 4, dtype=torch.float64)
        assert known.start == pytest.approx(float(lost(zero, tokens, label_smoothing=smoothing)))
        mixed = (1 - smoothing) * shares + smoothing / 4
        constant = float(lost(mixed.log().expand(5000, 4), tokens, label_smoothing=smoothing))
        assert known.baseline == pytest.approx(constant)
    certain = torch.full((4,), 0.025, dtype=torch.float64)
    certain[0] += 0.9
    assert known.floor == pytest.approx(float(lost(certain.log()[None], torch.tensor([0]), label_smoothing=0.1)))


@pytest.mark.parametrize("vocabulary", [65, 1000, 30522, 50257, 128256])
def test_bfloat16_rounds_a_start(vocabulary):
    torch = pytest.importorskip("torch")
    logits = torch.zeros(1, vocabulary, dtype=torch.bfloat16)
    seen = float(torch.nn.functional.cross_entropy(logits, torch.tensor([0])))
    fault = next(fault for fault in LOSS["language-model"].faults if fault.cause == "bfloat16-loss")
    named = fault.value(Setting(classes=vocabulary))
    assert named == seen or (named is None and seen == pytest.approx(log(vocabulary), rel=1e-3))
