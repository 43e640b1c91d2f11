"""PPO's clipped surrogate (arXiv 1707.06347), with the value and entropy terms where their coefficients are given."""

from math import log

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced


def readings(loss: Loss, setting: Setting) -> Readings:
    """At the first minibatch the ratio is 1: 0, plus c_v·E R² of the value term, minus c_e·ln(actions). No floor."""
    value, bonus = setting.parameter(loss, "value_coefficient"), setting.parameter(loss, "entropy_coefficient")
    if (value > 0 and setting.target is None) or (bonus > 0 and setting.classes is None):
        return reduced(setting, None, None, None, "terms-unknown", "sign-means-nothing")
    start = 0.0
    if value > 0 and setting.target is not None:
        start += value * (setting.target.variance + setting.target.mean**2)
    if bonus > 0 and setting.classes is not None:
        start -= bonus * log(setting.classes)
    return reduced(setting, start, None, None, "advantages-normalised", "sign-means-nothing")


LOSS: Loss = Loss(
    id="ppo",
    family="reinforcement",
    tasks=("rl",),
    aliases=("ppo-clip", "clipped-surrogate"),
    formula="−mean min(r·A, clip(r, 1−ε, 1+ε)·A) + c_v·value loss − c_e·entropy, r = π(a|s) / π_old(a|s)",
    contract=Contract(
        prediction=Operand("log-probabilities", "(N,)", "float", "new and old, of the same actions"),
        target=Operand("advantages", "(N,)", "float", "scaled to mean 0, deviation 1"),
        silent=("old-log-probabilities-renewed", "max-for-min", "advantage-keeps-gradient", "reward-minimised"),
    ),
    readings=readings,
    parameters=(
        Parameter("clip", 0.2, low=0.0),
        Parameter("value_coefficient", 0.0, low=0.0),
        Parameter("entropy_coefficient", 0.0, low=0.0),
    ),
    direction=0,
    smooth="almost-everywhere",
    corners="r = 1 − ε and r = 1 + ε; no gradient where the clipped branch is taken",
    outliers="moderate",
    implementation="torchrl.objectives.ClipPPOLoss",
    code="ratio = (log_prob - old_log_prob).exp()\nloss = -torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()",
    curve=lambda ratio: -np.minimum(ratio, 1.2),
    curve_range=(0.0, 2.0),
    metrics=("episode-return", "approx-kl", "clip-fraction", "entropy", "explained-variance"),
)
