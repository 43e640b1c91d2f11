"""Readings of the embedding losses, beside torch on random and on collapsed unit vectors."""

from math import log, sqrt

import numpy as np
import pytest

from losscompass.losses.base import Setting
from losscompass.losses.embedding import LOSSES
from losscompass.losses.embedding.info_nce import mean_logsumexp

LOSS = {loss.id: loss for loss in LOSSES}


def readings(name, **setting):
    return LOSS[name].readings(LOSS[name], Setting(**setting))


def unit(torch, count, dimension, seed):
    drawn = torch.randn(count, dimension, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return torch.nn.functional.normalize(drawn)


def distances(torch, dimension, count=40_000):
    """Of an anchor to its positive and to its negative, all random unit vectors."""
    anchor, positive, negative = (unit(torch, count, dimension, seed) for seed in range(3))
    return (anchor - positive).norm(dim=1), (anchor - negative).norm(dim=1)


def agrees(sample, expected, bias=0.0):
    error = float(sample.std()) / sqrt(len(sample))
    assert abs(float(sample.mean()) - expected) < 4 * error + bias


@pytest.mark.parametrize(("margin", "dimension"), [(0.2, 128), (1.0, 32), (0.05, 128)])
def test_triplet_of_random_unit_vectors(margin, dimension):
    torch = pytest.importorskip("torch")
    near, far = distances(torch, dimension)
    expected = readings("triplet", parameters={"margin": margin, "dimension": dimension}).start
    agrees((near - far + margin).clamp(min=0), expected, bias=0.01 * expected)


def test_triplet_at_the_collapse_is_the_margin():
    torch = pytest.importorskip("torch")
    same = torch.ones(8, 4, dtype=torch.float64)
    known = readings("triplet", parameters={"margin": 0.3}).baseline
    assert known == pytest.approx(float(torch.nn.functional.triplet_margin_loss(same, same, same, margin=0.3)))
    assert LOSS["triplet"].faults[0].value(Setting(parameters={"margin": 0.3})) == known


@pytest.mark.parametrize("margin", [0.0, 0.05, 1.0])
def test_soft_margin_triplet_of_random_unit_vectors(margin):
    torch = pytest.importorskip("torch")
    near, far = distances(torch, 128)
    known = readings("soft-margin-triplet", parameters={"margin": margin})
    agrees(torch.nn.functional.softplus(near - far + margin), known.start, bias=1e-4)
    assert known.baseline == pytest.approx(
        float(torch.nn.functional.softplus(torch.tensor(margin, dtype=torch.float64)))
    )


@pytest.mark.parametrize(("margin", "share"), [(1.0, 0.3), (2.0, 0.5), (1.4, 0.1)])
def test_contrastive_pairs(margin, share):
    torch = pytest.importorskip("torch")
    near, _ = distances(torch, 128)
    same = torch.rand(len(near), generator=torch.Generator().manual_seed(9), dtype=torch.float64) < share

    def loss(distance):
        return torch.where(same, distance**2, (margin - distance).clamp(min=0) ** 2)

    known = readings("contrastive", priors=np.array([float(same.double().mean())]), parameters={"margin": margin})
    agrees(loss(near), known.start, bias=2e-3)
    assert known.baseline == pytest.approx(
        min(float(loss(torch.full_like(near, d)).mean()) for d in np.linspace(0, margin, 2001)), rel=1e-5
    )
    collapse = (
        LOSS["contrastive"]
        .faults[0]
        .value(Setting(priors=np.array([float(same.double().mean())]), parameters={"margin": margin}))
    )
    assert collapse == pytest.approx(float(loss(torch.zeros_like(near)).mean()))


@pytest.mark.parametrize(("count", "temperature", "dimension"), [(512, 0.07, 128), (64, 0.2, 64), (8, 0.5, 128)])
def test_info_nce_of_random_unit_vectors(count, temperature, dimension):
    torch = pytest.importorskip("torch")
    known = readings("info-nce", classes=count, parameters={"temperature": temperature, "dimension": dimension})
    sample = []
    for seed in range(0, 2 * (20_000 // count), 2):
        logits = unit(torch, count, dimension, seed) @ unit(torch, count, dimension, seed + 1).T / temperature
        sample.append(torch.nn.functional.cross_entropy(logits, torch.arange(count)))
    agrees(torch.stack(sample), known.start, bias=0.005 * known.start)
    assert known.baseline == pytest.approx(log(count))


def test_info_nce_floor_is_reached_by_opposite_negatives():
    torch = pytest.importorskip("torch")
    query = torch.tensor([[1.0, 0.0]], dtype=torch.float64)
    keys = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [-1.0, 0.0]], dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(query @ keys.T / 0.5, torch.tensor([0]))
    assert readings("info-nce", classes=3, parameters={"temperature": 0.5}).floor == pytest.approx(float(loss))


def test_mean_logsumexp_agrees_with_the_known_limits():
    assert mean_logsumexp(1, 2.0) == pytest.approx(0.0, abs=1e-6)  # the mean of one normal
    assert mean_logsumexp(100_000, 0.5) == pytest.approx(log(100_000) + 0.125, abs=1e-4)
    drawn = np.random.default_rng(0).normal(0, 3.0, (40_000, 20))
    sample = np.logaddexp.reduce(drawn, axis=1)
    assert abs(mean_logsumexp(20, 3.0) - sample.mean()) < 4 * sample.std() / sqrt(len(sample))
