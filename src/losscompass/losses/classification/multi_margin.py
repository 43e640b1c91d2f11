"""Multi-class hinge loss: the right class must lead every other by a margin."""

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values, class_count, reduced

MOST_CLASSES = 4096  # the best constant takes time with the square of their number


def readings(loss: Loss, setting: Setting) -> Readings:
    classes, margin = class_count(setting), setting.parameter(loss, "margin")
    if classes is None:
        return reduced(setting, None, None, 0.0, "classes-unknown")
    priors = np.full(classes, 1 / classes) if setting.priors is None else np.asarray(setting.priors, float)
    weights = np.ones(classes) if setting.weights is None else np.asarray(setting.weights, float)
    notes = () if setting.priors is not None else ("priors-unknown",)
    start = margin * (classes - 1) / classes * float(priors @ weights)  # torch does not divide by the weights
    if classes > MOST_CLASSES:
        return reduced(setting, start, None, 0.0, *notes, "too-many-classes")
    return reduced(setting, start, margin * best_constant(priors * weights), 0.0, *notes)


def best_constant(shares: Values) -> float:
    """The least mean of a constant score vector, for a margin of 1.

    The best scores are whole numbers without gaps, higher for commoner classes. With the classes in order of their
    shares and levels cut at a = c_0 < c_1 < …, the sum is Σ_t (C − c_t)·P(c_{t+1}) less the whole share (a class does not
    compete with itself), P the share of the first classes: a shortest path over the cuts, exact.
    """
    ordered = np.sort(shares)
    classes = len(ordered)
    below = np.concatenate(([0.0], np.cumsum(ordered)))
    least = np.full(classes + 1, np.inf)
    least[0] = 0.0
    ahead = classes - np.arange(classes)  # classes at or above a level that begins at each cut
    for cut in range(1, classes + 1):
        least[cut] = (least[:cut] + ahead[:cut] * below[cut]).min()
    return float(max(least[classes] - below[classes], 0.0)) / classes


def curve(lead: Values) -> Values:
    """Of the lead over one other class, of two."""
    return np.asarray(np.maximum(0, 1 - lead) / 2)


def _nothing_learned(setting: Setting) -> float | None:
    return None if setting.reduction == "sum" else readings(LOSS, setting).start


LOSS = Loss(
    id="multi-margin",
    family="classification",
    tasks=("multiclass",),
    aliases=("MultiMarginLoss", "multiclass-hinge", "categorical-hinge", "crammer-singer"),
    formula="mean (1/C) Σ_{c≠y} max(0, m − s_y + s_c)",
    contract=Contract(
        prediction=Operand("scores", "(N, C)", "floating", "any: no softmax before"),
        target=Operand("class-ids", "(N)", "int64", "0 … C − 1"),
        silent=("softmax-outputs", "divided-by-classes"),
    ),
    readings=readings,
    parameters=(Parameter("margin", 1.0, low=0.0),),
    smooth="almost-everywhere",
    corners="at s_y − s_c = m: the subgradient 0 is taken; beyond it there is no gradient at all",
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.multi_margin_loss",
    code="loss = torch.nn.functional.multi_margin_loss(scores, class_ids, margin=1.0)",
    curve=curve,
    faults=(NamedFault("nothing-learned", _nothing_learned, benign=True),),
    metrics=("accuracy", "macro-f1", "recall"),
)
