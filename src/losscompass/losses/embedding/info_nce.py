"""InfoNCE: the cross-entropy of finding the one positive among N candidates by cosine / temperature."""

from math import exp, log, log1p, sqrt

import numpy as np

from ..base import Contract, Loss, Operand, Parameter, Readings, Setting
from ..forms import reduced
from ..mean_fault import mean_fault


def mean_logsumexp(count: int, spread: float) -> float:
    """E ln Σ exp z over `count` independent normal z of mean 0, by two quadratures; exact for any spread.

    ln X = ∫ (exp(−t) − exp(−tX)) dt/t, and the mean of exp(−tX) over independent terms is a power of one mean; t = exp(u).
    """
    if spread < 1e-6:
        return log(count)
    z = np.linspace(-9.0, 9.0, 361)
    weight = np.exp(-0.5 * z * z)
    weight /= weight.sum()
    reach = 9.0 * spread + 40.0
    u, step = np.linspace(-reach - log(count), reach, 1 + int(20 * (2 * reach + log(count))), retstep=True)
    with np.errstate(over="ignore", under="ignore", divide="ignore"):
        one = np.zeros_like(u)
        for node, share in zip(z, weight, strict=True):
            one += share * np.expm1(-np.exp(u + node * spread))
        all_of_them = np.exp(count * np.log1p(np.maximum(one, -1.0)))
        return float(np.sum(np.exp(-np.exp(u)) - all_of_them) * step)


def readings(loss: Loss, setting: Setting) -> Readings:
    """At random unit vectors (cosines of variance 1/d), ln N, and what unit vectors cannot go below; `classes` is N."""
    if setting.classes is None or setting.classes < 1:
        return Readings(None, None, None, ("candidates-unknown",))
    count, temperature = setting.classes, setting.parameter(loss, "temperature")
    spread = 1 / (sqrt(setting.parameter(loss, "dimension")) * temperature)
    start = max(mean_logsumexp(count, min(spread, 1e3)), log(count)) if spread < 50 else None
    floor = log1p((count - 1) * exp(-2 / temperature))
    return reduced(setting, start, log(count), floor, "unit-vectors", "candidates-are-classes")


def one_less(setting: Setting) -> float | None:
    """The positive left out of the denominator, or the own copy masked away: ln(N−1)."""
    return log(setting.classes - 1) if setting.classes is not None and setting.classes > 2 else None


LOSS: Loss = Loss(
    id="info-nce",
    family="embedding",
    tasks=("embedding",),
    aliases=("infonce", "nt-xent", "ntxent", "NTXentLoss", "clip", "simclr", "multiple-negatives-ranking"),
    formula="−mean ln( exp(cos(q, k₊)/τ) / Σᵢ exp(cos(q, kᵢ)/τ) ), N candidates",
    contract=Contract(
        prediction=Operand("embeddings", "2 × (N, D)", "float", "scaled to length 1"),
        target=Operand("class-ids", "(N,)", "int64", "arange(N): the diagonal is right"),
        silent=("not-normalised", "temperature-forgotten", "same-item-twice", "grows-with-batch"),
    ),
    readings=readings,
    parameters=(Parameter("temperature", 0.07, low=1e-3), Parameter("dimension", 128.0, low=1.0)),
    imbalance="moderate",
    implementation="torch.nn.functional.cross_entropy",
    code=(
        "logits = F.normalize(query) @ F.normalize(key).T / temperature\n"
        "loss = F.cross_entropy(logits, torch.arange(len(logits), device=logits.device))"
    ),
    faults=(
        mean_fault(
            "embedding-collapse",
            lambda setting: log(setting.classes) if setting.classes is not None and setting.classes > 1 else None,
        ),
        mean_fault("candidate-missing", one_less),
    ),
    metrics=("recall@k", "top-1", "uniformity"),
)
