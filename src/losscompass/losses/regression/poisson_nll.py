"""Negative log-likelihood of counts whose logarithmic rate is predicted."""

import numpy as np

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import Values, reduced


def readings(_: Loss, setting: Setting) -> Readings:
    target = setting.target
    if target is None:
        return reduced(setting, 1.0, None, None, "target-unknown")
    if target.minimum < 0:
        return reduced(setting, None, None, None, "negative-counts")
    start, baseline = 1.0, _least(np.array([target.mean]))
    if target.values is None or not len(target.values):
        return reduced(setting, start, baseline, None, "floor-needs-values")
    return reduced(setting, start, baseline, min(_least(target.values), baseline))


def _least(counts: Values) -> float:
    """mean(y − y ln y): each rate equal to its count; torch leaves out ln y! unless full=True."""
    return float((counts - counts * np.log(np.where(counts > 0, counts, 1.0))).mean())


def curve(log_rate: Values) -> Values:
    """For a count of 2."""
    return np.asarray(np.exp(log_rate) - 2 * log_rate)


LOSS = Loss(
    id="poisson-nll",
    family="regression",
    tasks=("regression",),
    aliases=("PoissonNLLLoss", "poisson", "count"),
    formula="mean (exp(p) − y·p)",
    contract=Contract(
        prediction=Operand("logarithms of rates", "any, equal to the target's", "floating", "any"),
        target=Operand("counts", "any, equal to the prediction's", "floating", "≥ 0"),
        silent=("rate-or-its-logarithm", "negative-counts", "broadcast"),
    ),
    readings=readings,
    outliers="moderate",
    imbalance="moderate",
    implementation="torch.nn.functional.poisson_nll_loss",
    code="loss = torch.nn.functional.poisson_nll_loss(log_rate, counts, log_input=True)",
    curve=curve,
    curve_range=(-2.0, 3.0),
    metrics=("mae", "rmse"),
)
