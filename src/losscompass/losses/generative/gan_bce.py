"""The original GAN losses in binary cross-entropy; the generator's in its non-saturating form."""

from math import log

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import binary_entropy, reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """Discriminator, real and fake added: 2 ln 2 at the start and again where it cannot tell; generator: ln 2 at both."""
    if setting.parameter(loss, "generator") >= 0.5:
        return reduced(setting, log(2), log(2), None, "equilibrium-is-the-baseline")
    smoothing = min(max(setting.smoothing, 0.0), 1.0)
    never_sure = binary_entropy(np.array([(1 - smoothing) / 2, smoothing]))
    baseline, floor = 2 * float(never_sure[0]), max(float(never_sure[1]), 0.0)
    return reduced(setting, 2 * log(2), baseline, min(floor, baseline), "equilibrium-is-the-baseline")


LOSS: Loss = Loss(
    id="gan-bce",
    family="generative",
    tasks=("generative",),
    aliases=("gan", "vanilla-gan", "non-saturating-gan", "adversarial", "discriminator", "d_loss"),
    formula="D: −ln σ(D(x)) − ln(1 − σ(D(G(z))));  G: −ln σ(D(G(z)))",
    contract=Contract(
        prediction=Operand("logits", "(N, 1) or a map of patches", "float", "any"),
        target=Operand("real-or-fake", "as the prediction", "float", "1 real, 0 fake"),
        silent=("sigmoid-twice", "halved", "generator-reaches-discriminator", "saturating-form"),
    ),
    readings=readings,
    parameters=(Parameter("generator", 0.0, low=0.0, high=1.0),),
    direction=0,
    implementation="torch.nn.functional.binary_cross_entropy_with_logits",
    code=(
        "d_loss = bce(D(x), ones) + bce(D(G(z).detach()), zeros)  # bce = F.binary_cross_entropy_with_logits\n"
        "g_loss = bce(D(G(z)), ones)"
    ),
    curve=lambda logit: np.logaddexp(0, -logit),
    curve_range=(-4.0, 4.0),
    faults=(
        mean_fault("discriminator-cannot-tell", lambda _: 2 * log(2), benign=True),
        mean_fault("discriminator-cannot-tell", lambda _: log(2), benign=True),
        mean_fault("clamped-logarithm", lambda _: 100.0),
    ),
    metrics=("fid", "kid", "d-real", "d-fake"),
)
