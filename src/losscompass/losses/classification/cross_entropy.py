"""Cross-entropy of logits over classes that exclude one another."""

from math import e, log

import numpy as np

from ..base import Contract, Loss, NamedFault, Operand, Parameter, Readings, Setting
from ..forms import Values, chance, class_count, entropy, reduced

UNDERFLOW = 87.3365  # −ln of the least normal float32
CLIP = 1e-7  # Keras does not let a probability come nearer to 0 or 1


def readings(loss: Loss, setting: Setting) -> Readings:
    classes = class_count(setting)
    if classes is None:
        known = 0.0 if not setting.smoothing else None
        return reduced(setting, None, None, known, "classes-unknown")
    notes = () if setting.priors is not None else ("priors-unknown",)
    priors = np.full(classes, 1 / classes) if setting.priors is None else np.asarray(setting.priors, float)
    weights = np.ones(classes) if setting.weights is None else np.asarray(setting.weights, float)
    smoothing = setting.smoothing
    total = float(priors @ weights)  # torch divides a mean by it
    if total <= 0:
        return reduced(setting, None, None, None, *notes, "weights-without-effect")
    mass = (1 - smoothing) * weights * priors + smoothing * weights / classes
    start = float(mass.sum()) / total * log(classes)
    baseline = float(mass.sum()) / total * entropy(mass / mass.sum())
    floor = float(priors @ _least_of_class(weights, smoothing)) / total
    floor = max(floor, setting.parameter(loss, "target-entropy"))
    return reduced(setting, start, baseline, min(floor, baseline), *notes, weight=total)


def _least_of_class(weights: Values, smoothing: float) -> Values:
    """What a perfect answer reads for each class: 0 without smoothing, else the weighed entropy of its smoothed target."""
    spread = smoothing * weights / len(weights)
    own = spread + (1 - smoothing) * weights
    others = _x_log_x(spread).sum() - _x_log_x(spread) + _x_log_x(own)
    return np.asarray(np.maximum(_x_log_x(spread.sum() - spread + own) - others, 0.0))


def _x_log_x(x: Values) -> Values:
    return np.asarray(x * np.log(np.where(x > 0, x, 1.0)))


def curve(logit: Values) -> Values:
    """For the right class, among three, the others at 0."""
    return np.asarray(np.logaddexp(logit, log(2)) - logit)


def nothing_learned(setting: Setting) -> float | None:
    return None if setting.reduction == "sum" else readings(LOSS, setting).start


def softmax_twice(setting: Setting) -> float | None:
    """What a perfect classifier reads whose softmax output is put through a softmax again."""
    classes = class_count(setting)
    return None if classes is None or not _plain(setting) else log(1 + (classes - 1) / e)


def _one_class_too_many(setting: Setting) -> float | None:
    classes = class_count(setting)
    return None if classes is None or not _plain(setting) else log(classes + 1)


def _rounded_chance(setting: Setting) -> float | None:
    """Ln C as bfloat16, with its 8 bits, shows it; None where that is ln C itself to four digits."""
    exact = chance(setting)
    if exact is None or exact <= 0 or not _plain(setting):
        return None
    step = 2.0 ** (np.floor(np.log2(exact)) - 7)
    shown = float(np.round(exact / step) * step)
    return shown if abs(shown - exact) > 1e-3 * exact else None


def _plain(setting: Setting) -> bool:
    return setting.reduction == "mean" and not setting.smoothing


def _underflow(_: Setting) -> float:
    return UNDERFLOW


def _clip(_: Setting) -> float:
    return -log(CLIP)


LOSS = Loss(
    id="cross-entropy",
    family="classification",
    tasks=("multiclass", "segmentation", "language-model"),
    aliases=(
        "CrossEntropyLoss",
        "ce",
        "softmax-cross-entropy",
        "categorical-crossentropy",
        "sparse-categorical-crossentropy",
        "softmax",
    ),
    formula="mean [ln Σ_c exp(z_c) − z_y], over the targets that are not ignored",
    contract=Contract(
        prediction=Operand("logits", "(N, C) or (N, C, d1, …)", "floating", "any: no softmax before"),
        target=Operand("class-ids", "(N) or (N, d1, …); or probabilities of the logits' shape", "int64", "0 … C − 1"),
        silent=(
            "softmax-outputs",
            "sigmoid-outputs",
            "all-targets-ignored",
            "classes-on-the-wrong-axis",
            "unnormalised-soft-targets",
            "weights-and-soft-targets",
            "half-precision-loss",
        ),
    ),
    readings=readings,
    parameters=(Parameter("target-entropy", 0.0, low=0.0),),
    outliers="moderate",
    imbalance="sensitive",
    implementation="torch.nn.functional.cross_entropy",
    code="loss = torch.nn.functional.cross_entropy(logits, class_ids, weight=None, label_smoothing=0.0)",
    curve=curve,
    curve_range=(-5.0, 5.0),
    faults=(
        NamedFault("nothing-learned", nothing_learned, benign=True),
        NamedFault("softmax-twice", softmax_twice),
        NamedFault("one-class-too-many", _one_class_too_many),
        NamedFault("half-precision-loss", _rounded_chance, benign=True),
        NamedFault("underflow", _underflow, tolerance=1e-5),
        NamedFault("clipped-probability", _clip),
    ),
    metrics=("accuracy", "macro-f1", "recall"),
)
