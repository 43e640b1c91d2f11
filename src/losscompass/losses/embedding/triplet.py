"""Triplet margin loss: random unit vectors in d dimensions lie √2 apart, with a spread of 1/√(2d) each."""

from math import sqrt

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ..normal import mean_above_zero


def readings(loss: Loss, setting: Setting) -> Readings:
    """At the start of unit vectors, at the collapse (all vectors equal: exactly the margin), and 0."""
    margin = setting.parameter(loss, "margin")
    start = mean_above_zero(margin, 1 / sqrt(setting.parameter(loss, "dimension")))
    return reduced(setting, start, margin, 0.0, "unit-vectors")


LOSS: Loss = Loss(
    id="triplet",
    family="embedding",
    tasks=("embedding",),
    aliases=("triplet-margin", "TripletMarginLoss", "triplet_margin_loss", "TripletLoss"),
    formula="mean max(0, d(anchor, positive) − d(anchor, negative) + margin)",
    contract=Contract(
        prediction=Operand("embeddings", "3 × (N, D)", "float", "any; often scaled to length 1"),
        target=Operand("none", "–", "–", "given by which tensor is the positive, which the negative"),
        silent=("easy-triplets", "averaged-over-active", "squared-distances"),
    ),
    readings=readings,
    parameters=(Parameter("margin", 1.0, low=0.0), Parameter("dimension", 128.0, low=1.0)),
    smooth="almost-everywhere",
    corners="d(a,p) − d(a,n) = −margin (gradient 0), and where two vectors coincide (gradient 0)",
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.triplet_margin_loss",
    code="loss = F.triplet_margin_loss(F.normalize(anchor), F.normalize(positive), F.normalize(negative), margin=0.2)",
    curve=lambda gap: np.maximum(0.0, gap + 1.0),
    curve_range=(-2.0, 2.0),
    faults=(mean_fault("embedding-collapse", lambda setting: setting.parameter(LOSS, "margin"), benign=True),),
    metrics=("recall@k", "map", "active-triplet-share"),
)
