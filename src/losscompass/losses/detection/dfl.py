"""Distribution focal loss (arXiv 2006.04388): a box side as a distribution over bins, trained by the two bins beside it."""

from math import log

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import binary_entropy, entropy, reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """At uniform bins, at the bins' interpolated histogram (where the targets are at hand), and the mean entropy between two.

    Targets are in units of bins. Where they are not at hand the floor is that of evenly spread ones, ½ nat.
    """
    bins, gain = int(setting.parameter(loss, "bins")), setting.parameter(loss, "gain")
    values = None if setting.target is None else setting.target.values
    if values is None or values.size == 0:
        return reduced(setting, gain * log(bins), None, gain * 0.5, "evenly-spread-targets")
    place = np.clip(values, 0, bins - 1)
    below = np.minimum(np.floor(place), bins - 2).astype(int)
    right = place - below
    mass = np.bincount(below, 1 - right, bins) + np.bincount(below + 1, right, bins)
    floor = float(binary_entropy(np.asarray(right)).mean())
    return reduced(setting, gain * log(bins), gain * max(entropy(mass / mass.sum()), floor), gain * floor)


LOSS: Loss = Loss(
    id="dfl",
    family="detection",
    tasks=("detection",),
    aliases=("distribution-focal", "DFLoss", "dfl-loss", "DistributionFocalLoss"),
    formula="−(1−r)·ln p_i − r·ln p_{i+1}, i = ⌊y⌋, r = y − i, y in units of bins",
    contract=Contract(
        prediction=Operand("logits", "(N, 4, bins)", "float", "any"),
        target=Operand("distances", "(N, 4)", "float", "0 … bins − 1, in units of bins"),
        silent=("pixels-as-bins", "targets-cut-off", "gain-included"),
    ),
    readings=readings,
    parameters=(Parameter("bins", 16.0, low=2.0), Parameter("gain", 1.0, low=0.0)),
    outliers="robust",
    implementation="losscompass.functional.distribution_focal_loss",
    code="loss = losscompass.functional.distribution_focal_loss(side_logits, distances / stride)",
    faults=(
        mean_fault(
            "uniform-bins",
            lambda setting: (setting.parameter(LOSS, "gain") * log(setting.parameter(LOSS, "bins"))) or None,
            benign=True,
        ),
        mean_fault(
            "yolo-gain-included",
            lambda setting: 1.5 * log(16) if setting.parameter(LOSS, "gain") == 1 else None,
            benign=True,
        ),
    ),
    metrics=("map75", "map50-95"),
)
