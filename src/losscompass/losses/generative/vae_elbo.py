"""The negative evidence lower bound of a variational autoencoder: reconstruction and KL, both in nats a sample."""

from math import log

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import binary_entropy, reduced
from ..mean_fault import mean_fault


def readings(loss: Loss, setting: Setting) -> Readings:
    """Bernoulli pixels: D ln 2 at p = ½, Σ H(mean pixel) at posterior collapse, 0; the KL adds about 0 to the first two.

    `priors` are the mean values of the pixels, one each or one for all; `pixels` is D, and 1 for a loss averaged over them.
    """
    pixels = setting.parameter(loss, "pixels")
    baseline = None if setting.priors is None else pixels * float(binary_entropy(setting.priors).mean())
    notes = ("bernoulli-pixels", "divergence-left-out") + (("priors-unknown",) if baseline is None else ())
    return reduced(setting, pixels * log(2), baseline, 0.0, *notes)


LOSS: Loss = Loss(
    id="vae-elbo",
    family="generative",
    tasks=("generative",),
    aliases=("vae", "elbo", "beta-vae", "negative-elbo"),
    formula="−E ln p(x|z) + β·½·Σ (μ² + σ² − 1 − ln σ²)",
    contract=Contract(
        prediction=Operand("logits-mean-logvar", "(N, D), (N, L), (N, L)", "float", "any"),
        target=Operand("inputs", "(N, D)", "float", "0 … 1 for Bernoulli pixels"),
        silent=("mixed-reductions", "posterior-collapse", "variance-for-log-variance", "inputs-out-of-range"),
    ),
    readings=readings,
    parameters=(Parameter("pixels", 784.0, low=1.0),),
    implementation="losscompass.functional.negative_elbo",
    code="parts = losscompass.functional.negative_elbo(logits, x, mean, log_variance)\nloss = parts.total",
    faults=(
        mean_fault("posterior-collapse", lambda setting: readings(LOSS, setting).baseline, benign=True),
        mean_fault("untrained-decoder", lambda setting: readings(LOSS, setting).start),
    ),
    metrics=("reconstruction", "kl", "active-units", "fid"),
)
