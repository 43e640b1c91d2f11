"""Soft-margin triplet loss: ln(1 + e^gap), which has no corner and needs no margin."""

from math import exp, log1p

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def softplus(x: float) -> float:
    """ln(1 + e^x) without overflow."""
    return max(x, 0.0) + log1p(exp(-abs(x)))


def readings(loss: Loss, setting: Setting) -> Readings:
    """At the start of unit vectors (second order in the gap, whose variance is 1/d), at the collapse, and 0."""
    margin = setting.parameter(loss, "margin")
    collapse = softplus(margin)
    curvature = 0.5 / (2.0 + exp(margin) + exp(-margin)) if abs(margin) < 300 else 0.0
    start = collapse + curvature / setting.parameter(loss, "dimension")
    return reduced(setting, start, collapse, 0.0, "unit-vectors")


LOSS: Loss = Loss(
    id="soft-margin-triplet",
    family="embedding",
    tasks=("embedding",),
    aliases=("soft-triplet", "smooth-triplet", "SoftTripletLoss"),
    formula="mean ln(1 + exp(d(anchor, positive) − d(anchor, negative) + margin)), margin mostly 0",
    contract=Contract(
        prediction=Operand("embeddings", "3 × (N, D)", "float", "any; often scaled to length 1"),
        target=Operand("none", "–", "–", "given by which tensor is the positive, which the negative"),
        silent=("easy-triplets", "unit-length-floor", "swapped-roles"),
    ),
    readings=readings,
    parameters=(Parameter("margin", 0.0, low=-100.0, high=100.0), Parameter("dimension", 128.0, low=1.0)),
    smooth="almost-everywhere",
    corners="where two vectors coincide, the distance has no gradient (0 is taken)",
    imbalance="sensitive",
    implementation="torch.nn.functional.softplus",
    code="loss = F.softplus(F.pairwise_distance(anchor, positive) - F.pairwise_distance(anchor, negative)).mean()",
    curve=lambda gap: np.logaddexp(0.0, gap),
    faults=(
        mean_fault("embedding-collapse", lambda setting: softplus(setting.parameter(LOSS, "margin")), benign=True),
    ),
    metrics=("recall@k", "map"),
)
