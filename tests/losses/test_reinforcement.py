"""Readings of the losses of agents, beside torch."""

from math import log

import numpy as np
import pytest

from losscompass.losses.base import Setting, TargetStatistics
from losscompass.losses.reinforcement import LOSSES

LOSS = {loss.id: loss for loss in LOSSES}
RETURNS = np.random.default_rng(0).normal(3.0, 2.0, 4000)
TARGET = TargetStatistics(
    mean=float(RETURNS.mean()),
    variance=float(RETURNS.var()),
    mean_absolute_deviation=1.6,
    mean_absolute=3.1,
    minimum=-4,
    maximum=10,
)


def readings(name, **setting):
    return LOSS[name].readings(LOSS[name], Setting(**setting))


def test_policy_losses_start_at_nothing_with_normalised_advantages():
    torch = pytest.importorskip("torch")
    advantages = torch.tensor((RETURNS - RETURNS.mean()) / RETURNS.std())
    ratio = torch.ones_like(advantages)
    surrogate = -torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
    assert readings("ppo").start == pytest.approx(float(surrogate), abs=1e-12)
    even = torch.distributions.Categorical(logits=torch.zeros(len(advantages), 6, dtype=torch.float64))
    actions = torch.zeros(len(advantages), dtype=torch.long)
    lost = -(even.log_prob(actions) * advantages).mean()
    assert readings("policy-gradient").start == pytest.approx(float(lost), abs=1e-12)
    raw = -(even.log_prob(actions) * torch.tensor(RETURNS)).mean()
    assert readings("policy-gradient", classes=6, target=TARGET).start == pytest.approx(float(raw))


def test_ppo_with_all_its_terms():
    known = readings(
        "ppo", classes=4, target=TARGET, parameters={"value_coefficient": 0.5, "entropy_coefficient": 0.01}
    )
    assert known.start == pytest.approx(0.5 * float(np.mean(RETURNS**2)) - 0.01 * log(4))
    assert readings("ppo", parameters={"value_coefficient": 0.5}).start is None


def test_value_loss():
    torch = pytest.importorskip("torch")
    returns = torch.tensor(RETURNS)
    for factor in (1.0, 0.5):
        known = readings("value", target=TARGET, parameters={"factor": factor})
        for output, reading in ((0.0, known.start), (RETURNS.mean(), known.baseline)):
            lost = factor * torch.nn.functional.mse_loss(torch.full_like(returns, float(output)), returns)
            assert reading == pytest.approx(float(lost))
