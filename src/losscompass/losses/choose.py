"""Which loss to take: from the task, the target, the output layer, outliers and imbalance to one loss, with the reason.

Reasons are ids of the text catalogue (`choose.reason.<id>`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .base import Loss
from .task import TASKS, Unfit, named

FRAMEWORKS = ("torch", "keras", "jax")

TARGETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "binary": (),
        "multiclass": ("class-ids", "soft"),
        "multilabel": (),
        "regression": ("numbers", "counts", "quantile", "uncertainty"),
        "segmentation": (),
        "detection": (),
        "embedding": ("triplets", "pairs", "batch"),
        "language-model": (),
        "generative": ("diffusion", "vae", "gan"),
        "rl": ("ppo", "policy-gradient", "value"),
    }
)
"""What `--target-type` takes for each task, the usual one first."""

OUTPUTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "binary": ("logits", "probabilities"),
        "multiclass": ("logits", "probabilities", "log-probabilities"),
        "multilabel": ("logits", "probabilities"),
        "segmentation": ("logits", "probabilities"),
    }
)
"""What the output layer may give, where it matters; the recommended one first."""

ELSEWHERE: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("mse", "keras"): "keras.losses.MeanSquaredError()(target, prediction)",
        ("mse", "jax"): "optax.squared_error(prediction, target).mean()  # optax.l2_loss is half of it",
        ("mae", "keras"): "keras.losses.MeanAbsoluteError()(target, prediction)",
        ("mae", "jax"): "jnp.abs(prediction - target).mean()",
        ("huber", "keras"): "keras.losses.Huber(delta=1.0)(target, prediction)",
        ("huber", "jax"): "optax.huber_loss(prediction, target, delta=1.0).mean()",
        ("poisson-nll", "keras"): "keras.losses.Poisson()(target, rate)  # the rate, not its logarithm",
        ("bce-with-logits", "keras"): "keras.losses.BinaryCrossentropy(from_logits=True)(target, logits)",
        ("bce-with-logits", "jax"): "optax.sigmoid_binary_cross_entropy(logits, target).mean()",
        ("bce", "keras"): "keras.losses.BinaryCrossentropy()(target, probabilities)",
        ("cross-entropy", "keras"): "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(class_ids, logits)",
        ("cross-entropy", "jax"): "optax.softmax_cross_entropy_with_integer_labels(logits, class_ids).mean()",
        ("kl-divergence", "keras"): "keras.losses.KLDivergence()(target, probabilities)",
        ("kl-divergence", "jax"): "optax.kl_divergence(log_probabilities, target).mean()",
        ("focal", "keras"): "keras.losses.BinaryFocalCrossentropy(from_logits=True)(target, logits)",
        ("focal", "jax"): "optax.sigmoid_focal_loss(logits, target, alpha=0.25, gamma=2.0).mean()",
        ("dice", "keras"): "keras.losses.Dice()(mask, probabilities)",
        ("tversky", "keras"): "keras.losses.Tversky(alpha=0.3, beta=0.7)(mask, probabilities)",
        ("language-model", "keras"): (
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)(tokens[:, 1:], logits[:, :-1])"
        ),
        ("language-model", "jax"): (
            "optax.softmax_cross_entropy_with_integer_labels(logits[:, :-1], tokens[:, 1:]).mean()"
        ),
    }
)
"""The same loss in other frameworks (Keras 3, optax 0.2), where they have it under a name of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A recommended loss. `reasons`: why, as ids; `instead`: what else to think of, each with its reason."""

    task: str
    loss: Loss
    reasons: tuple[str, ...]
    instead: tuple[tuple[str, str], ...]  # (id of a loss, id of a reason)
    framework: str
    code: str | None  # None where the framework has no implementation of its own


def choose(
    task: str,
    *,
    target_type: str | None = None,
    output: str | None = None,
    outliers: bool = False,
    imbalance: bool = False,
    framework: str = "torch",
) -> Choice:
    """The loss to take. Raises `Unfit` (a ValueError) for a name that is not known or does not fit the task."""
    if task not in TASKS:
        raise Unfit("no-such-task", name=task, known=", ".join(TASKS))
    target_type = _one_of(target_type, TARGETS[task], "target-type", task)
    output = _one_of(output, OUTPUTS.get(task, ()), "output", task)
    if framework not in FRAMEWORKS:
        raise Unfit("no-such-framework", name=framework, known=", ".join(FRAMEWORKS))
    name, reasons, instead = _decide(task, target_type, output, outliers=outliers, imbalance=imbalance)
    loss = named(name)
    return Choice(
        task=task,
        loss=loss,
        reasons=reasons,
        instead=tuple((named(other).id, reason) for other, reason in instead),
        framework=framework,
        code=loss.code if framework == "torch" else ELSEWHERE.get((loss.id, framework)),
    )


def _one_of(given: str | None, known: tuple[str, ...], what: str, task: str) -> str | None:
    if given is None or not known:
        if given is not None:
            raise Unfit(f"no-{what}", task=task)
        return known[0] if known else None
    if given not in known:
        raise Unfit(f"no-such-{what}", name=given, task=task, known=", ".join(known))
    return given


Decision = tuple[str, tuple[str, ...], tuple[tuple[str, str], ...]]


def _decide(task: str, target_type: str | None, output: str | None, *, outliers: bool, imbalance: bool) -> Decision:
    if task == "regression":
        return _regression(target_type, outliers=outliers)
    if task in {"binary", "multilabel"}:
        return _binary(task, output, imbalance=imbalance)
    if task == "multiclass":
        return _multiclass(target_type, output, imbalance=imbalance)
    if task == "segmentation":
        sigmoid = () if output == "logits" else ("dice-takes-probabilities",)
        if imbalance:
            return "tversky", ("tversky-weighs-misses", *sigmoid), (("dice", "dice-plain"), ("focal", "focal-pixels"))
        return (
            "dice",
            ("dice-overlap", *sigmoid),
            (("cross-entropy", "pixels-balanced"), ("soft-iou", "iou-is-the-metric")),
        )
    if task == "detection":
        return "detection-composite", ("detection-parts",), (("giou", "boxes-alone"), ("focal", "foreground-rare"))
    if task == "embedding":
        return {
            "triplets": ("triplet", ("triplets-given",), (("info-nce", "many-negatives"),)),
            "pairs": ("contrastive", ("pairs-given",), (("triplet", "order-matters"),)),
            "batch": ("info-nce", ("many-negatives",), (("triplet", "small-batch"),)),
        }[target_type or "triplets"]
    if task == "language-model":
        return "language-model", ("next-token",), (("kl-divergence", "distillation"),)
    if task == "generative":
        return {
            "diffusion": ("diffusion-epsilon", ("noise-mse",), (("diffusion-v", "v-at-the-ends"),)),
            "vae": ("vae-elbo", ("elbo-two-terms",), (("diffusion-epsilon", "sharper-samples"),)),
            "gan": (
                "gan-hinge",
                ("hinge-gan-stable",),
                (("gan-bce", "gan-classic"), ("gan-wasserstein", "gan-distance")),
            ),
        }[target_type or "diffusion"]
    return {
        "ppo": ("ppo", ("ppo-bounded",), (("policy-gradient", "simplest-policy"),)),
        "policy-gradient": ("policy-gradient", ("simplest-policy",), (("ppo", "ppo-bounded"),)),
        "value": ("value", ("value-regression",), (("huber", "value-outliers"),)),
    }[target_type or "ppo"]


def _regression(target_type: str | None, *, outliers: bool) -> Decision:
    match target_type:
        case "counts":
            return "poisson-nll", ("counts",), (("mse", "mean-wanted"),)
        case "quantile":
            return "pinball", ("quantile",), (("mae", "median-wanted"),)
        case "uncertainty":
            return "gaussian-nll", ("uncertainty",), (("pinball", "interval-without-shape"),)
    if outliers:
        return "huber", ("outliers-bounded", "smooth-at-zero"), (("mae", "median-wanted"), ("mse", "mean-wanted"))
    return "mse", ("mean-wanted", "smooth-everywhere"), (("huber", "outliers-bounded"), ("mae", "median-wanted"))


def _binary(task: str, output: str | None, *, imbalance: bool) -> Decision:
    each = ("each-output-alone",) if task == "multilabel" else ()
    if output == "probabilities":
        return "bce", (*each, "probabilities-given"), (("bce-with-logits", "logits-are-stable"),)
    if imbalance:
        return (
            "bce-with-logits",
            (*each, "logits-are-stable", "positive-weight"),
            (("focal", "foreground-rare"),),
        )
    return "bce-with-logits", (*each, "logits-are-stable"), (("hinge", "margin-wanted"),)


def _multiclass(target_type: str | None, output: str | None, *, imbalance: bool) -> Decision:
    if output == "log-probabilities":
        if target_type == "soft":
            return "kl-divergence", ("soft-targets",), (("cross-entropy", "logits-are-stable"),)
        return "nll", ("log-probabilities-given",), (("cross-entropy", "logits-are-stable"),)
    reasons: tuple[str, ...] = ("drop-the-softmax",) if output == "probabilities" else ("logits-are-stable",)
    if imbalance:
        return "cross-entropy", (*reasons, "class-weights"), (("focal", "foreground-rare"),)
    if target_type == "soft":
        return "cross-entropy", (*reasons, "soft-targets-accepted"), (("kl-divergence", "floor-at-zero"),)
    return "cross-entropy", reasons, (("multi-margin", "margin-wanted"),)
