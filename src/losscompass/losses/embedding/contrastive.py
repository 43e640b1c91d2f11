"""Contrastive loss of pairs (Hadsell, Chopra, LeCun 2006), without the factor ½."""

from math import sqrt

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault
from ..normal import square_above_zero
from ..shares import positive_share


def readings(loss: Loss, setting: Setting) -> Readings:
    """At random unit vectors, at the best constant distance (1−π)·margin, and 0; π is the share of similar pairs."""
    share = positive_share(setting)
    if share is None:
        return Readings(None, None, 0.0, ("priors-unknown",))
    margin = setting.parameter(loss, "margin")
    spread = sqrt(0.5 / setting.parameter(loss, "dimension"))
    start = share * 2.0 + (1 - share) * square_above_zero(margin - sqrt(2.0), spread)
    return reduced(setting, start, share * (1 - share) * margin**2, 0.0, "unit-vectors")


def collapse(setting: Setting) -> float | None:
    """All distances 0: only the dissimilar pairs pay, margin² each."""
    share = positive_share(setting)
    return None if share is None else (1 - share) * setting.parameter(LOSS, "margin") ** 2 or None


LOSS: Loss = Loss(
    id="contrastive",
    family="embedding",
    tasks=("embedding",),
    aliases=("contrastive-pair", "ContrastiveLoss", "siamese"),
    formula="mean [y·d² + (1−y)·max(0, margin − d)²], y = 1 for a similar pair",
    contract=Contract(
        prediction=Operand("embeddings", "2 × (N, D)", "float", "any; often scaled to length 1"),
        target=Operand("pair-labels", "(N,)", "float", "1 similar, 0 dissimilar"),
        silent=("reversed-labels", "other-conventions", "margin-out-of-reach"),
    ),
    readings=readings,
    parameters=(Parameter("margin", 1.0, low=0.0), Parameter("dimension", 128.0, low=1.0)),
    smooth="almost-everywhere",
    corners="second derivative jumps at d = margin; d itself has none at 0 (a gradient of 0 is taken)",
    outliers="sensitive",
    imbalance="sensitive",
    implementation="torch.nn.functional.pairwise_distance",
    code="d = F.pairwise_distance(a, b)\nloss = (same * d**2 + (1 - same) * F.relu(margin - d) ** 2).mean()",
    curve=lambda distance: np.maximum(0.0, 1.0 - distance) ** 2,
    curve_range=(0.0, 2.0),
    faults=(mean_fault("embedding-collapse", collapse, benign=True),),
    metrics=("roc-auc", "recall@k"),
)
