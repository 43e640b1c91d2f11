"""Cross-entropy of the next token: ln V at the start, the entropy of single tokens as the baseline; e^loss is the perplexity."""

from functools import partial
from math import floor as round_down
from math import frexp, ldexp, log

import numpy as np

from ..base import Contract, Loss, Operand, Readings, Setting
from ..forms import entropy, reduced
from ..mean_fault import mean_fault
from ..shares import class_shares


def vocabulary(setting: Setting) -> int | None:
    """How many tokens there are: told, or as many as have a share."""
    shares = class_shares(setting)
    return setting.classes if setting.classes is not None or shares is None else shares.size


def readings(_: Loss, setting: Setting) -> Readings:
    """`classes` is the vocabulary, `priors` the tokens' shares; smoothing ε mixes the even guess into all of them."""
    count, epsilon, shares = vocabulary(setting), setting.smoothing, class_shares(setting)
    if count is None or count < 1:
        return reduced(setting, None, None, None, "classes-unknown")
    certain = np.full(count, epsilon / count)
    certain[0] += 1 - epsilon
    baseline = None if shares is None or shares.size != count else entropy((1 - epsilon) * shares + epsilon / count)
    notes = ("text-has-entropy",) + (("priors-unknown",) if baseline is None else ())
    return reduced(setting, log(count), baseline, entropy(certain) + 0.0, *notes)  # no −0


def bfloat16(setting: Setting, steps: int = 0) -> float | None:
    """The start as bfloat16 holds it: 8 bits, so 0.0625 apart above 8; None where that is ln V itself to three digits.

    `steps` on from there: the sum behind a mean is rounded too, mostly upwards (10.875 was seen for 50,257 tokens).
    """
    count = vocabulary(setting)
    if count is None or count < 2:
        return None
    share, exponent = frexp(log(count))
    rounded = ldexp(round_down(share * 256 + 0.5) + steps, exponent - 8)
    return rounded if abs(rounded / log(count) - 1) > 1e-3 else None


def padded(setting: Setting) -> float | None:
    """The start of the vocabulary filled up to a multiple of 64, where that can be seen."""
    count = vocabulary(setting)
    if count is None or count < 64 or count % 64 == 0:
        return None
    full = log(-(-count // 64) * 64)
    return full if full / log(count) - 1 > 1e-3 else None


LOSS: Loss = Loss(
    id="language-model",
    family="generative",
    tasks=("language-model", "generative"),
    aliases=("lm", "language-model-cross-entropy", "next-token", "causal-lm", "perplexity", "lm_loss"),
    formula="−mean ln p(xₜ | x₁ … xₜ₋₁); perplexity = e^loss, bits = loss / ln 2",
    contract=Contract(
        prediction=Operand("logits", "(N·T, V)", "float", "any"),
        target=Operand("class-ids", "(N·T,)", "int64", "0 … V−1, −100 ignored"),
        silent=("not-shifted", "padding-counted", "mean-of-means", "bfloat16-loss", "shifted-twice"),
    ),
    readings=readings,
    implementation="torch.nn.functional.cross_entropy",
    code="loss = F.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=-100)",
    curve=lambda logit: np.logaddexp(0, -logit),
    faults=(
        mean_fault("bfloat16-loss", bfloat16, tolerance=1e-4, benign=True),
        mean_fault("bfloat16-loss", partial(bfloat16, steps=1), tolerance=1e-4, benign=True),
        mean_fault("padded-vocabulary", padded, tolerance=1e-4, benign=True),
    ),
    metrics=("perplexity", "bits-per-byte", "bleu", "rouge", "accuracy"),
)
